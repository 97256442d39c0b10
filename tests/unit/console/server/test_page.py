"""The page's files: whole, and without a request to anywhere else."""

import re

import pytest

from console.compare.problems import TEXTS
from console.server.content import read_page

PAGES = {name: page.body.decode() for name, page in read_page().items()}
ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9.-]+", re.IGNORECASE)
NAMESPACES = {"http://www.w3.org"}
SOURCES = [name for name in PAGES if name.endswith((".html", ".js", ".css", ".svg"))]


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_is_asked_of_anybody_else(name):
    found = {match for match in ADDRESS.findall(PAGES[name]) if "." in match}
    assert found <= NAMESPACES


@pytest.mark.parametrize("name", [name for name in SOURCES if name.endswith(".html")])
def test_no_script_and_no_style_stands_in_a_page_whose_policy_forbids_it(name):
    text = PAGES[name]
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", text) == []


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_file_loads_is_there(name):
    loaded = re.findall(r'(?:from "\.|src="|href=")/([\w.-]+)"', PAGES[name])
    assert [one for one in loaded if one not in PAGES] == []


def test_every_kind_of_problem_is_told_in_chinese_by_the_same_values():
    chinese = PAGES["texts.js"].partition("const CHINESE_PROBLEMS = {")[2].partition("};")[0]
    told = dict(re.findall(r'^  (\w+): "(.*)",$', chinese, re.MULTILINE))
    assert told.keys() == TEXTS.keys()
    for kind, text in told.items():
        # Both may leave out what the other says by words.
        values = set(re.findall(r"{(\w+)}", text))
        assert values - set(re.findall(r"{(\w+)}", TEXTS[kind])) <= {"id", "permission"}
