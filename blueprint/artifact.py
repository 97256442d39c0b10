"""Which archive is installed, and where it comes from."""

from blueprint.archive import Archive
from blueprint.artifact_settings import FileArtifact, UrlArtifact
from blueprint.settings import ClusterSettings
from blueprint.versions import maven_sha512, official_archive, upload_path


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
