"""The Java command line of each process."""

from blueprint.paths import version_directory
from blueprint.topology import BrokerSpec, ClusterSpec, NameServerSpec, Process

JAVA = "/usr/bin/java"


def render_java_command(cluster: ClusterSpec, process: Process) -> str:
    """Return what the unit starts: Java itself, since RocketMQ's shell wrappers hide its pid."""
    home = version_directory(cluster.version)
    paths = process.paths
    kind = "namesrv" if isinstance(process, NameServerSpec) else "broker"
    main = {
        "namesrv": "org.apache.rocketmq.namesrv.NamesrvStartup",
        "broker": "org.apache.rocketmq.broker.BrokerStartup",
    }[kind]
    words = [
        JAVA,
        "-server",
        f"-Xms{process.heap_mib}m",
        f"-Xmx{process.heap_mib}m",
        *_direct_memory(process),
        *_collector_and_compiler(process),
        "-XX:+ExitOnOutOfMemoryError",
        f"-Xlog:gc*:file={paths.user_home}/gc.log:time,tags:filecount=5,filesize=10M",
        # Logs and the name server's own store follow user.home, so each instance has its own.
        f"-Duser.home={paths.user_home}",
        f"-Drmq.logback.configurationFile={home}/conf/rmq.{kind}.logback.xml",
        f"-cp {home}/conf:{home}/lib/*",
        main,
        f"-c {paths.runtime_conf}",
    ]
    return " ".join(words)


def _collector_and_compiler(process: Process) -> tuple[str, ...]:
    """Return what is cheap to start on the host.

    An emulated processor spends its time on compiling: the first compiler alone halves it.
    """
    if process.host.emulated:
        return ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    return ("-XX:+UseG1GC",)


def _direct_memory(process: Process) -> tuple[str, ...]:
    if isinstance(process, BrokerSpec):
        return (f"-XX:MaxDirectMemorySize={process.direct_mib}m",)
    return ()
