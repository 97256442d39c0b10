"""The steps by which a process is checked, and the occasions on which each of them runs.

The roll-out of an update and `verify` run the same steps. The roll-out asks one process after
another: name servers, controllers, masters, slaves or elected replicas, proxies. So it leaves out
the steps that need a process whose turn comes later.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from remoting.polling import Deadline


class Occasion(Flag):
    """When a step runs."""

    TURN = auto()
    """In the roll-out, when all processes before this one are ready."""
    RESTART = auto()
    """The same, if the roll-out has just restarted it: the rest of its group was ready before."""
    VERIFICATION = auto()
    """When all processes are ready."""


ROLL_OUT = Occasion.TURN | Occasion.RESTART
ALWAYS = ROLL_OUT | Occasion.VERIFICATION

UNIT = "unit"
"""The name of the step that asks systemd."""


@dataclass(frozen=True)
class Step:
    """One named check; `run` returns what it found, or raises a RemotingError."""

    name: str
    run: Callable[[Deadline], str]
    occasions: Occasion = ALWAYS


def steps_on(occasion: Occasion, steps: Iterable[Step], *, check_units: bool) -> list[Step]:
    """Return the steps that run on an occasion, in order."""
    return [
        step for step in steps if occasion in step.occasions and (check_units or step.name != UNIT)
    ]
