"""The archive that is uploaded is on this computer, and is the one that the settings mean."""

import hashlib
from functools import partial

import pytest

from blueprint.plan.archives import plan_archive
from preflight import archives
from tests.support.stacks import changed, settings_of

DIGEST = "0123456789abcdef" * 8


find_archive_problems = partial(archives.find_archive_problems, stack="mine")


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr("preflight.archives.ROOT", tmp_path)
    return tmp_path


def test_a_local_file_with_its_digest_is_linked_for_the_upload(project):
    (project / "mine.zip").write_bytes(b"an archive")
    digest = hashlib.sha512(b"an archive").hexdigest()
    artifact = {"source": "file", "path": "mine.zip", "sha512": digest}
    settings = settings_of(changed(artifact=artifact), find_archive_problems)
    upload = project / plan_archive(settings).upload_path
    assert upload.read_bytes() == b"an archive"


def test_a_local_file_of_another_digest_is_refused_with_both_digests(project):
    (project / "mine.zip").write_bytes(b"another archive")
    artifact = {"source": "file", "path": "mine.zip", "sha512": DIGEST}
    settings = settings_of(changed(artifact=artifact))
    (problem,) = find_archive_problems(settings)
    actual = hashlib.sha512(b"another archive").hexdigest()
    assert problem.startswith("cluster.artifact.path: ")
    assert "mine.zip" in problem
    assert actual in problem
    assert DIGEST in problem
    assert "\n" not in problem
    assert not (project / plan_archive(settings).upload_path).exists()


def test_a_missing_local_file_is_refused_with_its_path(project):
    artifact = {"source": "file", "path": "absent.zip", "sha512": DIGEST}
    (problem,) = find_archive_problems(settings_of(changed(artifact=artifact)))
    assert problem.startswith("cluster.artifact.path: ")
    assert str(project / "absent.zip") in problem


@pytest.mark.parametrize(
    ("artifact", "what"),
    [
        ("maven", "'maven' is not assembled yet"),
        ({"source": "official", "sha512": DIGEST}, "'official' is not downloaded yet"),
    ],
)
def test_an_archive_that_is_not_here_yet_is_refused_with_the_command_to_run(
    project, artifact, what
):
    settings = settings_of(changed(artifact=artifact))
    upload = plan_archive(settings).upload_path
    (problem,) = find_archive_problems(settings)
    assert problem == (
        f"cluster.artifact: {what}, {upload} is missing; run make archive STACK=mine"
    )
    (project / upload).parent.mkdir(parents=True)
    (project / upload).touch()
    assert list(find_archive_problems(settings)) == []


@pytest.mark.usefixtures("project")
def test_a_downloaded_archive_needs_nothing_on_this_computer():
    artifact = {"source": "url", "url": "file:///mirror/a.zip", "sha512": DIGEST}
    assert list(find_archive_problems(settings_of(changed(artifact=artifact)))) == []
