"""Which archives are installed, and where hosts get them."""

from dataclasses import dataclass

from blueprint.plan.paths import CACHE
from blueprint.rocketmq.versions import maven_sha512, official_url
from blueprint.settings.artifact import FileArtifact, OfficialArtifact, UrlArtifact
from blueprint.settings.cluster import ClusterSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """An archive: its digest, and either the URL that hosts download or the path to upload."""

    sha512: str
    url: str | None = None
    upload_path: str | None = None
    """Relative to the project, so that it is the same in every clone."""

    @property
    def cached(self) -> str:
        """Return its path on a host."""
        return str(CACHE / f"{self.sha512[:16]}.zip")


@dataclass(frozen=True, kw_only=True, slots=True)
class Programs:
    """The archives that hosts install."""

    rocketmq: Archive
    console: Archive | None
    """None without a console."""


def plan_archive(settings: ClusterSettings) -> Archive:
    """Return the RocketMQ archive that the settings ask for."""
    artifact = settings.artifact
    if isinstance(artifact, UrlArtifact | FileArtifact):
        return given_archive(artifact)
    if isinstance(artifact, OfficialArtifact):
        return Archive(sha512=artifact.sha512, url=official_url(settings.version))
    return uploaded_archive(maven_sha512(settings.version))


def given_archive(artifact: UrlArtifact | FileArtifact) -> Archive:
    """Return the archive of settings that give its digest."""
    if isinstance(artifact, UrlArtifact):
        return Archive(sha512=artifact.sha512, url=artifact.url)
    return uploaded_archive(artifact.sha512)


def uploaded_archive(sha512: str) -> Archive:
    """Return an archive that is uploaded from below the project."""
    return Archive(sha512=sha512, upload_path=upload_path(sha512))


def upload_path(sha512: str) -> str:
    """Return the path to upload from, relative to the project and so the same in every clone."""
    return f".state/archive/{sha512[:16]}.zip"
