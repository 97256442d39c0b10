"""Install the SDKs of providers: `python3 -m toolchain.sdks [--for STACK]`."""

import argparse
import re
import shutil
import sys
from functools import partial
from pathlib import Path

from project import ROOT
from system.errors import LocalError
from system.locks import locked
from system.programs import run
from system.progress import progress
from toolchain.build import replace_link
from toolchain.sdks.folders import packages_of, providers, sdk_folder, sdk_link
from toolchain.stack_file import read_provider

SECONDS = 600.0
"""For a download of hundreds of MB."""
_ABOUT_SECONDS = 10.0


def main(arguments: list[str] | None = None) -> int:
    """Install what is missing and return the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m toolchain.sdks", description=__doc__)
    parser.add_argument("--for", dest="stack", help="install only what STACK needs")
    stack: str | None = parser.parse_args(arguments).stack
    known = providers(ROOT)
    chosen = known if stack is None else (read_provider(ROOT / f"Pulumi.{stack}.yaml"),)
    try:
        for provider in known:
            if provider in chosen:
                install(ROOT, provider)
    except (LocalError, OSError) as error:
        _report(str(error))
        return 1
    return 0


def install(root: Path, provider: str) -> None:
    """Install the locked SDK of a provider, complete or not at all.

    Raises:
        LocalError: it cannot be downloaded, or is not what uv.lock says.

    """
    folder, link = sdk_folder(root, provider), sdk_link(root, provider)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        on_wait = partial(_report, f"{provider}: waiting for another run to finish")
        with locked(folder.with_name("lock"), wait_seconds=SECONDS, on_wait=on_wait):
            if not folder.exists():
                with progress(f"SDK of provider {provider}", _ABOUT_SECONDS):
                    _fill(root, provider, folder)
    replace_link(link, Path(folder.name))


def _report(line: str) -> None:
    sys.stderr.write(f"SDK: {line}\n")


def _fill(root: Path, provider: str, folder: Path) -> None:
    partial_folder = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial_folder, ignore_errors=True)
    requirements = folder.with_name(f"{folder.name}.txt")
    requirements.write_text(locked_requirements(root, provider), "utf-8")
    # Its dependencies are those of every SDK, and in the environment.
    options = ("--quiet", "--no-deps", "--require-hashes", "--compile-bytecode")
    target = ("--python", sys.executable, "--target", partial_folder)
    run(
        *("uv", "pip", "install", *options, *target, "--requirements", requirements),
        folder=root,
        timeout_seconds=SECONDS,
    )
    requirements.unlink()
    partial_folder.rename(folder)


def locked_requirements(root: Path, provider: str) -> str:
    """Return the SDK's packages as uv.lock pins them, with the digests of their files."""
    options = ("--frozen", "--quiet", "--no-header", "--no-annotate")
    exported = run("uv", "export", *options, "--only-group", provider, folder=root)
    # A package begins at a line's start; its digests are indented.
    packages = re.split(r"^(?=\S)", exported, flags=re.MULTILINE)
    own = packages_of(root, provider)
    return "".join(package for package in packages if package.partition("==")[0] in own)


if __name__ == "__main__":
    sys.exit(main())
