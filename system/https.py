"""Fetch small texts over HTTPS."""

import http.client
import signal
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from types import FrameType
from typing import IO, Final

from system.errors import LocalError

SECONDS: Final = 30.0
MOST_BYTES: Final = 4096
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
    _require_https(url)
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=tls), _RedirectToHttps()
    )
    try:
        with _time_limit(seconds), opener.open(url) as answer:
            content: bytes = answer.read(most_bytes + 1)
            if len(content) <= most_bytes and answer.length:
                raise http.client.IncompleteRead(content, answer.length)
    except urllib.error.HTTPError as error:
        error.close()
        raise _not_answered(url, error) from error
    except (OSError, http.client.HTTPException) as error:
        raise LocalError(_not_reached(url, error, seconds)) from error
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


def _not_reached(url: str, error: Exception, seconds: float) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"{url}: no whole answer within {seconds:.0f} s; try again, or from another network"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"{url}: the server's certificate is not trusted ({cause.verify_message}); behind a "
            "proxy that decrypts traffic, name its CA in SSL_CERT_FILE, otherwise do not use it"
        )
    return (
        f"{url}: cannot be reached ({cause or type(cause).__name__}); run this where there is "
        "internet access, and name a proxy in https_proxy"
    )
