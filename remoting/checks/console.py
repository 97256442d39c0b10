"""Check that the console answers, and that it requires its password."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from remoting.errors import NotYetError
from remoting.polling import Check, Deadline, poll
from remoting.protocol.http import get

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILTIN, DASHBOARD = "builtin", "dashboard"
KINDS = (BUILTIN, DASHBOARD)
USER = "admin"
_OK, _NO_LOGIN = 200, 401


def check_console_answers(url: str, kind: str, deadline: Deadline) -> None:
    """Wait until a console answers at all."""
    path = "/healthz" if kind == BUILTIN else "/"

    poll(partial(_require, url, path), _check("console-answers", url), deadline)


def check_console_login(url: str, cluster: str, password: str, deadline: Deadline) -> str:
    """Wait until the API refuses anonymous requests and shows `cluster`; return its state."""

    def attempt(seconds: float) -> str:
        page = _require(url, "/login", seconds)
        if b"<form" not in page:
            cause = f"{url}/login is not a login page"
            raise NotYetError(cause)
        _require(url, "/api/cluster", seconds, _NO_LOGIN)
        return _state_of(url, cluster, password, seconds)

    return poll(attempt, _check("console-login", url), deadline)


def check_dashboard_login(url: str, deadline: Deadline) -> str:
    """Wait until a dashboard serves its page and requires a login."""

    def attempt(seconds: float) -> str:
        _require(url, "/", seconds)
        answer = _require(url, "/login/check.query", seconds)
        if b'"loginRequired":true' not in answer.replace(b" ", b""):
            cause = f"{url} requires no login; is this jar a RocketMQ Dashboard?"
            raise NotYetError(cause)
        return "login required"

    return poll(attempt, _check("console-login", url), deadline)


def _check(name: str, url: str) -> Check:
    return Check(name, url, "journalctl -u rocketmq-console on its host")


def _state_of(url: str, cluster: str, password: str, seconds: float) -> str:
    login = base64.b64encode(f"{USER}:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {login}"}
    body = _require(url, "/api/cluster", seconds, headers=headers)
    try:
        document: dict[str, Any] = json.loads(body)
        shown, state = document["cluster"]["name"], str(document["state"])
    except (ValueError, KeyError, TypeError) as error:
        cause = f"{url}/api/cluster is not the console's API: {error!r}"
        raise NotYetError(cause) from error
    if shown != cluster:
        cause = f"{url} shows cluster {shown}, not {cluster}"
        raise NotYetError(cause)
    if state == "starting":
        cause = f"{url} has not seen every broker yet"
        raise NotYetError(cause)
    return state


def _require(
    url: str,
    path: str,
    seconds: float,
    status: int = _OK,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return the body of an answer with this status, or raise a NotYetError."""
    found, body = get(url.partition("://")[2], path, seconds, headers)
    if found != status:
        cause = f"{url}{path} answered {found} instead of {status}"
        raise NotYetError(cause)
    return body
