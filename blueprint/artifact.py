"""Which archive is installed, and where it comes from."""

from blueprint.scripts import Archive
from blueprint.settings import ClusterSettings, FileArtifact, UrlArtifact
from blueprint.versions import maven_sha512, official_archive, upload_path


def plan_archive(settings: ClusterSettings) -> Archive:
    """Return the archive's digest, and either the URL or the path that it is uploaded from."""
    artifact = settings.artifact
    if isinstance(artifact, UrlArtifact):
        return Archive(sha512=artifact.sha512, url=artifact.url, upload_path=None)
    if isinstance(artifact, FileArtifact):
        sha512 = artifact.sha512
        return Archive(sha512=sha512, url=None, upload_path=upload_path(sha512))
    if artifact.source == "official":
        official = official_archive(settings.version)
        return Archive(sha512=official.sha512, url=official.url, upload_path=None)
    sha512 = maven_sha512(settings.version)
    return Archive(sha512=sha512, url=None, upload_path=upload_path(sha512))
