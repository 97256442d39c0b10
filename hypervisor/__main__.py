"""`python3 -m hypervisor VERB`: the name of `machines.libvirt` that older stacks recorded."""

import sys

from machines.libvirt.verbs import main

sys.exit(main(sys.argv[1:]))
