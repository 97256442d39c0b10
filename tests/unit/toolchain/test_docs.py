"""docs/config.md and the blocks of README.md match the models and are complete."""

import re

import pytest

from blueprint.rocketmq.schemes import REPLICATION_PROMISES, TRAITS, Replication, Scheme
from blueprint.settings.json_schema import cluster_schema
from project import ROOT
from toolchain.docs.sections import Reference
from toolchain.docs.texts import texts

SECTIONS = Reference(cluster_schema()).sections()
KEYS = [(section.heading, key) for section in SECTIONS for key in section.keys]
CONFIG = (ROOT / "docs" / "config.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("path", texts(), ids=lambda path: path.name)
def test_the_committed_page_matches_the_models(path):
    assert path.read_text("utf-8") == texts()[path], "run make docs"


@pytest.mark.parametrize(("place", "key"), KEYS, ids=lambda part: getattr(part, "name", part))
def test_every_key_has_a_description_and_a_default_or_an_example(place, key):
    assert key.meaning.endswith("."), f"{place}.{key.name}: write a sentence under the field"
    says_itself = key.value.startswith("`") or "[" in key.value
    assert says_itself or key.example or key.default not in {"", "required"}, (
        f"{place}.{key.name}: nothing shows how it is written; give its Field examples"
    )


def test_every_object_of_the_settings_has_a_section_with_all_of_its_keys():
    defined = cluster_schema()["$defs"].items()
    objects = {
        frozenset(part["properties"])
        for name, part in defined
        if "properties" in part and name != "BrokerProperties"
    }
    shown = {frozenset(key.name for key in section.keys) for section in SECTIONS}
    assert objects | {frozenset(cluster_schema()["properties"])} == shown


def test_headings_are_unique():
    headings = [section.heading for section in SECTIONS]
    assert len(headings) == len(set(headings)) > 15
    for provider in ("nspawn", "libvirt", "existing"):
        assert f"`hosts.servers[]` with `provider: {provider}`" in headings


def _anchors(text):
    for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_resolves(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        assert not anchor or anchor in _anchors(file.read_text("utf-8")), target


@pytest.mark.parametrize("text", [CONFIG, README], ids=["config", "README"])
def test_both_pages_show_the_promise_of_each_scheme_and_mode(text):
    for scheme in Scheme:
        assert re.search(
            rf"^\| `{scheme.value}` \|.*{re.escape(TRAITS[scheme].promise)}", text, re.MULTILINE
        )
    for mode in Replication:
        assert f"| `{mode.value}` | {REPLICATION_PROMISES[mode]} |" in text


def test_the_readme_shows_the_golden_plan_of_stack_local():
    golden = ROOT / "tests/unit/golden/2m-2s-sync/plan.mmd"
    assert f"```mermaid\n{golden.read_text('utf-8')}```\n" in README


def test_nothing_refers_to_the_replaced_page():
    for path in (*PAGES, ROOT / "Pulumi.yaml"):
        if path.name != "CHANGELOG.md":
            assert "settings.md" not in path.read_text("utf-8"), path.name


@pytest.mark.parametrize("page", [ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md"])
def test_every_file_and_folder_that_a_page_for_developers_names_exists(page):
    named = set(re.findall(r"`((?!\.)[\w./-]+/[\w./-]*)`", page.read_text("utf-8")))
    assert len(named) > 5
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
