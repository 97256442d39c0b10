"""The web console: its host, port and memory."""

from blueprint.plan.archives import given_archive
from blueprint.plan.hosts import HostSpec
from blueprint.plan.memory import BUILTIN_CONSOLE_MIB, DASHBOARD_HEAP_MIB, ProcessMemory
from blueprint.plan.paths import builtin_console_paths, dashboard_paths
from blueprint.plan.processes import ConsoleSpec
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.console import ConsoleKind, DashboardConsole, NoConsole


def plan_console(settings: ClusterSettings, hosts: tuple[HostSpec, ...]) -> ConsoleSpec | None:
    """Return the console, by default on the first host; None if the settings want none."""
    console = settings.console
    if isinstance(console, NoConsole):
        return None
    memory = ProcessMemory(heap_mib=0, overhead_mib=BUILTIN_CONSOLE_MIB)
    paths, jar = builtin_console_paths(), None
    if isinstance(console, DashboardConsole):
        memory = ProcessMemory(heap_mib=settings.heap.console or DASHBOARD_HEAP_MIB)
        paths, jar = dashboard_paths(), given_archive(console.jar)
    return ConsoleSpec(
        name="console",
        console_kind=ConsoleKind(console.kind),
        host=next((host for host in hosts if host.name == console.host), hosts[0]),
        port=settings.ports.console,
        password_generation=console.password_generation,
        jar=jar,
        memory=memory,
        paths=paths,
    )
