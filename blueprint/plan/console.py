"""What shows the cluster in a browser: where, by which port, with how much memory."""

from blueprint.plan.archives import said_archive
from blueprint.plan.hosts import HostSpec
from blueprint.plan.memory import BUILTIN_CONSOLE_MIB, DASHBOARD_HEAP_MIB, ProcessMemory
from blueprint.plan.paths import builtin_console_paths, dashboard_paths
from blueprint.plan.processes import ConsoleSpec
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.console import ConsoleKind, DashboardConsole, NoConsole

INSTANCE = "console"


def plan_console(settings: ClusterSettings, hosts: tuple[HostSpec, ...]) -> ConsoleSpec | None:
    """Return the console, on the first host unless the settings name another; None without one."""
    said = settings.console
    if isinstance(said, NoConsole):
        return None
    host = next((host for host in hosts if host.name == said.host), hosts[0])
    dashboard = isinstance(said, DashboardConsole)
    heap = settings.heap.console or DASHBOARD_HEAP_MIB
    return ConsoleSpec(
        name=INSTANCE,
        console_kind=ConsoleKind(said.kind),
        host=host,
        port=settings.ports.console,
        password_generation=said.password_generation,
        jar=said_archive(said.jar) if isinstance(said, DashboardConsole) else None,
        memory=(
            ProcessMemory(heap_mib=heap)
            if dashboard
            else ProcessMemory(heap_mib=0, overhead_mib=BUILTIN_CONSOLE_MIB)
        ),
        paths=dashboard_paths(INSTANCE) if dashboard else builtin_console_paths(INSTANCE),
    )
