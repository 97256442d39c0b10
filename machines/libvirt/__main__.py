"""`python3 -m machines.libvirt VERB`: virtual machines; stacks record this command."""

import sys

from machines.libvirt.verbs import main

sys.exit(main(sys.argv[1:]))
