"""`python3 -m toolchain.archive.official VERSION [SHA512]`: download Apache's archive, once.

Only for hosts that cannot download it themselves: it is then uploaded from this computer.
"""

import argparse
import re
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from blueprint.rocketmq.official_archive import RELEASES, official_sha512, official_url
from blueprint.rocketmq.versions import require_supported
from project import ROOT, cache_folder
from system.commands import exit_status_of
from system.digests import sha512_of
from system.errors import LocalError
from system.https import NotFoundError, download
from system.progress import progress, say
from toolchain.archive.cache import ensure_cached
from toolchain.archive.upload import link_for_upload

Download = Callable[[str, Path], None]
"""Writes what is at a URL to a file; raises LocalError, and NotFoundError if there is nothing."""

ABOUT_SECONDS = 30
SHA512 = re.compile("[0-9a-fA-F]{128}")


def use_official(version: str, sha512: str, project: Path, download_to: Download) -> Path:
    """Return the path, below the project, of Apache's archive; download it if needed.

    Raises:
        LocalError: it cannot be downloaded, or has another digest.
        ValueError: the version is not supported.

    """
    require_supported(version)
    archive = cache_folder() / "archive" / f"rocketmq-{version}-official-{sha512[:16]}.zip"

    def make(folder: Path) -> Path:
        part = folder / archive.name
        _download(version, part, download_to)
        _require_digest(version, part, sha512)
        return part

    ensure_cached(archive, sha512, make)
    target = link_for_upload(archive, sha512, project)
    say(f"RocketMQ {version} archive: {target.relative_to(project)} (sha512 {sha512[:16]}…)")
    return target


def _download(version: str, part: Path, download_to: Download) -> None:
    def so_far() -> str:
        return f"{part.stat().st_size >> 20} MB" if part.exists() else ""

    what = f"RocketMQ {version}: downloading 100 MB from {urlsplit(RELEASES).hostname}"
    try:
        with progress(what, ABOUT_SECONDS, so_far):
            download_to(official_url(version), part)
    except NotFoundError as error:
        message = f"{error}; {RELEASES} lists the versions there are"
        raise LocalError(message) from error


def _require_digest(version: str, part: Path, sha512: str) -> None:
    actual = sha512_of(part)
    if actual != sha512:
        message = (
            f"cluster.artifact.sha512: {official_url(version)} has SHA-512 {actual}, expected "
            f"{sha512}; write the lines that make archive-digest VERSION={version} prints"
        )
        raise LocalError(message)


def download_over_https(url: str, file: Path) -> None:
    """Write what is at a URL to a file, from a server whose certificate this system trusts."""
    download(url, ssl.create_default_context(), file)


def main(arguments: list[str], download_to: Download = download_over_https) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python3 -m toolchain.archive.official", description=__doc__
    )
    parser.add_argument("version")
    parser.add_argument("sha512", nargs="?")
    options = parser.parse_args(arguments)

    def act() -> None:
        sha512 = _digest(options.sha512 or official_sha512(options.version))
        use_official(options.version, sha512, ROOT, download_to)

    return exit_status_of("archive", act)


def _digest(text: str) -> str:
    if SHA512.fullmatch(text) is None:
        message = (
            f"cluster.artifact.sha512: {text!r} is not a digest; write 128 hexadecimal digits"
        )
        raise ValueError(message)
    return text.lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
