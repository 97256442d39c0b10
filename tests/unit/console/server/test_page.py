"""The page's files are complete and request nothing from other origins."""

import re

import pytest

from console.compare.problems import TEXTS
from console.server.content import read_page

PAGES = {name: page.body.decode() for name, page in read_page().items()}
ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9.-]+", re.IGNORECASE)
NAMESPACES = {"http://www.w3.org"}
SOURCES = [name for name in PAGES if name.endswith((".html", ".js", ".css", ".svg"))]


@pytest.mark.parametrize("name", SOURCES)
def test_no_file_refers_to_another_origin(name):
    found = {match for match in ADDRESS.findall(PAGES[name]) if "." in match}
    assert found <= NAMESPACES


@pytest.mark.parametrize("name", [name for name in SOURCES if name.endswith(".html")])
def test_no_page_has_inline_scripts_or_styles(name):
    text = PAGES[name]
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", text) == []


@pytest.mark.parametrize("name", SOURCES)
def test_every_file_that_a_page_loads_exists(name):
    loaded = re.findall(r'(?:from "\.|src="|href=")/([\w.-]+)"', PAGES[name])
    assert [one for one in loaded if one not in PAGES] == []


def test_every_kind_of_problem_has_a_chinese_text_with_the_same_values():
    chinese = PAGES["texts.js"].partition("const CHINESE_PROBLEMS = {")[2].partition("};")[0]
    texts = dict(re.findall(r'^  (\w+): "(.*)",$', chinese, re.MULTILINE))
    assert texts.keys() == TEXTS.keys()
    for kind, text in texts.items():
        # Each may express some values in words.
        values = set(re.findall(r"{(\w+)}", text))
        assert values - set(re.findall(r"{(\w+)}", TEXTS[kind])) <= {"id", "permission"}
