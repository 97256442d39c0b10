"""Every path on a host, each defined once."""

from dataclasses import dataclass
from pathlib import PurePosixPath

HOME = PurePosixPath("/usr/local/rocketmq")
TOOLS = PurePosixPath("/usr/local/lib/rocketmq-pulumi")
RECORDS = PurePosixPath("/var/lib/rocketmq-pulumi-host")
"""State that our scripts keep between runs: counters of written files."""
INCARNATION = PurePosixPath("/var/lib/rocketmq-pulumi-incarnation")
"""Identifies a virtual machine; removing an installation leaves it in place."""
CACHE = PurePosixPath("/var/cache/rocketmq-pulumi")
RUNTIME = PurePosixPath("/run/rocketmq")
UNITS = PurePosixPath("/etc/systemd/system")
CONF = HOME / "conf"
PLAN = CONF / "plan.json"
STORES = HOME / "store"
HOMES = HOME / "home"
PROGRAMS = TOOLS / "console"
"""Console programs, each named by its digest."""
VERIFICATION = RECORDS / "verification.json"
"""The last verification report of every host, for the console on its host."""
SCHEME_RECORD = STORES / ".scheme"
"""Names the scheme that wrote the stores beside it; it moves with the data disk."""
REMOTING = TOOLS / "remoting.pyz"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessPaths:
    """The paths of one process; no two processes of a host share any."""

    instance: str
    conf_file: PurePosixPath
    """The rendered configuration, read-only for the service."""
    log_name: str | None = None
    """Of the log that explains most failures; None if that is the journal."""
    store: PurePosixPath | None = None
    """`storePathRootDir`; None for a process without messages."""

    @property
    def unit(self) -> str:
        """Return the systemd unit's name."""
        return f"rocketmq-{self.instance}.service"

    @property
    def unit_file(self) -> PurePosixPath:
        """Return where the unit is written."""
        return UNITS / self.unit

    @property
    def runtime_directory(self) -> PurePosixPath:
        """Return the directory under /run that exists while the process runs."""
        return RUNTIME / self.instance

    @property
    def runtime_conf(self) -> PurePosixPath:
        """Return the copy of the configuration that the process reads and may rewrite."""
        return self.runtime_directory / self.conf_file.name

    @property
    def started_from(self) -> PurePosixPath:
        """Return the record of the digests of the files that the process was started with."""
        return RUNTIME / f"{self.instance}.started-from"

    @property
    def guard_state(self) -> PurePosixPath:
        """Return the file of the last decision of a master's guard."""
        return RUNTIME / f"{self.instance}.guard.json"

    @property
    def user_home(self) -> PurePosixPath:
        """Return the JVM's `user.home`, which separates logs and the name server's store."""
        return HOMES / self.instance

    @property
    def log_directory(self) -> PurePosixPath:
        """Return where RocketMQ's logging configuration puts the logs."""
        return self.user_home / "logs" / "rocketmqlogs"

    @property
    def log(self) -> PurePosixPath | None:
        """Return the log that explains most failures; None if that is the journal."""
        return None if self.log_name is None else self.log_directory / self.log_name

    @property
    def commit_log(self) -> PurePosixPath | None:
        """Return `storePathCommitLog`."""
        return None if self.store is None else self.store / "commitlog"


def version_directory(version: str) -> PurePosixPath:
    """Return where an archive is unpacked; nothing in it changes afterwards."""
    return HOME / "versions" / version


def name_server_paths() -> ProcessPaths:
    """Return the paths of a name server."""
    conf_file = CONF / "namesrv.properties"
    return ProcessPaths(instance="namesrv", conf_file=conf_file, log_name="namesrv.log")


def controller_paths(instance: str) -> ProcessPaths:
    """Return the paths of a controller; its store is the replicated log of the controllers."""
    return ProcessPaths(
        instance=instance,
        conf_file=CONF / "controller" / f"{instance}.properties",
        log_name="controller.log",
        store=STORES / instance,
    )


def broker_paths(instance: str, scheme: str, store_name: str) -> ProcessPaths:
    """Return the paths of a broker, configured in the scheme's own folder."""
    return ProcessPaths(
        instance=instance,
        conf_file=CONF / scheme / f"{instance}.properties",
        log_name="broker.log",
        store=STORES / store_name,
    )


def proxy_paths() -> ProcessPaths:
    """Return the paths of a proxy."""
    return ProcessPaths(instance="proxy", conf_file=CONF / "rmq-proxy.json", log_name="proxy.log")


def builtin_console_paths() -> ProcessPaths:
    """Return the paths of the built-in console, which writes nothing."""
    return ProcessPaths(instance="console", conf_file=CONF / "console" / "console.json")


def dashboard_paths() -> ProcessPaths:
    """Return the paths of a dashboard, which reads its users from its data directory."""
    conf_file = HOMES / "console" / "data" / "users.properties"
    return ProcessPaths(instance="console", conf_file=conf_file)
