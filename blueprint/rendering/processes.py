"""The configuration files and systemd units of RocketMQ's processes."""

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.memory import Kind
from blueprint.plan.paths import version_directory
from blueprint.plan.processes import BrokerSpec, Process
from blueprint.rendering.paragraphs import group_properties
from blueprint.rendering.templates import render
from blueprint.rocketmq.versions import always_opens_rocksdb

DRAINED = ("brokerPermission=4", "startAcceptSendRequestTimeStamp=4102444800000")
"""Extra properties of a starting master: new producers do not find it, others are refused.
The time is in the year 2100."""


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
    """Return the unit that lifts a master's drain; None for a process that starts undrained."""
    if isinstance(process, BrokerSpec) and cluster.is_guarded(process):
        return f"rocketmq-guard@{process.paths.instance}.service"
    return None


def render_unit(cluster: ClusterSpec, process: Process, archive_sha512: str) -> str:
    """Return the systemd unit of a process; a changed archive changes it, hence a restart."""
    paths = process.paths
    guard = guard_unit(cluster, process)
    before_start = [paths.conf_file, paths.runtime_conf, paths.started_from, paths.unit_file]
    writable = [paths.user_home] + ([paths.store] if paths.store else [])
    native = process.kind is Kind.BROKER and always_opens_rocksdb(cluster.version)
    return render(
        "process.service.j2",
        process=process,
        paths=paths,
        version_directory=version_directory(cluster.version),
        archive=archive_sha512[:16],
        before_start_arguments=" ".join([*map(str, before_start), *(DRAINED if guard else ())]),
        command=render_java_command(cluster, process),
        guard_unit=guard,
        library_directory=paths.user_home if native else None,
        writable=" ".join(map(str, writable)),
    )


def render_guard_unit(host: HostSpec) -> str:
    """Return the unit, instantiated per master, that lifts the drain after a start."""
    return render("guard.service.j2", request_seconds=host.request_seconds)


JAVA = "/usr/bin/java"

PROGRAMS = {
    Kind.NAME_SERVER: ("namesrv", "org.apache.rocketmq.namesrv.NamesrvStartup", "-c"),
    Kind.CONTROLLER: ("controller", "org.apache.rocketmq.controller.ControllerStartup", "-c"),
    Kind.BROKER: ("broker", "org.apache.rocketmq.broker.BrokerStartup", "-c"),
    Kind.PROXY: ("proxy", "org.apache.rocketmq.proxy.ProxyStartup", "-pc"),
}
"""Per kind: the name of its logging configuration, its main class, and the option for its
configuration file."""


def render_java_command(cluster: ClusterSpec, process: Process) -> str:
    """Return the command to start: Java itself, since RocketMQ's shell wrappers hide its pid."""
    home = version_directory(cluster.version)
    paths = process.paths
    program, main, option = PROGRAMS[process.kind]
    options = [f"-Xms{process.memory.heap_mib}m", f"-Xmx{process.memory.heap_mib}m"]
    if process.memory.direct_mib:
        options.append(f"-XX:MaxDirectMemorySize={process.memory.direct_mib}m")
    if process.host.emulated:
        # An emulated processor spends its time compiling; C1 alone halves that.
        options += ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    else:
        options.append("-XX:+UseG1GC")
    if process.kind is Kind.CONTROLLER:
        # Otherwise its reflection prints warnings at each start.
        options.append("--add-opens=java.base/java.lang=ALL-UNNAMED")
    words = (
        JAVA,
        "-server",
        *options,
        "-XX:+ExitOnOutOfMemoryError",
        f"-Xlog:gc*:file={paths.user_home}/gc.log:time,tags:filecount=5,filesize=10M",
        # RocketMQ puts logs and the name server's store below user.home.
        f"-Duser.home={paths.user_home}",
        f"-Drmq.logback.configurationFile={home}/conf/rmq.{program}.logback.xml",
        f"-cp {home}/conf:{home}/lib/*",
        main,
        f"{option} {paths.runtime_conf}",
    )
    return " ".join(words)
