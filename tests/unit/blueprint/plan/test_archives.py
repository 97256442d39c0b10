"""Each way to choose the archive."""

import pytest

from blueprint.errors import SettingsError
from blueprint.plan.archives import plan_archive
from blueprint.rocketmq.official_archive import OFFICIAL_SHA512, official_url
from blueprint.rocketmq.versions import DEFAULT_VERSION, maven_sha512
from tests.support.stacks import changed, settings_of

DIGEST = "0123456789abcdef" * 8


@pytest.mark.parametrize("artifact", ["maven", {"source": "maven"}])
def test_the_assembled_archive_is_uploaded_from_a_path_below_the_project(artifact):
    archive = plan_archive(settings_of(changed(artifact=artifact)))
    sha512 = maven_sha512(DEFAULT_VERSION)
    assert (archive.sha512, archive.url) == (sha512, None)
    assert archive.upload_path == f".state/archive/{sha512[:16]}.zip"
    assert archive.cached == f"/var/cache/rocketmq-pulumi/{sha512[:16]}.zip"


def test_the_assembled_archive_is_chosen_by_version():
    archive = plan_archive(settings_of(changed(version="5.3.3")))
    assert archive.sha512 == maven_sha512("5.3.3")


def test_the_archive_is_assembled_by_default():
    raw = changed()
    del raw["artifact"]
    assert plan_archive(settings_of(raw)).sha512 == maven_sha512(DEFAULT_VERSION)


@pytest.mark.parametrize("url", ["https://mirror.example/a.zip", "http://mirror.example/a.zip"])
def test_nspawn_machines_cannot_download_an_archive(url):
    artifact = {"source": "url", "url": url, "sha512": DIGEST}
    with pytest.raises(SettingsError, match=r"cluster\.artifact\.url: .*provider nspawn"):
        settings_of(changed(artifact=artifact, version="5.9.9"))


@pytest.mark.parametrize("url", ["ftp://a/b.zip", "https://user:secret@a/b.zip", "http://[a"])
def test_an_invalid_url_or_one_with_a_login_is_refused_without_repeating_the_login(url):
    artifact = {"source": "url", "url": url, "sha512": DIGEST}
    with pytest.raises(SettingsError) as refused:
        settings_of(changed(artifact=artifact))
    (problem,) = refused.value.problems
    assert problem.startswith("cluster.artifact.url: ")
    assert "secret" not in problem


def test_an_archive_with_a_url_is_downloaded_by_the_hosts():
    artifact = {"source": "url", "url": "file:///mirror/a.zip", "sha512": DIGEST}
    archive = plan_archive(settings_of(changed(artifact=artifact, version="5.9.9")))
    assert (archive.sha512, archive.url) == (DIGEST, "file:///mirror/a.zip")
    assert archive.upload_path is None


def test_the_official_archive_is_downloaded_from_apache_by_its_published_digest():
    artifact = {"source": "official", "sha512": DIGEST.upper()}
    archive = plan_archive(settings_of(changed("lab", artifact=artifact, version="5.3.1")))
    assert archive.url == (
        "https://archive.apache.org/dist/rocketmq/5.3.1/rocketmq-all-5.3.1-bin-release.zip"
    )
    assert (archive.sha512, archive.upload_path) == (DIGEST, None)


def test_the_official_archive_is_uploaded_to_machines_that_cannot_download_it():
    artifact = {"source": "official", "sha512": DIGEST}
    archive = plan_archive(settings_of(changed(artifact=artifact, version="5.9.9")))
    assert (archive.sha512, archive.url) == (DIGEST, None)
    assert archive.upload_path == f".state/archive/{DIGEST[:16]}.zip"


def test_the_official_archive_of_a_version_in_the_table_needs_no_digest_in_the_settings(
    monkeypatch,
):
    monkeypatch.setitem(OFFICIAL_SHA512, "5.9.9", DIGEST)
    archive = plan_archive(settings_of(changed("lab", artifact="official", version="5.9.9")))
    assert (archive.sha512, archive.url) == (DIGEST, official_url("5.9.9"))


@pytest.mark.parametrize("text", ["", "ab" * 32, "ab" * 63 + "a", "xy" * 64, "ab" * 64 + "\n"])
def test_a_text_other_than_a_sha512_is_refused(text):
    artifact = {"source": "official", "sha512": text}
    with pytest.raises(SettingsError, match=r"cluster\.artifact\.sha512: .*128 hexadecimal"):
        settings_of(changed("lab", artifact=artifact))


def test_a_local_file_is_uploaded_from_a_path_that_is_the_same_in_every_clone():
    artifact = {"source": "file", "path": "/somewhere/a.zip", "sha512": DIGEST}
    archive = plan_archive(settings_of(changed(artifact=artifact, version="5.9.9")))
    assert (archive.sha512, archive.url) == (DIGEST, None)
    assert archive.upload_path == f".state/archive/{DIGEST[:16]}.zip"
