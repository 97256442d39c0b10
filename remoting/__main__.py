"""Entry point of `python3 -m remoting` and of the zipapp."""

from __future__ import annotations

import sys

from remoting.commands.main import main

if __name__ == "__main__":
    sys.exit(main())
