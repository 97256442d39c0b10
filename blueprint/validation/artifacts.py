"""Versions and archives that cannot be installed."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from blueprint.rocketmq.versions import maven_sha512, official_archive, require_safe
from blueprint.settings.artifact import ArtifactSettings, UrlArtifact
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.console import DashboardConsole

KNOWN_MAJOR = 5


def _unusable_version(text: str) -> Iterator[str]:
    try:
        version = require_safe(text)
    except ValueError as problem:
        yield str(problem)
        return
    if version.major != KNOWN_MAJOR:
        yield (
            f"cluster.version: {text} is not a version {KNOWN_MAJOR}.x, whose "
            "replication this program sets up and checks; write one of those"
        )


def _version_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
    refused = tuple(_unusable_version(settings.version))
    if refused or not unusable.isdisjoint({"version", "artifact"}):
        yield from refused
        return
    try:
        if settings.artifact.source == "official":
            official_archive(settings.version)
        elif settings.artifact.source == "maven":
            maven_sha512(settings.version)
        elif "hosts" not in unusable:
            yield from _url_problems(settings, settings.artifact, "cluster.artifact")
    except ValueError as problem:
        yield str(problem)


def _jar_problems(settings: ClusterSettings, unusable: AbstractSet[str]) -> Iterator[str]:
    if isinstance(settings.console, DashboardConsole) and unusable.isdisjoint(
        {"hosts", "console"}
    ):
        yield from _url_problems(settings, settings.console.jar, "cluster.console.jar")


def _url_problems(
    settings: ClusterSettings, artifact: ArtifactSettings, key: str
) -> Iterator[str]:
    if not isinstance(artifact, UrlArtifact) or settings.hosts.provider != "nspawn":
        return
    if not artifact.url.startswith("file://"):
        other = "maven or " if key == "cluster.artifact" else ""
        yield (
            f"{key}.url: {artifact.url!r} cannot be reached from machines of this computer, "
            f"which have no way out; use {other}{{source: file, path: …, sha512: …}}"
        )
