"""Which archive is made on this computer, by the stack's settings and state."""

import sys

import pytest
import yaml

from blueprint.rocketmq.versions import DEFAULT_VERSION
from cli.commands import prerequisites
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from project import ROOT
from tests.support.recorded_states import RECORDED, recorded_state
from tests.support.stacks import changed

DIGEST = "0123456789abcdef" * 8


class State:
    """An engine that knows a recorded stack, or none, or cannot be asked."""

    def __init__(self, name=None, *, fails=False):
        self.name, self.fails = name, fails

    def exists(self):
        if self.fails:
            raise CommandError("no way to the bucket")
        return self.name is not None

    def export(self):
        return recorded_state(self.name)


@pytest.fixture
def make_archive(tmp_path, monkeypatch):
    """Run `make archive` for settings, and return the programs that it started."""
    monkeypatch.setattr("cli.engine.stack_folder.ROOT", tmp_path)
    monkeypatch.setattr("cli.engine.deployment.is_installed", lambda: True)
    started = []

    def show(words, *, folder):
        assert folder == ROOT
        assert words[:2] == [sys.executable, "-m"]
        started.append(words[2:])
        return 0

    monkeypatch.setattr(prerequisites, "show", show)

    def run(raw, engine=None):
        folder = StackFolder(stack="mine")
        folder.folder.mkdir(parents=True)
        folder.config.write_text(yaml.safe_dump({"config": {"rocketmq:cluster": raw}}))
        assert prerequisites.make_archive(engine, folder) == 0
        return started

    return run


@pytest.mark.parametrize("artifact", ["maven", {"source": "maven"}])
def test_an_archive_from_maven_is_assembled_for_every_provider(make_archive, artifact):
    raw = changed("lab", artifact=artifact, version="5.3.3")
    assert make_archive(raw) == [["toolchain.archive", "5.3.3"]]


@pytest.mark.parametrize(
    ("artifact", "words"),
    [
        ("official", []),
        ({"source": "official"}, []),
        ({"source": "official", "sha512": DIGEST}, [DIGEST]),
    ],
)
def test_the_official_archive_is_downloaded_here_for_machines_of_this_computer(
    make_archive, artifact, words
):
    started = make_archive(changed(artifact=artifact, version="5.9.9"))
    assert started == [["toolchain.archive.official", "5.9.9", *words]]


@pytest.mark.parametrize("stack", ["lab", "hosts"])
def test_the_official_archive_is_left_to_other_hosts(make_archive, stack):
    assert make_archive(changed(stack, artifact={"source": "official", "sha512": DIGEST})) == []


def test_a_given_archive_is_left_as_it_is(make_archive):
    assert make_archive(changed(artifact={"source": "file", "path": "a.zip"})) == []


def test_settings_without_sense_start_nothing(make_archive):
    assert make_archive(changed(artifact=[7])) == []


@pytest.mark.parametrize("engine", [State(), State(fails=True)])
def test_a_new_stack_that_names_no_version_needs_the_default_one(make_archive, engine):
    assert make_archive(changed(), engine) == [["toolchain.archive", DEFAULT_VERSION]]


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize(
    ("artifact", "module"),
    [("maven", "toolchain.archive"), ("official", "toolchain.archive.official")],
)
def test_a_deployed_stack_that_names_no_version_needs_its_own(
    make_archive, name, artifact, module
):
    assert make_archive(changed(artifact=artifact), State(name)) == [[module, "5.3.3"]]
