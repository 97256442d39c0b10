"""`python3 -m toolchain.steps STACK`: what `make up` is going to do, and about how long.

It is the first thing that `make up` runs, before there is a Python environment, so it needs only
the standard library.
"""

import filecmp
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blueprint.rocketmq.versions import ASSEMBLIES, DEFAULT_VERSION
from machines.libvirt.built_image import built_file
from machines.nspawn.image import image_folder
from project import ROOT, cache_folder
from system.errors import LocalError
from system.programs import run
from system.progress import say
from toolchain.archive.cache import cached_archive
from toolchain.build import Layout, engine_on_path
from toolchain.recipe import BINARIES, toolchain_digest

UPDATE_TIMES = {
    "nspawn": "a minute for a new cluster",
    "libvirt": "2 min for new machines with KVM, 15 min emulated",
    "existing": "2 min for a new cluster",
}
"""How long an update takes, by provider; without changes, a few seconds."""

_SETTING = r"^\s+{}:\s*['\"]?([\w.-]+)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What there is for a stack already: its provider (None if unknown), and what is ready."""

    provider: str | None
    python: bool
    engine: bool
    archive: bool
    image: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A step of `make up`, how long it takes, and whether that was done before."""

    name: str
    about: str
    ready: bool = False


def plan_steps(found: Found) -> list[Step]:
    """Return the steps in their order."""
    steps = [
        Step("Python environment", "30 s", found.python),
        Step("engine and plugins, built from Go modules", "3 min", found.engine),
        Step("RocketMQ archive", "a minute", found.archive),
    ]
    if found.provider == "nspawn":
        steps.append(Step("image of the machines", "a minute", found.image))
    elif found.provider == "libvirt":
        steps.append(Step("libvirt and the image of the machines", "3 min", found.image))
    update = UPDATE_TIMES.get(found.provider or "", "a minute")
    return [*steps, Step("update", update), Step("verification", "10 s")]


def render_steps(stack: str, steps: Sequence[Step]) -> str:
    """Return the page: a line per step that is needed, and one with those that are ready."""
    needed = [step for step in steps if not step.ready]
    width = max(len(step.name) for step in needed)
    lines = [f"make up, stack {stack}:"]
    lines += [f"  {step.name:{width}}  about {step.about}" for step in needed]
    ready = [step.name.partition(",")[0] for step in steps if step.ready]
    return "\n".join([*lines, *([f"  ready: {', '.join(ready)}"] if ready else [])])


def setting_in(text: str, key: str) -> str | None:
    """Return the first value of a key in a stack's file, as far as a pattern finds it."""
    found = re.search(_SETTING.format(key), text, re.MULTILINE)
    return found.group(1) if found else None


def look(root: Path, cache: Path, settings: str) -> Found:
    """Return what is ready for the stack with these settings."""
    provider = setting_in(settings, "provider")
    images = {"nspawn": image_folder, "libvirt": built_file}
    image = images[provider]() if provider in images else None
    return Found(
        provider=provider,
        python=_python_is_ready(root),
        engine=_engine_is_ready(Layout(root, cache / "toolchain"), provider),
        archive=_archive_is_ready(root, settings),
        image=image is None or image.exists() or _has_linked_image(root, provider),
    )


def _python_is_ready(root: Path) -> bool:
    synced = root / ".venv" / "uv.lock"
    return synced.exists() and filecmp.cmp(synced, root / "uv.lock", shallow=False)


def _engine_is_ready(layout: Layout, provider: str | None) -> bool:
    try:
        if engine_on_path(os.environ.get("PATH", ""), layout):
            return True
        go = shutil.which("go")
        version = run(go, "version").strip() if go else ""
    except LocalError:
        # The build reports what is wrong with it.
        return False
    built = layout.cache / toolchain_digest(layout.modules, version)
    wanted = [binary for binary in BINARIES if provider == "libvirt" or not binary.lab_only]
    return all((built / binary.target).exists() for binary in wanted)


def _archive_is_ready(root: Path, settings: str) -> bool:
    if setting_in(settings, "artifact") not in (None, "maven"):
        # Downloaded by the hosts, or a file that there is.
        return True
    version = setting_in(settings, "version")
    if version is None and any((root / ".state" / "archive").glob("*.zip")):
        # Of the deployed version, which only the state knows.
        return True
    assembly = ASSEMBLIES.get(version or DEFAULT_VERSION)
    return assembly is None or cached_archive(version or DEFAULT_VERSION, assembly.sha512).exists()


def _has_linked_image(root: Path, provider: str | None) -> bool:
    return provider == "libvirt" and any((root / ".state" / "images").glob("*.qcow2"))


def main(arguments: Sequence[str]) -> int:
    """Print the steps of a stack; none without its file, which the next command reports."""
    (stack,) = arguments
    file = ROOT / f"Pulumi.{stack}.yaml"
    if file.is_file():
        found = look(ROOT, cache_folder(), file.read_text("utf-8"))
        say(render_steps(stack, plan_steps(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
