"""`python3 -m system.step WHAT SECONDS COMMAND...`: run a command of the Makefile, with progress.

It needs only the standard library, because it also runs before there is a Python environment.
"""

import sys

from system.errors import LocalError
from system.programs import run_on_terminal
from system.progress import progress

INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    what, seconds, *command = arguments
    try:
        with progress(what, float(seconds)) as step:
            status = run_on_terminal(command)
            step.failed = status != 0
    except LocalError as error:
        sys.stderr.write(f"{what}: {error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    # A negative one is the signal that ended it, which shells report as 128 and more.
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
