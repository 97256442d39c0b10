"""`python3 -m toolchain.archive [VERSION]`: assemble the archive that Pulumi uploads."""

import argparse
import sys

from blueprint.rocketmq.versions import DEFAULT_VERSION
from project import ROOT
from system.commands import exit_status_of
from toolchain.archive.assemble import assemble, check_reproducible


def main(arguments: list[str]) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m toolchain.archive", description=__doc__)
    parser.add_argument("version", nargs="?", default=DEFAULT_VERSION)
    parser.add_argument("--fresh", action="store_true", help="use an empty Maven repository")
    parser.add_argument(
        "--check-reproducible",
        action="store_true",
        help="assemble twice, each time with an empty Maven repository, and compare the bytes",
    )
    options = parser.parse_args(arguments)

    def act() -> None:
        if options.check_reproducible:
            check_reproducible(options.version, _report)
        else:
            assemble(options.version, ROOT, _report, fresh=options.fresh)

    return exit_status_of("archive", act)


def _report(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


sys.exit(main(sys.argv[1:]))
