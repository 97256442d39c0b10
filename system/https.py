"""Fetch small texts and download files over HTTPS."""

import http.client
import signal
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import IO, Final

from system.errors import LocalError

SECONDS: Final = 30.0
MOST_BYTES: Final = 4096
SILENCE_SECONDS: Final = 60.0
BLOCK_BYTES: Final = 1 << 20
_SCHEME: Final = "https://"


class NotFoundError(LocalError):
    """The server has no such file."""


def fetch_text(
    url: str, tls: ssl.SSLContext, *, seconds: float = SECONDS, most_bytes: int = MOST_BYTES
) -> str:
    """Return the ASCII text at an https:// URL; must be called in the main thread.

    Args:
        url: where it is; redirects are followed to other https:// URLs only.
        tls: which certificates are trusted, `ssl.create_default_context()` for the system's.
        seconds: the most that the whole exchange may take.
        most_bytes: the longest text accepted.

    Raises:
        NotFoundError: the server answered that there is no such file.
        LocalError: it cannot be reached, or answered with anything but such a text in time.

    """
    late = f"no whole answer within {seconds:.0f} s"
    with _errors_of(url, late), _time_limit(seconds), _asked(url, tls, seconds) as answer:
        content = answer.read(most_bytes + 1)
        if len(content) <= most_bytes:
            _require_whole(content, answer)
    if len(content) > most_bytes:
        message = (
            f"{url}: is longer than {most_bytes} bytes; open it in a browser to see what it is"
        )
        raise LocalError(message)
    try:
        return content.decode("ascii")
    except UnicodeDecodeError as error:
        message = f"{url}: is not ASCII text; open it in a browser to see what it is"
        raise LocalError(message) from error


def download(
    url: str, tls: ssl.SSLContext, file: Path, *, silence_seconds: float = SILENCE_SECONDS
) -> None:
    """Write what is at an https:// URL to a file.

    Raises:
        NotFoundError: the server answered that there is no such file.
        LocalError: it cannot be reached, sent nothing for `silence_seconds`, or not everything;
            or the file cannot be written.

    """
    late = f"nothing more came within {silence_seconds:.0f} s"
    with _errors_of(url, late), _asked(url, tls, silence_seconds) as answer:
        with _writing(file) as write:
            while block := answer.read(BLOCK_BYTES):
                write(block)
        _require_whole(block, answer)


@contextmanager
def _writing(file: Path) -> Iterator[Callable[[bytes], None]]:
    """Yield what appends to a new file, whose errors are its own and not the network's."""

    def write(block: bytes) -> None:
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[sink.write(rest) :]
        except OSError as error:
            raise _not_written(file, error) from error

    try:
        # Without a buffer nothing is left to be written when it is closed.
        sink = file.open("wb", buffering=0)
    except OSError as error:
        raise _not_written(file, error) from error
    with sink:
        yield write


def _not_written(file: Path, error: OSError) -> LocalError:
    return LocalError(
        f"{file}: cannot be written ({error.strerror}); make room there, and run this again"
    )


@contextmanager
def _asked(url: str, tls: ssl.SSLContext, seconds: float) -> Iterator[http.client.HTTPResponse]:
    _require_https(url)
    https = urllib.request.HTTPSHandler(context=tls)
    opener = urllib.request.build_opener(https, _RedirectToHttps())
    with opener.open(url, timeout=seconds) as answer:
        yield answer


@contextmanager
def _errors_of(url: str, late: str) -> Iterator[None]:
    """Turn what can happen on the network into a LocalError; `late` says that time ran out."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise _not_answered(url, error) from error
    except (OSError, http.client.HTTPException) as error:
        raise LocalError(_not_reached(url, error, late)) from error


def _require_whole(last: bytes, answer: http.client.HTTPResponse) -> None:
    if answer.length:
        raise http.client.IncompleteRead(last, answer.length)


class _RedirectToHttps(urllib.request.HTTPRedirectHandler):
    def redirect_request(  # noqa: PLR0913, PLR0917 (the signature is urllib's)
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _require_https(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _require_https(url: str) -> None:
    if not url.startswith(_SCHEME):
        message = f"{url[:200]!r}: is not an {_SCHEME} address, so nothing proves who answers"
        raise LocalError(message)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError after a time; a socket's timeout starts anew with each byte."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _not_answered(url: str, error: urllib.error.HTTPError) -> LocalError:
    if error.code == HTTPStatus.NOT_FOUND:
        return NotFoundError(f"{url}: not found")
    return LocalError(f"{url}: the server answered with status {error.code}; try again later")


def _not_reached(url: str, error: Exception, late: str) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"{url}: {late}; try again, or from another network"
    if isinstance(cause, http.client.IncompleteRead):
        return f"{url}: the connection ended before the whole answer had come; try again"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"{url}: the server's certificate is not trusted ({cause.verify_message}); behind a "
            "proxy that decrypts traffic, name its CA in SSL_CERT_FILE, otherwise do not use it"
        )
    return (
        f"{url}: cannot be reached ({cause or type(cause).__name__}); run this where there is "
        "internet access, and name a proxy in https_proxy"
    )
