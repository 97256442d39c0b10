"""Apache's archive, downloaded once for machines without access to the network outside."""

import hashlib

import pytest

from project import cache_folder
from system.https import download
from tests.support.https_server import serving, status, text
from toolchain.archive import official

CONTENT = b"an archive" * 100_000
DIGEST = hashlib.sha512(CONTENT).hexdigest()


def half(handler):
    """Announce the whole archive, send half of it, and close the connection."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(CONTENT)))
    handler.end_headers()
    handler.wfile.write(CONTENT[: len(CONTENT) // 2])
    handler.close_connection = True


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    answers = {
        f"/dist/rocketmq/{version}/rocketmq-all-{version}-bin-release.zip": answer
        for version, answer in {
            "5.5.1": text(CONTENT),
            "5.5.2": half,
            "5.5.3": status(503),
        }.items()
    }
    with serving(tmp_path_factory.mktemp("apache"), answers) as made:
        yield made


@pytest.fixture
def archive(server, monkeypatch, capsys, tmp_path):
    """Run the command, Apache's server being the one on loopback; it counts its downloads."""
    monkeypatch.setenv("no_proxy", "localhost")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(official, "ROOT", tmp_path / "clone")
    asked = []

    def download_to(url, file):
        asked.append(url)
        assert url.startswith("https://archive.apache.org/")
        there = url.replace("https://archive.apache.org", server.url(""))
        download(there, server.trusting, file)

    def run(*arguments):
        return official.main([*arguments], download_to), *capsys.readouterr(), len(asked)

    return run


def test_the_archive_is_downloaded_once_and_linked_for_the_upload(archive, tmp_path):
    assert archive("5.5.1", DIGEST.upper())[0] == 0
    linked = tmp_path / "clone" / ".state" / "archive" / f"{DIGEST[:16]}.zip"
    assert linked.read_bytes() == CONTENT
    linked.unlink()
    status, out, err, downloads = archive("5.5.1", DIGEST)
    assert (status, out, downloads) == (0, "", 1)
    upload = f".state/archive/{DIGEST[:16]}.zip"
    assert err == f"RocketMQ 5.5.1 archive: {upload} (sha512 {DIGEST[:16]}…)\n"
    assert linked.read_bytes() == CONTENT


def test_a_damaged_download_in_the_cache_is_downloaded_again(archive):
    archive("5.5.1", DIGEST)
    (cached,) = (cache_folder() / "archive").glob("*.zip")
    cached.unlink()
    cached.write_bytes(CONTENT[:-1])
    assert archive("5.5.1", DIGEST)[3] == 2
    assert cached.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("5.5.9", DIGEST), ["not found", "dist/rocketmq/ lists the versions there are"]),
        (("5.5.2", DIGEST), ["the connection ended before the whole answer had come"]),
        (("5.5.3", DIGEST), ["status 503; try again later"]),
        (
            ("5.5.1", "ab" * 64),
            ["cluster.artifact.sha512: ", DIGEST, "expected abab", "archive-digest VERSION=5.5.1"],
        ),
        (("5.5.1",), ["cluster.artifact.sha512: is missing", "archive-digest VERSION=5.5.1"]),
        (
            ("5.5.1", "abc"),
            ["cluster.artifact.sha512: 'abc' is not a digest", "128 hexadecimal digits"],
        ),
        (("4.9.8", DIGEST), ["cluster.version: 4.9.8 is not supported"]),
    ],
)
def test_a_failure_is_one_line_and_leaves_no_archive(archive, tmp_path, arguments, parts):
    status, _, err, _ = archive(*arguments)
    assert status == 1
    last = err.splitlines()[-1]
    assert last.startswith("archive: ")
    assert [part for part in parts if part not in last] == []
    assert [*tmp_path.rglob("*.zip")] == []
    assert [*tmp_path.rglob(".work-*")] == []
