"""Versions and archives that cannot be installed."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from blueprint.plan.archives import plan_archive
from blueprint.rocketmq.versions import require_supported
from blueprint.settings.artifact import ArtifactSettings, UrlArtifact
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.console import DashboardConsole


def find_version_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
    """Iterate over why the version is not supported, or why its archive cannot be had."""
    artifact = settings.artifact
    try:
        require_supported(settings.version)
        if unusable.isdisjoint({"version", "artifact"}):
            plan_archive(settings)
    except ValueError as problem:
        yield str(problem)
        return
    if unusable.isdisjoint({"version", "artifact", "hosts"}):
        yield from _download_problems(settings, artifact, "cluster.artifact")


def find_jar_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
    """Iterate over why the dashboard's jar cannot be had."""
    console = settings.console
    if isinstance(console, DashboardConsole) and unusable.isdisjoint({"hosts", "console"}):
        yield from _download_problems(settings, console.jar, "cluster.console.jar")


def _download_problems(
    settings: ClusterSettings, artifact: ArtifactSettings, key: str
) -> Iterator[str]:
    if settings.hosts.provider != "nspawn" or not isinstance(artifact, UrlArtifact):
        return
    if not artifact.url.startswith("file://"):
        other = "maven, official or " if key == "cluster.artifact" else ""
        yield (
            f"{key}.url: {artifact.url!r} cannot be reached from the machines of provider nspawn, "
            "which have no access to the network outside; write "
            f"{other}{{source: file, path: …, sha512: …}}"
        )
