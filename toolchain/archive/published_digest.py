"""`python3 -m toolchain.archive.published_digest [VERSION]`: what to write for Apache's archive.

Fetch the digest that Apache publishes, and print the lines for a stack's file.
"""

import argparse
import ssl
import sys
from collections.abc import Callable

from blueprint.rocketmq.official_archive import (
    OFFICIAL_SHA512,
    RELEASES,
    official_name,
    official_url,
    parse_published_sha512,
)
from blueprint.rocketmq.versions import DEFAULT_VERSION, require_supported
from system.commands import exit_status_of
from system.errors import LocalError
from system.https import NotFoundError, fetch_text

Fetch = Callable[[str], str]
"""Returns the text at a URL; raises LocalError, and NotFoundError if there is none."""


def published_sha512(version: str, fetch: Fetch) -> str:
    """Return the digest that Apache publishes for a version's archive.

    Raises:
        LocalError: it cannot be had, is of another file, or differs from the one known here.
        ValueError: the version is not supported.

    """
    require_supported(version)
    url = f"{official_url(version)}.sha512"
    try:
        text = fetch(url)
    except NotFoundError as error:
        message = f"{error}; {RELEASES} lists the versions there are"
        raise LocalError(message) from error
    try:
        sha512 = parse_published_sha512(text, official_name(version))
    except ValueError as error:
        message = (
            f"{url}: {error}; do not use it, and compare with https://rocketmq.apache.org/download"
        )
        raise LocalError(message) from error
    known = OFFICIAL_SHA512.get(version, sha512)
    if sha512 != known:
        message = (
            f"{url}: publishes {sha512[:16]}…, but {known[:16]}… is in OFFICIAL_SHA512 of "
            "blueprint/rocketmq/official_archive.py; find out which of the two is right"
        )
        raise LocalError(message)
    return sha512


def lines_for(version: str, sha512: str) -> str:
    """Return the lines, indented as in a stack's file."""
    return (
        f"# From {official_url(version)}.sha512\n"
        "# For rocketmq:cluster in Pulumi.<stack>.yaml, in place of its version and artifact:\n"
        f"    version: {version}\n"
        "    artifact:\n"
        "      source: official\n"
        f'      sha512: "{sha512}"\n'
    )


def fetch_over_https(url: str) -> str:
    """Return the text at a URL, from a server whose certificate this system trusts."""
    return fetch_text(url, ssl.create_default_context())


def main(arguments: list[str], fetch: Fetch = fetch_over_https) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python3 -m toolchain.archive.published_digest", description=__doc__
    )
    parser.add_argument("version", nargs="?", default=DEFAULT_VERSION)
    version = parser.parse_args(arguments).version

    def act() -> None:
        sys.stdout.write(lines_for(version, published_sha512(version, fetch)))

    return exit_status_of("archive-digest", act)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
