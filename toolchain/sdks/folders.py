"""Where the SDK of a provider is, and how the program imports it.

A provider that only some stacks use has a dependency group of its name in pyproject.toml. Its SDK
is not in the environment, because the engine asks for the plugin of every SDK that it finds there.
A folder is named by its versions and never changed, so no `make` disturbs a running update.
"""

import sys
import tomllib
from pathlib import Path

DEVELOPMENT = "dev"
"""The group that is not a provider's."""


def providers(root: Path) -> tuple[str, ...]:
    """Return the providers with an SDK of their own."""
    return tuple(group for group in _groups(root) if group != DEVELOPMENT)


def packages_of(root: Path, provider: str) -> dict[str, str]:
    """Return the packages of a provider's SDK and their versions; empty if it has no own one."""
    pins = (pin.partition("==") for pin in _groups(root).get(provider, ()))
    return {name: version for name, _, version in pins}


def sdk_folder(root: Path, provider: str) -> Path:
    """Return the folder of the locked version, which may not be installed."""
    return sdk_link(root, provider).with_name(
        "-".join((provider, *packages_of(root, provider).values()))
    )


def sdk_link(root: Path, provider: str) -> Path:
    """Return the link to the version that was installed last; for mypy, which needs one path."""
    return root / ".state" / "sdks" / provider


def use_sdk(root: Path, provider: str) -> None:
    """Let this process import the SDK; what the environment has comes first."""
    folder = str(sdk_folder(root, provider))
    if folder not in sys.path:
        sys.path.append(folder)


def _groups(root: Path) -> dict[str, list[str]]:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    groups: dict[str, list[str]] = project["dependency-groups"]
    return groups
