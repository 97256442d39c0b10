"""Build the Pulumi engine and its plugins from Go modules where none is installed.

Run as `python3 -m toolchain.build [--for STACK]` from the project root. An installed `pulumi` that
is new enough is used instead, and manages its own plugins.
"""

import argparse
import filecmp
import os
import re
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from project import ROOT, cache_folder
from system.commands import exit_status_of
from system.errors import LocalError
from system.locks import locked
from system.programs import last_line, run, run_logged, text_of
from system.progress import progress, say
from toolchain.recipe import (
    ALL_STACKS,
    ENGINE_VERSION,
    MODULE_FILES,
    Binary,
    ModuleFile,
    binaries_for,
    go_build_arguments,
    toolchain_digest,
)

LOCK_SECONDS = 7200
"""More than another clone's build of all modules may take."""
ABOUT_SECONDS = {"pulumi": 240, "pulumi-resource-libvirt": 60}
"""On two cores, with an empty cache of Go's."""
ABOUT_SMALL_SECONDS = 20
GO_VARIABLES = {"GOTOOLCHAIN": "local", "GOSUMDB": "off", "CGO_ENABLED": "0"}


class Layout:
    """The paths that are read and written: those of one clone and of the user's cache."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        self.cache = cache
        self.modules = root / "toolchain" / "go"
        # The symlink to the binaries that this clone uses.
        self.link = root / ".state" / "bin"
        # The PULUMI_HOME of this clone, with the resource plugins.
        self.pulumi_home = root / ".state" / "pulumi-home"


def main(arguments: list[str] | None = None) -> int:
    """Build what is missing and return the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m toolchain.build", description=__doc__)
    parser.add_argument(
        "--for", dest="stack", default=ALL_STACKS, help="build only what STACK needs"
    )
    stack: str = parser.parse_args(arguments).stack

    def act() -> None:
        report(make_toolchain(Layout(ROOT, cache_folder() / "toolchain"), stack))

    return exit_status_of("toolchain", act)


def make_toolchain(layout: Layout, stack: str) -> str:
    """Use the installed engine or build ours; return the line that reports which."""
    installed = engine_on_path(os.environ.get("PATH", ""), layout)
    if installed:
        layout.link.unlink(missing_ok=True)
        return f"using {installed}: nothing to build"
    go = find_go(layout.modules / "engine" / "go.mod")
    digest = toolchain_digest(layout.modules, run(go, "version").strip())
    folder = layout.cache / digest
    binaries = binaries_for(stack, layout.root)
    built = build_missing(go, layout, folder, binaries)
    replace_link(layout.link, folder / "bin")
    plugins = [install_plugin(layout, folder, binary) for binary in binaries if binary.plugin]
    state = "ready" if built or any(plugins) else "up to date"
    return f"{state} (pulumi {ENGINE_VERSION}, {folder / 'bin'})"


def report(line: str) -> None:
    """Print one line of progress."""
    sys.stdout.write(f"toolchain: {line}\n")
    sys.stdout.flush()


