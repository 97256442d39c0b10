"""The program of the console: our own archive, or the jar that the settings name."""

from collections.abc import Iterator
from pathlib import Path

from blueprint.archive import Archive
from blueprint.artifact import uploaded_archive
from blueprint.artifact_settings import FileArtifact
from blueprint.console_settings import DashboardConsole
from blueprint.settings import ClusterSettings
from blueprint.specs import ClusterSpec
from toolchain.archive.errors import ArchiveError
from toolchain.archive.local_file import use_file
from toolchain.console_archive import console_sha512

PROJECT = Path(__file__).parent.parent


def plan_console_program(cluster: ClusterSpec) -> Archive | None:
    """Return what the console's host runs; our own archive is made where it is uploaded from."""
    if cluster.console is None:
        return None
    return cluster.console.jar or uploaded_archive(console_sha512(PROJECT))


def find_jar_problems(settings: ClusterSettings) -> Iterator[str]:
    """Check a local jar's digest and link it to the path it is uploaded from."""
    console = settings.console
    if not isinstance(console, DashboardConsole) or not isinstance(console.jar, FileArtifact):
        return
    try:
        use_file(PROJECT / console.jar.path, console.jar.sha512, PROJECT, "cluster.console.jar")
    except ArchiveError as problem:
        yield str(problem)
