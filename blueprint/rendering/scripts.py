"""The scripts that bring a host into a state; each can be run again, and can undo it."""

import hashlib
from collections.abc import Sequence

from blueprint.hosts.packages import LEAST_JAVA
from blueprint.hosts.virtual_machines import DATA_DEVICE
from blueprint.plan.archives import Archive
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.paths import version_directory
from blueprint.plan.processes import Process
from blueprint.rendering.plan_file import render_slice
from blueprint.rendering.processes import guard_unit, render_guard_unit
from blueprint.rendering.templates import TEMPLATES, render
from blueprint.rocketmq.schemes import Scheme, refuse_switch
from project import ROOT


def render_script(name: str, host: HostSpec, subject: str = "", **values: object) -> str:
    """Return a complete script: `bash -s ensure` makes the state, `bash -s remove` undoes it.

    Its template `name` gets the values. Runs of one `subject`, by default the name, exclude each
    other.
    """
    body = render(f"scripts/{name}.sh.j2", host=host.name, **values)
    return render("scripts/frame.sh.j2", subject=subject or name, host=host.name, body=body)


def render_first_contact(host: HostSpec, domain: str) -> str:
    """Return the first script of a virtual machine; another domain is another text."""
    return render_script("first-contact", host, domain=domain, device=DATA_DEVICE)


def render_gate(cluster: ClusterSpec, host: HostSpec, user: str) -> str:
    """Return the checks that a host must pass before anything on it changes."""
    return render_script(
        "gate",
        host,
        user=user,
        ports=sorted(port for process in cluster.services_on(host) for port in process.ports),
        memory_mib=host.memory_mib,
        # Needed by the checks that run on hosts; equals ruff's target-version for remoting/.
        oldest_python=(3, 9),
        # The unpacked archive, its zip, and the first log file of each broker.
        least_disk_mib=2048,
        # The archive's zip, uploaded or downloaded.
        least_cache_mib=256,
        refused_schemes=_refused_schemes(cluster.scheme),
    )


def _refused_schemes(wanted: Scheme) -> dict[str, str]:
    """Return why stores of other schemes are refused, by scheme."""
    reasons = {was.value: refuse_switch(was, wanted) for was in Scheme}
    return {was: reason for was, reason in reasons.items() if reason}


def render_tools(host: HostSpec) -> str:
    """Return what installs our own scripts, the checks and the guard's unit."""
    modules = {
        path.relative_to(ROOT): path.read_text("utf-8")
        for path in sorted((ROOT / "remoting").rglob("*.py"))
    }
    before_start, put_file = (
        (TEMPLATES / f"{name}.sh").read_text("utf-8") for name in ("before-start", "put-file")
    )
    guard_unit = render_guard_unit(host)
    texts = [before_start, put_file, guard_unit, *map(str, modules), *modules.values()]
    return render_script(
        "tools",
        host,
        before_start=before_start,
        put_file=put_file,
        guard_unit=guard_unit,
        modules=modules,
        packages=sorted({path.parent for path in modules}),
        digest=digest_of(texts),
    )


def render_preparation(cluster: ClusterSpec, host: HostSpec) -> str:
    """Return what makes the service user, the directories, the hosts' names, and installs Java."""
    homed = [process.paths for process in cluster.services_on(host) if process.has_home]
    logs = [paths.log_directory for paths in homed]
    # As the layout has them: every host has the store of every broker, commitlog included.
    of_brokers = [broker.paths for broker in cluster.brokers]
    own = {paths.user_home for paths in homed}
    own |= {paths.store for paths in (*homed, *of_brokers) if paths.store}
    # A dashboard reads its users, which root writes, below its own home.
    shared = {paths.user_home for paths in homed if paths.user_home in paths.conf_file.parents}
    inner = {*logs, *(log.parent for log in logs), *(paths.commit_log for paths in of_brokers)}
    return render_script(
        "preparation",
        host,
        own_directories=sorted(map(str, own - shared)),
        shared_directories=sorted(map(str, shared)),
        inner_directories=sorted(map(str, inner)),
        hosts_lines=[f"{other.address} {other.name}" for other in cluster.hosts],
        least_java=LEAST_JAVA,
        purge_data=cluster.purge_data,
        scheme=cluster.scheme.value,
    )


def render_install(cluster: ClusterSpec, host: HostSpec, archive: Archive) -> str:
    """Return what unpacks the archive into its version's directory."""
    return render_script(
        "install",
        host,
        directory=version_directory(cluster.version),
        archive=archive,
        upload=f"{host.name}-rocketmq-upload",
        key="cluster.artifact",
    )


def render_service(process: Process) -> str:
    """Return what enables and starts the process's unit."""
    return render_script(
        "service",
        process.host,
        f"{process.paths.instance}-service",
        paths=process.paths,
        systemctl_seconds=systemctl_seconds(process.host),
    )


def render_step(
    cluster: ClusterSpec, process: Process, files: Sequence[str], timeout_seconds: int
) -> str:
    """Return the roll-out's step of one process.

    `files` holds what each of its file resources printed; any change runs the step again. Each
    check of its readiness may take `timeout_seconds` on this host.
    """
    return render_script(
        "step",
        process.host,
        f"{process.paths.instance}-step",
        paths=process.paths,
        systemctl_seconds=systemctl_seconds(process.host),
        files=" ".join(files),
        plan_digest=digest_of([render_slice(cluster, process)]),
        process=process.name,
        timeout_seconds=timeout_seconds,
        guard_unit=guard_unit(cluster, process),
    )


def render_verification(host: HostSpec, before: Sequence[str], timeout_seconds: int) -> str:
    """Return what verifies the host's part of the cluster, within `timeout_seconds` as a whole.

    `before` holds the output of everything made before; a change of any verifies again.
    """
    return render_script(
        "verification", host, timeout_seconds=timeout_seconds, before=digest_of(before)
    )


def systemctl_seconds(host: HostSpec) -> int:
    """Return the seconds that systemctl may take: more than the unit allows the process."""
    return host.stop_seconds + 60


def digest_of(texts: Sequence[str]) -> str:
    """Return 16 hex digits that change with any of the texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
