"""Every text that lands on a host, from a spec and a template."""

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.memory import Kind
from blueprint.plan.paths import PLAN, REMOTING, RUNTIME, TOOLS, version_directory
from blueprint.plan.processes import BrokerSpec, Process
from blueprint.rendering.broker_properties import group_properties
from blueprint.rendering.templates import render

NEVER_MS = 4102444800000
"""The year 2100, in RocketMQ's milliseconds."""

DRAINED = ("brokerPermission=4", f"startAcceptSendRequestTimeStamp={NEVER_MS}")
"""What a master boots with besides: no new producer finds it, and one that knows it is refused."""


def render_configuration(cluster: ClusterSpec, process: Process) -> str:
    """Return the text of a process's configuration file."""
    if isinstance(process, BrokerSpec):
        paragraphs = group_properties(process, cluster.election)
        return render("broker.properties.j2", broker=process, paragraphs=paragraphs)
    template = {
        Kind.NAME_SERVER: "namesrv.properties.j2",
        Kind.CONTROLLER: "controller.properties.j2",
        Kind.PROXY: "rmq-proxy.json.j2",
    }[process.kind]
    return render(template, process=process, cluster=cluster)


def guard_unit(cluster: ClusterSpec, process: Process) -> str | None:
    """Return the unit that guards a master; None for what boots without a drain."""
    if isinstance(process, BrokerSpec) and cluster.is_guarded(process):
        return f"rocketmq-guard@{process.paths.instance}.service"
    return None


def render_unit(cluster: ClusterSpec, process: Process, archive_sha512: str) -> str:
    """Return the systemd unit of a process; another archive is another text, so it restarts."""
    paths = process.paths
    guard = guard_unit(cluster, process)
    before_start = [paths.conf_file, paths.runtime_conf, paths.started_from, paths.unit_file]
    writable = [paths.user_home] + ([paths.store] if paths.store else [])
    return render(
        "process.service.j2",
        process=process,
        paths=paths,
        version_directory=version_directory(cluster.version),
        archive=archive_sha512[:16],
        tools=TOOLS,
        before_start_arguments=" ".join([*map(str, before_start), *(DRAINED if guard else ())]),
        command=render_java_command(cluster, process),
        guard_unit=guard,
        writable=" ".join(map(str, writable)),
    )


def render_guard_unit(host: HostSpec) -> str:
    """Return the unit, one instance per master, that lifts the drain after a start."""
    return render(
        "guard.service.j2",
        remoting=REMOTING,
        plan=PLAN,
        runtime=RUNTIME,
        request_seconds=host.request_seconds,
    )


JAVA = "/usr/bin/java"

PROGRAMS = {
    Kind.NAME_SERVER: ("namesrv", "org.apache.rocketmq.namesrv.NamesrvStartup", "-c"),
    Kind.CONTROLLER: ("controller", "org.apache.rocketmq.controller.ControllerStartup", "-c"),
    Kind.BROKER: ("broker", "org.apache.rocketmq.broker.BrokerStartup", "-c"),
    Kind.PROXY: ("proxy", "org.apache.rocketmq.proxy.ProxyStartup", "-pc"),
}
"""Per kind: RocketMQ's name of its logging configuration, its main class, the option that
names its configuration file."""


def render_java_command(cluster: ClusterSpec, process: Process) -> str:
    """Return what the unit starts: Java itself, since RocketMQ's shell wrappers hide its pid."""
    home = version_directory(cluster.version)
    paths = process.paths
    program, main, option = PROGRAMS[process.kind]
    words = [
        JAVA,
        "-server",
        f"-Xms{process.memory.heap_mib}m",
        f"-Xmx{process.memory.heap_mib}m",
        *_direct_memory(process),
        *_collector_and_compiler(process),
        *_openings(process),
        "-XX:+ExitOnOutOfMemoryError",
        f"-Xlog:gc*:file={paths.user_home}/gc.log:time,tags:filecount=5,filesize=10M",
        # Logs and the name server's own store follow user.home, so each instance has its own.
        f"-Duser.home={paths.user_home}",
        f"-Drmq.logback.configurationFile={home}/conf/rmq.{program}.logback.xml",
        f"-cp {home}/conf:{home}/lib/*",
        main,
        f"{option} {paths.runtime_conf}",
    ]
    return " ".join(words)


def _collector_and_compiler(process: Process) -> tuple[str, ...]:
    """Return what is cheap to start on the host.

    An emulated processor spends its time on compiling: the first compiler alone halves it.
    """
    if process.host.emulated:
        return ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    return ("-XX:+UseG1GC",)


def _openings(process: Process) -> tuple[str, ...]:
    """Return what silences the traces that the controllers' serialisation prints at each start."""
    if process.kind is Kind.CONTROLLER:
        return ("--add-opens=java.base/java.lang=ALL-UNNAMED",)
    return ()


def _direct_memory(process: Process) -> tuple[str, ...]:
    direct_mib = process.memory.direct_mib
    return (f"-XX:MaxDirectMemorySize={direct_mib}m",) if direct_mib else ()
