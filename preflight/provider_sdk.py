"""The SDK of the provider that makes the stack's hosts."""

from collections.abc import Iterator

from blueprint.settings.cluster import ClusterSettings
from project import ROOT
from toolchain.sdks.folders import packages_of, sdk_folder


def find_sdk_problems(settings: ClusterSettings, *, stack: str) -> Iterator[str]:
    """Check that the SDK is installed, if the provider has one of its own."""
    provider = settings.hosts.provider
    packages = packages_of(ROOT, provider)
    if packages and not sdk_folder(ROOT, provider).is_dir():
        missing = " ".join(f"{name} {version}" for name, version in packages.items())
        yield (
            f"cluster.hosts.provider: {provider!r} needs {missing}, which is not installed; "
            f"run make setup STACK={stack}"
        )
