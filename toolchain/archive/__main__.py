"""`python3 -m toolchain.archive [VERSION]`: make the archive that Pulumi uploads."""

import argparse
import sys

from blueprint.rocketmq.versions import DEFAULT_VERSION
from project import ROOT
from system.errors import LocalError
from toolchain.archive.assemble import assemble
from toolchain.archive.errors import ArchiveError
from toolchain.archive.prove import prove


def main(arguments: list[str]) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m toolchain.archive", description=__doc__)
    parser.add_argument("version", nargs="?", default=DEFAULT_VERSION)
    parser.add_argument("--fresh", action="store_true", help="use an empty Maven repository")
    parser.add_argument(
        "--prove", action="store_true", help="assemble twice from nothing and compare the bytes"
    )
    options = parser.parse_args(arguments)
    try:
        if options.prove:
            prove(options.version, _tell)
        else:
            assemble(options.version, ROOT, _tell, fresh=options.fresh)
    except (ArchiveError, LocalError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


sys.exit(main(sys.argv[1:]))
