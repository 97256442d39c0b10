"""Texts and files from an HTTPS server on loopback: right, missing, too long, slow, untrusted."""

import ssl
import threading
from itertools import repeat
from pathlib import Path

import pytest

from system.errors import LocalError
from system.https import NotFoundError, download, fetch_text
from tests.support.https_server import serving, status, text


def one_byte_at_a_time(handler):
    """Send a byte every 50 ms until the client goes away."""
    handler.send_response(200)
    handler.end_headers()
    pause = threading.Event()
    try:
        for byte in repeat(b"a", 1000):
            handler.wfile.write(byte)
            pause.wait(0.05)
    except OSError:
        handler.close_connection = True


def broken(handler):
    """Announce more than is sent, and close the connection."""
    handler.send_response(200)
    handler.send_header("Content-Length", "9")
    handler.end_headers()
    handler.wfile.write(b"half")
    handler.close_connection = True


def silent(handler):
    """Announce a text, and send nothing until the client goes away."""
    handler.send_response(200)
    handler.send_header("Content-Length", "9")
    handler.end_headers()
    handler.rfile.read(1)
    handler.close_connection = True


BIG = bytes(range(256)) * 10_000

ANSWERS = {
    "/big": text(BIG),
    "/silent": silent,
    "/right": text(b"hello\n"),
    "/longest": text(b"x" * 4096),
    "/too-long": text(b"x" * 4097),
    "/binary": text(b"\xff\xfe"),
    "/slow": one_byte_at_a_time,
    "/broken": broken,
    "/unavailable": status(503),
    "/moved": status(302, Location="/right"),
    "/downgraded": status(302, Location="http://localhost:1/right"),
    "/to-a-file": status(302, Location="file:///etc/hostname"),
    "/loop": status(302, Location="/loop"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("https"), ANSWERS) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """Loopback is reached directly, whatever proxy this computer uses."""
    monkeypatch.setenv("no_proxy", "localhost")


def refusal(server, path, **limits):
    with pytest.raises(LocalError) as refused:
        fetch_text(server.url(path), server.trusting, **limits)
    line = str(refused.value)
    assert line.startswith(f"{server.url(path)}: ")
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("path", "content"),
    [("/right", "hello\n"), ("/moved", "hello\n"), ("/longest", "x" * 4096)],
)
def test_a_small_text_is_returned_whole(server, path, content):
    assert fetch_text(server.url(path), server.trusting) == content


def test_a_missing_file_is_told_apart(server):
    with pytest.raises(NotFoundError, match=r"/missing: not found$"):
        fetch_text(server.url("/missing"), server.trusting)


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("/too-long", "longer than 4096 bytes"),
        ("/binary", "not ASCII text"),
        ("/unavailable", "status 503; try again later"),
        ("/broken", "the connection ended before the whole answer had come; try again"),
        ("/loop", "status 302"),
        ("/to-a-file", "status 302"),
    ],
)
def test_any_other_answer_is_one_line_with_its_cause(server, path, cause):
    assert cause in refusal(server, path)


def test_an_answer_that_never_ends_is_given_up_though_bytes_keep_coming(server):
    assert "no whole answer within 1 s" in refusal(server, "/slow", seconds=1)


def test_a_redirect_to_plain_http_is_refused(server):
    with pytest.raises(LocalError, match=r"'http://localhost:1/right': is not an https:// addr"):
        fetch_text(server.url("/downgraded"), server.trusting)


def test_a_certificate_that_the_system_does_not_trust_is_refused(server):
    with pytest.raises(LocalError, match=r"certificate is not trusted \(self-signed certificate"):
        fetch_text(server.url("/right"), ssl.create_default_context())


def test_a_certificate_for_another_name_is_refused(server):
    with pytest.raises(LocalError, match=r"certificate is not trusted \(IP address mismatch"):
        fetch_text(f"https://127.0.0.1:{server.port}/right", server.trusting)


def test_a_server_that_is_not_there_is_one_line_with_the_cause_and_the_remedy(server):
    with pytest.raises(LocalError, match=r"cannot be reached \(.*refused\); .* https_proxy"):
        fetch_text("https://localhost:1/right", server.trusting)


def test_plain_http_is_refused_before_anything_is_asked(server):
    with pytest.raises(LocalError, match="is not an https:// address"):
        fetch_text("http://localhost:1/right", server.trusting)


def test_a_download_is_written_whole(server, tmp_path):
    download(server.url("/big"), server.trusting, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == BIG


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("/broken", "the connection ended before the whole answer had come"),
        ("/missing", "not found"),
    ],
)
def test_a_download_that_ends_early_is_one_line(server, tmp_path, path, cause):
    with pytest.raises(LocalError) as refused:
        download(server.url(path), server.trusting, tmp_path / "file")
    assert cause in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_download_that_goes_silent_is_given_up(server, tmp_path):
    with pytest.raises(LocalError, match="nothing more came within 0 s"):
        download(
            server.url("/silent"),
            server.trusting,
            tmp_path / "file",
            silence_seconds=0.3,
        )


def test_a_full_disk_is_told_apart_from_the_network(server):
    line = r"^/dev/full: cannot be written \(No space left on device\);"
    with pytest.raises(LocalError, match=line):
        download(server.url("/big"), server.trusting, Path("/dev/full"))
