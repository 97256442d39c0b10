"""What our modules that are run as commands have in common: one line out, one line of refusal."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from machines.shared.computer import become_root
from system.errors import LocalError

INTERRUPTED = 130


def run_tool(
    module: str, verb: str, act: Callable[[], Any], *, root_for: list[str] | None = None
) -> int:
    """Do what a verb does and print its result as one JSON line; return the exit status.

    Args:
        module: whose verb it is, as `python3 -m` names it.
        verb: for the line of a refusal.
        act: what returns the result.
        root_for: the arguments to run again by sudo where we are not root; None needs no root.

    """
    # Whoever runs this: what it makes must be readable for all.
    os.umask(0o022)
    try:
        if root_for is not None:
            become_root(module, root_for)
        sys.stdout.write(json.dumps(act(), sort_keys=True) + "\n")
    except LocalError as error:
        sys.stderr.write(f"{module} {verb}: {' '.join(str(error).split())}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{module} {verb}: {error}: see to it, then run again\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"{module} {verb}: interrupted: run it again to finish\n")
        return INTERRUPTED
    return 0
