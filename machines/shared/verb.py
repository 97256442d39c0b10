"""Run a verb of a command line: its result is one JSON line, an error one line on stderr."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from machines.shared.computer import become_root
from system.errors import LocalError

INTERRUPTED = 130


def run_verb(
    module: str, verb: str, act: Callable[[], Any], *, root_for: list[str] | None = None
) -> int:
    """Run a verb of `python3 -m module`, print its result as one JSON line, and return the status.

    `root_for` is the command line to run again under sudo if we are not root; None if the verb
    needs no root.
    """
    # Whatever umask we inherit, the files we make must be readable by all users.
    os.umask(0o022)
    try:
        if root_for is not None:
            become_root(module, root_for)
        sys.stdout.write(json.dumps(act(), sort_keys=True) + "\n")
    except LocalError as error:
        sys.stderr.write(f"{module} {verb}: {' '.join(str(error).split())}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{module} {verb}: {error}: fix this, then run it again\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"{module} {verb}: interrupted; run it again to complete it\n")
        return INTERRUPTED
    return 0
