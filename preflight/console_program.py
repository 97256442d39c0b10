"""The console's program: our own archive, or the jar that the settings name."""

from collections.abc import Iterator

from blueprint.plan.archives import Archive
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.settings.artifact import FileArtifact
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.console import DashboardConsole
from project import ROOT
from system.errors import LocalError
from toolchain.archive.upload import use_file
from toolchain.console_archive import console_sha512


def plan_console_program(cluster: ClusterSpec) -> Archive | None:
    """Return the console's archive, building our own at the path that it is uploaded from."""
    if cluster.console is None:
        return None
    return cluster.console.jar or Archive(sha512=console_sha512(ROOT))


def find_jar_problems(settings: ClusterSettings) -> Iterator[str]:
    """Check a local jar's digest, and link it to the path that it is uploaded from."""
    console = settings.console
    if not isinstance(console, DashboardConsole) or not isinstance(console.jar, FileArtifact):
        return
    try:
        use_file(ROOT / console.jar.path, console.jar.sha512, ROOT, "cluster.console.jar")
    except LocalError as problem:
        yield str(problem)
