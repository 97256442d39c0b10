"""Build the Pulumi engine and its plugins from Go modules where none is installed.

Run as `python3 -m toolchain.build [--for STACK]` from the project root. A `pulumi` on PATH that is
new enough is used as it is, and its plugins are left to it.
"""

import argparse
import contextlib
import fcntl
import filecmp
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from project import ROOT, cache_folder
from system.errors import LocalError
from system.programs import run
from toolchain.recipe import (
    ALL_STACKS,
    ENGINE_VERSION,
    SCRIPTS,
    Binary,
    Script,
    binaries_for,
    digest_of_recipe,
    go_build_arguments,
)

GO_TIMEOUT_SECONDS = 1800
SHOWN_LINES_OF_A_FAILURE = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """The folders that are read and written, all derived from the project root and the cache."""

    root: Path
    cache: Path

    @classmethod
    def of_project(cls, root: Path = ROOT) -> "Places":
        """Return the places of the clone at `root` and the cache of the user."""
        return cls(root=root, cache=cache_folder() / "toolchain")

    @property
    def modules(self) -> Path:
        """The folder of the Go modules."""
        return self.root / "toolchain" / "go"

    @property
    def link(self) -> Path:
        """The symlink to the binaries that this clone uses."""
        return self.root / ".state" / "bin"

    @property
    def pulumi_home(self) -> Path:
        """The PULUMI_HOME of this clone, with the resource plugins."""
        return self.root / ".state" / "pulumi-home"


def main(arguments: list[str] | None = None) -> int:
    """Make the toolchain ready; return the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m toolchain.build", description=__doc__)
    parser.add_argument(
        "--for", dest="stack", default=ALL_STACKS, help="build only what STACK needs"
    )
    stack: str = parser.parse_args(arguments).stack
    try:
        report(make_toolchain(Places.of_project(), stack))
    except (LocalError, OSError) as error:
        sys.stderr.write(f"toolchain: {error}\n")
        return 1
    return 0


def make_toolchain(places: Places, stack: str) -> str:
    """Use the installed engine or build ours; return the line that says which."""
    installed = engine_on_path(os.environ.get("PATH", ""), places)
    if installed:
        places.link.unlink(missing_ok=True)
        return f"using {installed}: nothing to build"
    go = find_go(places.modules / "engine" / "go.mod")
    digest = digest_of_recipe(places.modules, run(go, "version").strip())
    folder = places.cache / digest
    binaries = binaries_for(stack, places.root)
    built = build_missing(go, places, folder, binaries)
    replace_link(places.link, folder / "bin")
    plugins = [install_plugin(places, folder, binary) for binary in binaries if binary.plugin]
    state = "ready" if built or any(plugins) else "up to date"
    return f"{state} (pulumi {ENGINE_VERSION}, {folder / 'bin'})"


def report(line: str) -> None:
    """Show one line of progress at once."""
    sys.stdout.write(f"toolchain: {line}\n")
    sys.stdout.flush()


def parse_version(text: str) -> tuple[int, ...] | None:
    """Return the numbers of the first x.y or x.y.z in the text, or None without one."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in found.groups()) if found else None


def engine_on_path(search_path: str, places: Places) -> str | None:
    """Return "pulumi VERSION (FILE)" of an installed engine that is new enough, never our own."""
    folders = [
        folder
        for folder in search_path.split(os.pathsep)
        if folder and not Path(folder).resolve().is_relative_to(places.cache.resolve())
    ]
    engine = shutil.which("pulumi", path=os.pathsep.join(folders)) if folders else None
    if not engine:
        return None
    variables = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    version = run(engine, "version", extra_environment=variables).strip()
    if (parse_version(version) or ()) < (parse_version(ENGINE_VERSION) or ()):
        report(f"{engine} is {version}, below {ENGINE_VERSION}: building our own")
        return None
    return f"pulumi {version} ({engine})"


def find_go(module: Path) -> str:
    """Return the go command.

    Raises:
        LocalError: There is none, or it is older than the module needs.

    """
    needed = re.search(r"^go (\S+)", module.read_text(), re.MULTILINE)
    minimum = needed.group(1) if needed else "1.24"
    go = shutil.which("go")
    if not go:
        message = (
            f"go is not installed: install Go {minimum} or newer (or Pulumi {ENGINE_VERSION})"
        )
        raise LocalError(message)
    version = run(go, "env", "GOVERSION", extra_environment={"GOTOOLCHAIN": "local"}).strip()
    if (parse_version(version) or ()) < (parse_version(minimum) or ()):
        message = f"{go} is {version}: install Go {minimum} or newer (or Pulumi {ENGINE_VERSION})"
        raise LocalError(message)
    return go


def build_missing(go: str, places: Places, folder: Path, binaries: list[Binary]) -> bool:
    """Build what the folder lacks, one clone at a time; return whether anything was built."""
    wanted: list[Binary | Script] = [*binaries, *SCRIPTS]
    if all((folder / entry.place).exists() for entry in wanted):
        return False
    with only_one_builder(places.cache):
        for entry in wanted:
            if not (folder / entry.place).exists():
                started = time.monotonic()
                add(go, places.modules, folder, entry)
                report(f"{entry.name}  {time.monotonic() - started:.0f} s")
    return True


@contextlib.contextmanager
def only_one_builder(cache: Path) -> Iterator[None]:
    """Hold the lock of the cache; say so when another clone is building."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another build to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def add(go: str, modules: Path, folder: Path, entry: Binary | Script) -> None:
    """Put one binary or script into its place in the folder, complete or not at all."""
    place = folder / entry.place
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as unfinished:
        file = Path(unfinished) / entry.name
        module = modules / entry.module
        variables = {"GOTOOLCHAIN": "local", "GOSUMDB": "off", "CGO_ENABLED": "0"}
        command: list[str | Path]
        if isinstance(entry, Binary):
            command = [go, "build", *go_build_arguments(entry), "-o", file, entry.package]
        else:
            command = [go, "list", "-m", "-f", "{{.Dir}}", entry.source_module]
        output = run(
            *command,
            folder=module,
            extra_environment=variables,
            timeout_seconds=GO_TIMEOUT_SECONDS,
            shown_lines=SHOWN_LINES_OF_A_FAILURE,
        )
        if isinstance(entry, Script):
            shutil.copyfile(Path(output.strip()) / entry.path, file)
            file.chmod(0o755)
        file.replace(place)


def replace_link(link: Path, target: Path) -> None:
    """Point the symlink at the target; there is no moment without a link."""
    if link.is_symlink() and link.readlink() == target:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=link.parent) as unfinished:
        fresh = Path(unfinished) / link.name
        fresh.symlink_to(target)
        fresh.replace(link)


def install_plugin(places: Places, folder: Path, binary: Binary) -> bool:
    """Install a resource plugin for this clone's engine; return whether it was needed."""
    name, version = binary.plugin or ("", "")
    installed = places.pulumi_home / "plugins" / f"resource-{name}-v{version}" / binary.name
    if installed.exists() and filecmp.cmp(installed, folder / binary.place, shallow=False):
        return False
    variables = {"PULUMI_HOME": str(places.pulumi_home), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    command = ["plugin", "install", "resource", name, version, "--reinstall", "--file"]
    run(folder / "bin" / "pulumi", *command, folder / binary.place, extra_environment=variables)
    return True


if __name__ == "__main__":
    sys.exit(main())
