"""One GET by HTTP, for metrics and the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remoting.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_BYTES = 16 * 1024 * 1024


def get(
    address: str, path: str, timeout_seconds: float, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Return the status and body of an answer; redirects are not followed.

    Raises:
        UnreachableError: no answer.

    """
    # Loading it takes longer than all the rest, and every command on a host would wait for it.
    import http.client  # noqa: PLC0415 (see above)

    connection = http.client.HTTPConnection(address, timeout=timeout_seconds)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(address, str(error) or type(error).__name__) from error
    finally:
        connection.close()
