"""Whether the archive that the settings name can be uploaded, asked before anything is made."""

from collections.abc import Iterator
from pathlib import Path

from blueprint.artifact import plan_archive
from blueprint.artifact_settings import FileArtifact
from blueprint.settings import ClusterSettings
from toolchain.archive.errors import ArchiveError
from toolchain.archive.local_file import use_file

PROJECT = Path(__file__).parent.parent


def find_archive_problems(settings: ClusterSettings) -> Iterator[str]:
    """Check a local file's digest and link it to the path it is uploaded from."""
    artifact = settings.artifact
    if isinstance(artifact, FileArtifact):
        try:
            use_file(PROJECT / artifact.path, artifact.sha512, PROJECT)
        except ArchiveError as problem:
            yield str(problem)
        return
    path = plan_archive(settings).upload_path
    if path is not None and not (PROJECT / path).is_file():
        yield (
            f"cluster.artifact: 'maven' is not assembled, {path} is missing; "
            f"run make archive VERSION={settings.version}"
        )
