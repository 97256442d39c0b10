"""What an update is waiting for, from what the engine prints when its output is no terminal."""

import re

_ROW = re.compile(r"\s*\S{0,2}\s+(?P<type>\S+:\S+:\S+) (?P<name>\S+) (?P<state>\w+|\*\*)")
_STARTED = frozenset({"creating", "updating", "deleting", "replacing", "reading", "refreshing"})
_GROUPS = ("pulumi:", "rocketmq:")
"""Types of resources that only hold others."""
_SHOWN = 4


class Unfinished:
    """The resources that the engine has begun to change and has not finished."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def read(self, line: str) -> None:
        """Take one line of the engine's output; one that is about no resource changes nothing."""
        row = _ROW.match(line)
        if row is None or row["type"].startswith(_GROUPS):
            return
        if row["state"] in _STARTED:
            self._names[row["name"]] = None
        else:
            self._names.pop(row["name"], None)

    def __str__(self) -> str:
        """Return the names, oldest first and at most four; empty if there are none."""
        names = list(self._names)
        more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
        return ", ".join([*names[:_SHOWN], *more])
