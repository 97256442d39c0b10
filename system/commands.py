"""Run a command of this project, so that whatever ends it early is one line on stderr."""

import sys
from collections.abc import Callable

from system.errors import LocalError

INTERRUPTED = 130


def exit_status_of(name: str, act: Callable[[], object]) -> int:
    """Run a command and return its exit status; `name` begins the line of an error.

    A ValueError is taken for a value that was given wrong, and says what to write.
    """
    try:
        act()
    except (LocalError, ValueError) as error:
        return _fail(name, str(error), 1)
    except OSError as error:
        file = f"{error.filename}: " if error.filename else ""
        cause = error.strerror or str(error)
        return _fail(name, f"{file}{cause}; correct this, then run it again", 1)
    except KeyboardInterrupt:
        return _fail(name, "interrupted; run it again to complete it", INTERRUPTED)
    return 0


def _fail(name: str, line: str, status: int) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"{name}: {line}\n")
    return status
