"""Which archive is installed, and where it comes from."""

from dataclasses import dataclass

from blueprint.plan.paths import CACHE
from blueprint.rocketmq.versions import maven_sha512, official_archive
from blueprint.settings.artifact import FileArtifact, UrlArtifact
from blueprint.settings.cluster import ClusterSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """What to install: its digest, and a URL when the host downloads it itself."""

    sha512: str
    url: str | None
    upload_path: str | None
    """Relative to the project, so that it is the same in every clone."""

    @property
    def cached(self) -> str:
        """Return where a host keeps it."""
        return str(CACHE / f"{self.sha512[:16]}.zip")


@dataclass(frozen=True, kw_only=True, slots=True)
class Programs:
    """All that hosts install."""

    rocketmq: Archive
    console: Archive | None
    """What the console's host runs; None without a console."""


def plan_archive(settings: ClusterSettings) -> Archive:
    """Return the archive's digest, and either the URL or the path that it is uploaded from."""
    artifact = settings.artifact
    if isinstance(artifact, UrlArtifact | FileArtifact):
        return said_archive(artifact)
    if artifact.source == "official":
        official = official_archive(settings.version)
        return Archive(sha512=official.sha512, url=official.url, upload_path=None)
    return uploaded_archive(maven_sha512(settings.version))


def said_archive(said: UrlArtifact | FileArtifact) -> Archive:
    """Return what settings say with a digest of their own."""
    if isinstance(said, UrlArtifact):
        return Archive(sha512=said.sha512, url=said.url, upload_path=None)
    return uploaded_archive(said.sha512)


def uploaded_archive(sha512: str) -> Archive:
    """Return what is uploaded from its place below the project."""
    return Archive(sha512=sha512, url=None, upload_path=upload_path(sha512))


def upload_path(sha512: str) -> str:
    """Return the archive's path relative to the project, the same in every clone."""
    return f".state/archive/{sha512[:16]}.zip"
