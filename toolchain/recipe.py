"""What the toolchain consists of: versions, packages, build flags, and the digest over them."""

import hashlib
import platform
from dataclasses import astuple, dataclass
from pathlib import Path

ENGINE_VERSION = "3.276.0"
LANGUAGE_HOST_VERSION = "3.188.0"
"""The last release whose Python language host can be had as a Go module (docs/adr/0021)."""
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
VERSION_VARIABLE = f"{SDK_MODULE}/go/common/version.Version"


@dataclass(frozen=True, kw_only=True, slots=True)
class Binary:
    """A program built from one of the Go modules."""

    name: str
    module: str
    package: str
    version: str | None = None
    plugin: tuple[str, str] | None = None
    lab_only: bool = False

    @property
    def target(self) -> str:
        """The path in the build folder; plugins are not on PATH, which the engine warns of."""
        return f"{'plugins' if self.plugin else 'bin'}/{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleFile:
    """A file of a Go dependency that the engine expects beside its binaries."""

    name: str
    path: str
    module: str = "engine"
    source_module: str = SDK_MODULE

    @property
    def target(self) -> str:
        """The path in the build folder."""
        return f"bin/{self.name}"


BINARIES = (
    Binary(
        name="pulumi",
        module="engine",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        version=ENGINE_VERSION,
    ),
    Binary(
        name="pulumi-language-python",
        module="language-python",
        package="github.com/pulumi/pulumi/sdk/python/cmd/pulumi-language-python/v3",
        version=LANGUAGE_HOST_VERSION,
    ),
    Binary(
        name="pulumi-resource-command",
        module="engine",
        package="./command",
        plugin=("command", "1.2.1"),
    ),
    Binary(
        name="pulumi-resource-libvirt",
        module="libvirt",
        package=".",
        plugin=("libvirt", "0.5.4"),
        lab_only=True,
    ),
)
MODULE_FILES = (
    ModuleFile(name="pulumi-language-python-exec", path="python/cmd/pulumi-language-python-exec"),
)
ALL_STACKS = "all"


def binaries_for(stack: str, root: Path) -> list[Binary]:
    """Return the binaries that a stack needs, by the provider in its settings file."""
    from toolchain.stack_file import read_provider  # noqa: PLC0415 (needs PyYAML, the rest nothing)

    with_libvirt = stack == ALL_STACKS or read_provider(root / f"Pulumi.{stack}.yaml") == "libvirt"
    return [binary for binary in BINARIES if with_libvirt or not binary.lab_only]


def go_build_arguments(binary: Binary) -> list[str]:
    """Return the flags of `go build`: stripped binaries without local paths."""
    flags = "-s -w"
    if binary.version:
        flags += f" -X {VERSION_VARIABLE}=v{binary.version}"
    return ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", flags]


def toolchain_digest(modules: Path, go_version: str) -> str:
    """Return 16 hex digits that change with sources, flags, Go version and architecture."""
    digest = hashlib.sha256()
    recipe = [go_version, platform.machine()]
    recipe += [f"{astuple(binary)} {go_build_arguments(binary)}" for binary in BINARIES]
    recipe += [f"{astuple(file)}" for file in MODULE_FILES]
    digest.update("\n".join(recipe).encode())
    for file in sorted(modules.rglob("*")):
        is_source = file.suffix == ".go" or file.name in {"go.mod", "go.sum"}
        if is_source and not file.name.endswith("_test.go"):
            digest.update(f"\n{file.relative_to(modules)}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
