"""Which archives are installed, and where hosts get them."""

from dataclasses import dataclass

from blueprint.plan.paths import CACHE
from blueprint.rocketmq.official_archive import official_sha512, official_url
from blueprint.rocketmq.versions import maven_sha512
from blueprint.settings.artifact import FileArtifact, OfficialArtifact, UrlArtifact
from blueprint.settings.cluster import ClusterSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """An archive: its digest, and the URL that hosts download, or None if it is uploaded."""

    sha512: str
    url: str | None = None

    @property
    def upload_path(self) -> str | None:
        """Return the path to upload, relative to the project; None if hosts download it."""
        return upload_path(self.sha512) if self.url is None else None

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
        sha512 = artifact.sha512 or official_sha512(settings.version)
        # The machines of provider nspawn have no access to the network outside.
        isolated = settings.hosts.provider == "nspawn"
        return Archive(sha512=sha512, url=None if isolated else official_url(settings.version))
    return Archive(sha512=maven_sha512(settings.version))


def given_archive(artifact: UrlArtifact | FileArtifact) -> Archive:
    """Return the archive of settings that give its digest."""
    url = artifact.url if isinstance(artifact, UrlArtifact) else None
    return Archive(sha512=artifact.sha512, url=url)


def upload_path(sha512: str) -> str:
    """Return the path to upload from, relative to the project and so the same in every clone."""
    return f".state/archive/{sha512[:16]}.zip"
