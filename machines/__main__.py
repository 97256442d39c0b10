"""`python3 -m machines VERB`: systemd-nspawn machines; stacks record this command."""

import sys

from machines.nspawn.verbs import main

sys.exit(main(sys.argv[1:]))
