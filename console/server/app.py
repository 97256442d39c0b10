"""The web application: page, login, API, metrics."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import math
import re
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from console.server.auth import SESSION_SECONDS, TooManyAttemptsError
from console.server.content import read_page
from console.server.security_headers import HEADERS, SecurityHeaders
from remoting.checks.console import USER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from console.server.auth import Authenticator
    from console.server.content import Content
    from console.server.snapshot import SnapshotCache

COOKIE = "rocketmq-console"
MAX_LOGIN_BYTES = 4096
ZERO_QUALITY = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*")
LOG = logging.getLogger("console")


def make_app(snapshots: SnapshotCache, authenticator: Authenticator) -> Starlette:
    """Return the whole application."""
    app = Starlette(
        routes=_Console(snapshots, authenticator, read_page()).routes(),
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: _refuse, Exception: _refuse},
    )
    # It would redirect to an address built from the Host header.
    app.router.redirect_slashes = False
    return app


async def _refuse(_: Request, error: Exception) -> Response:
    known = error if isinstance(error, HTTPException) else HTTPException(500, "failed")
    # Responses to unhandled errors bypass the middleware.
    headers = {**(known.headers or {}), **HEADERS}
    return JSONResponse({"error": known.detail}, known.status_code, headers)


class _Console:
    def __init__(
        self, snapshots: SnapshotCache, authenticator: Authenticator, pages: dict[str, Content]
    ) -> None:
        self._snapshots = snapshots
        self._authenticator = authenticator
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return every route."""
        # Scripts, styles, pictures and the API's description; nothing about the cluster.
        public = [name for name in self._pages if not name.endswith(".html")]
        return [
            Route("/", self._start, methods=["GET"]),
            *(Route(f"/{name}", self._public(name), methods=["GET"]) for name in public),
            # One route, so that the Allow header of a 405 names both methods.
            Route("/login", self._login, methods=["GET", "POST"]),
            Route("/logout", self._log_out, methods=["POST"]),
            Route("/healthz", self._health, methods=["GET"]),
            Route("/api/cluster", self._cluster, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
        ]

    async def _start(self, request: Request) -> Response:
        if not self._has_session(request):
            return RedirectResponse("/login", 303)
        return _send(request, self._pages["index.html"])

    def _public(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return _send(request, self._pages[name])

        return endpoint

    async def _login(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._log_in(request)
        return _send(request, self._pages["login.html"])

    async def _log_in(self, request: Request) -> Response:
        password = await _read_password(request)
        if not await self._matches(request, password):
            raise HTTPException(401, "wrong password")
        answer = Response(status_code=204)
        answer.set_cookie(
            COOKIE,
            self._authenticator.new_session(),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="strict",
        )
        return answer

    async def _log_out(self, _: Request) -> Response:
        answer = Response(status_code=204)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    async def _health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    async def _cluster(self, request: Request) -> Response:
        await self._require_login(request)
        return _send(request, self._snapshots.document())

    async def _metrics(self, request: Request) -> Response:
        await self._require_login(request)
        media_type = "text/plain; version=0.0.4; charset=utf-8"
        headers = {"Cache-Control": "no-store", "Content-Type": media_type}
        return Response(self._snapshots.metrics(), headers=headers)

    def _has_session(self, request: Request) -> bool:
        return self._authenticator.is_session(request.cookies.get(COOKIE, ""))

    async def _require_login(self, request: Request) -> None:
        """Accept a session or HTTP basic authentication, or raise an HTTPException."""
        if self._has_session(request):
            return
        password = _basic_password(request)
        if password is not None and await self._matches(request, password):
            return
        # Not "Basic", for which browsers open a dialog of their own.
        raise HTTPException(401, "log in", {"WWW-Authenticate": 'Console realm="console"'})

    async def _matches(self, request: Request, password: str) -> bool:
        address = request.client.host if request.client else ""
        try:
            check = self._authenticator.check_password
            matches = await run_in_threadpool(check, password, address)
        except TooManyAttemptsError as error:
            headers = {"Retry-After": str(math.ceil(error.seconds))}
            raise HTTPException(429, str(error), headers) from None
        if not matches:
            LOG.warning("wrong password from %s", address)
        return matches


def _send(request: Request, content: Content) -> Response:
    headers = {"Cache-Control": "no-cache", "ETag": f'"{content.tag}"'}
    if content.compressed is not None:
        headers["Vary"] = "Accept-Encoding, Cookie, Authorization"
    if content.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = content.media_type
    body = content.body
    if content.compressed is not None and _accepts_gzip(request):
        headers["Content-Encoding"] = "gzip"
        body = content.compressed
    return Response(body, headers=headers)


def _accepts_gzip(request: Request) -> bool:
    for item in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, quality = item.partition(";")
        if coding.strip() == "gzip":
            return not ZERO_QUALITY.fullmatch(quality)
    return False


async def _read_password(request: Request) -> str:
    """Return the password in the body of a login, or raise an HTTPException."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_LOGIN_BYTES:
                raise HTTPException(413, "too long")
    except ClientDisconnect:
        # The client is gone; this only keeps an error out of the log.
        raise HTTPException(400, "cut off") from None
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != "application/json":
        # A form on another site cannot send this type without a CORS preflight.
        raise HTTPException(415, "send application/json")
    try:
        document = json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise HTTPException(400, "not JSON") from None
    password = document.get("password") if isinstance(document, dict) else None
    if not isinstance(password, str) or not _is_text(password):
        raise HTTPException(400, "no password")
    return password


def _is_text(text: str) -> bool:
    """Tell whether it can be encoded; JSON strings can hold lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _basic_password(request: Request) -> str | None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        return None
    return password if user == USER else None