def parse_version(text: str) -> tuple[int, ...]:
    """Return the numbers of the first x.y or x.y.z in the text; empty without one."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def engine_on_path(search_path: str, layout: Layout) -> str | None:
    """Return "pulumi VERSION (FILE)" of an installed engine that is new enough, or None."""
    folders = [
        folder
        for folder in search_path.split(os.pathsep)
        if folder
        and not Path(folder).resolve().is_relative_to(layout.cache.resolve())
        # The script that a sourced toolchain/env, of any clone, puts before the engine.
        and not (Path(folder).parent / "env").is_file()
    ]
    engine = shutil.which("pulumi", path=os.pathsep.join(folders)) if folders else None
    if not engine:
        return None
    variables = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    version = run(engine, "version", extra_environment=variables).strip()
    if parse_version(version) < parse_version(ENGINE_VERSION):
        report(f"{engine} is {version}, below {ENGINE_VERSION}: building a newer one")
        return None
    return f"pulumi {version} ({engine})"


def find_go(module: Path) -> str:
    """Return the go command.

    Raises:
        LocalError: Go is missing, or older than the module requires.

    """
    (minimum,) = re.findall(r"^go (\S+)$", module.read_text("utf-8"), re.MULTILINE)
    go, version = shutil.which("go"), "not installed"
    if go:
        version = run(go, "env", "GOVERSION", extra_environment={"GOTOOLCHAIN": "local"}).strip()
    if not go or parse_version(version) < parse_version(minimum):
        found = f"{go or 'go'} is {version}"
        message = f"{found}: install Go {minimum} or newer (or Pulumi {ENGINE_VERSION})"
        raise LocalError(message)
    return go


def build_missing(go: str, layout: Layout, folder: Path, binaries: list[Binary]) -> bool:
    """Build what the folder lacks, one clone at a time; return whether anything was built."""
    wanted: list[Binary | ModuleFile] = [*binaries, *MODULE_FILES]
    if all((folder / entry.target).exists() for entry in wanted):
        return False
    layout.cache.mkdir(parents=True, exist_ok=True)
    on_wait = partial(say, "toolchain: waiting for another build to finish")
    with locked(layout.cache / "lock", wait_seconds=LOCK_SECONDS, on_wait=on_wait):
        for entry in wanted:
            if not (folder / entry.target).exists():
                make_entry(go, layout.modules, folder, entry)
    return True


def make_entry(go: str, modules: Path, folder: Path, entry: Binary | ModuleFile) -> None:
    """Build one binary, or copy one file, into the build folder; complete or not at all."""
    target = folder / entry.target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as unfinished:
        file = Path(unfinished) / entry.name
        if isinstance(entry, Binary):
            _build(go, modules, entry, file, folder.parent)
        else:
            command = (go, "list", "-m", "-f", "{{.Dir}}", entry.source_module)
            source = run(*command, folder=modules / entry.module, extra_environment=GO_VARIABLES)
            shutil.copyfile(Path(source.strip()) / entry.path, file)
            file.chmod(0o755)
        file.replace(target)


def _build(go: str, modules: Path, binary: Binary, file: Path, logs: Path) -> None:
    log = file.with_name("log")
    what = f"toolchain: building {binary.name}"
    # With -v, go prints each package that it compiles.
    command: list[str | Path]
    command = [go, "build", "-v", *go_build_arguments(binary), "-o", file, binary.package]
    with progress(what, ABOUT_SECONDS.get(binary.name, ABOUT_SMALL_SECONDS), lambda: so_far(log)):
        folder = modules / binary.module
        status = run_logged(command, log, folder=folder, extra_environment=GO_VARIABLES)
        if status:
            # Moved, which a full disk allows.
            kept = log.replace(logs / f"{binary.name}.log")
            message = (
                f"building {binary.name}: go build: exit status {status}: {last_line(kept)}; "
                f"check disk, network and GOPROXY, and read {kept}"
            )
            raise LocalError(message)


def so_far(log: Path) -> str:
    """Return how many modules and packages the output of `go build -v` shows so far."""
    lines = text_of(log).splitlines()
    downloaded = sum(line.startswith("go: downloading ") for line in lines)
    compiled = sum(not line.startswith(("go: ", "#", " ", "\t")) for line in lines)
    return f"{downloaded} modules downloaded, {compiled} packages compiled"


def replace_link(link: Path, target: Path) -> None:
    """Point the symlink at the target, atomically."""
    if link.is_symlink() and link.readlink() == target:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=link.parent) as unfinished:
        fresh = Path(unfinished) / link.name
        fresh.symlink_to(target)
        fresh.replace(link)


def install_plugin(layout: Layout, folder: Path, binary: Binary) -> bool:
    """Install a resource plugin for this clone's engine; return whether it was needed."""
    name, version = binary.plugin or ("", "")
    installed = layout.pulumi_home / "plugins" / f"resource-{name}-v{version}" / binary.name
    if installed.exists() and filecmp.cmp(installed, folder / binary.target, shallow=False):
        return False
    variables = {"PULUMI_HOME": str(layout.pulumi_home), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    command = ["plugin", "install", "resource", name, version, "--reinstall", "--file"]
    run(folder / "bin" / "pulumi", *command, folder / binary.target, extra_environment=variables)
    return True


if __name__ == "__main__":
    sys.exit(main())
