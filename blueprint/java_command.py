"""The Java command line of each process."""

from blueprint.memory import Kind
from blueprint.paths import version_directory
from blueprint.specs import ClusterSpec, Process

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
