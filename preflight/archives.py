"""Checks that the RocketMQ archive can be uploaded."""

from collections.abc import Iterator

from blueprint.plan.archives import plan_archive
from blueprint.settings.artifact import FileArtifact
from blueprint.settings.cluster import ClusterSettings
from project import ROOT
from system.errors import LocalError
from toolchain.archive.upload import use_file


def find_archive_problems(settings: ClusterSettings, stack: str) -> Iterator[str]:
    """Check a local file's digest, and link it to the path that it is uploaded from."""
    artifact = settings.artifact
    if isinstance(artifact, FileArtifact):
        try:
            use_file(ROOT / artifact.path, artifact.sha512, ROOT)
        except LocalError as problem:
            yield str(problem)
        return
    path = plan_archive(settings).upload_path
    if path is not None and not (ROOT / path).is_file():
        what = "downloaded" if artifact.source == "official" else "assembled"
        yield (
            f"cluster.artifact: {artifact.source!r} is not {what} yet, {path} is missing; "
            f"run make archive STACK={stack}"
        )
