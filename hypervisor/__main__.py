"""`python3 -m hypervisor VERB`: what states of earlier releases run on replace and destroy."""

import sys

from machines.libvirt.__main__ import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
