"""`python3 -m machines VERB`: the machines of systemd-nspawn.

Stacks record this command in their state, so it stays the entry wherever the code moves.
"""

import sys

from machines.nspawn.__main__ import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
