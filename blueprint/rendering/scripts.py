"""The scripts that bring a host into a state; each can be run again, and can undo it."""

import hashlib
import shlex
from collections.abc import Sequence

from blueprint.hosts.packages import FAMILIES, LEAST_JAVA
from blueprint.hosts.virtual_machines import DATA_DEVICE
from blueprint.plan.archives import Archive
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.hosts import HostSpec
from blueprint.plan.paths import (
    CACHE,
    HOME,
    INCARNATION,
    PLAN,
    RECORDS,
    REMOTING,
    SCHEME_RECORD,
    STORES,
    TOOLS,
    UNITS,
    version_directory,
)
from blueprint.plan.processes import Process
from blueprint.rendering.plan_file import render_slice
from blueprint.rendering.processes import guard_unit, render_guard_unit
from blueprint.rendering.templates import TEMPLATES, render
from blueprint.rocketmq.schemes import Scheme, refuse_switch
from project import ROOT

OLDEST_PYTHON = (3, 9)
"""Needed by the checks that run on hosts; equals ruff's target-version for remoting/."""

LEAST_DISK_MIB = 2048
"""The unpacked archive, its zip, and the first log file of each broker."""

LEAST_CACHE_MIB = 256
"""The archive's zip, uploaded or downloaded."""

REMOTING_SOURCES = ROOT / "remoting"


def frame(subject: str, host: HostSpec, body: str) -> str:
    """Return a complete script: `bash -s ensure` makes the state, `bash -s remove` undoes it."""
    return render("scripts/frame.sh.j2", subject=subject, host=host.name, body=body)


def render_first_contact(host: HostSpec, domain: str) -> str:
    """Return the first script of a virtual machine; another domain is another text."""
    body = render(
        "scripts/first-contact.sh.j2",
        domain=domain,
        device=DATA_DEVICE,
        store=str(HOME / "store"),
        incarnation=str(INCARNATION),
    )
    return frame("first-contact", host, body)


def render_gate(cluster: ClusterSpec, host: HostSpec, user: str) -> str:
    """Return the checks that a host must pass before anything on it changes."""
    ports = sorted(port for process in cluster.services_on(host) for port in process.ports)
    body = render(
        "scripts/gate.sh.j2",
        host=host.name,
        user=user,
        ports=ports,
        memory_mib=host.memory_mib,
        oldest_python=OLDEST_PYTHON,
        least_disk_mib=LEAST_DISK_MIB,
        least_cache_mib=LEAST_CACHE_MIB,
        packages=_package_commands(),
        home=str(HOME),
        cache=str(CACHE),
        stores=str(STORES),
        scheme_record=str(SCHEME_RECORD),
        refused_schemes=_refused_schemes(cluster.scheme),
    )
    return frame("gate", host, body)


def _refused_schemes(wanted: Scheme) -> dict[str, str]:
    """Return why stores of other schemes are refused, by scheme."""
    reasons = {was.value: refuse_switch(was, wanted) for was in Scheme}
    return {was: reason for was, reason in reasons.items() if reason}


def _package_commands() -> str:
    return render("scripts/packages.sh.j2", families=FAMILIES)


def render_tools(host: HostSpec) -> str:
    """Return what installs our own scripts, the checks and the guard's unit."""
    modules = {
        path.relative_to(ROOT): path.read_text("utf-8")
        for path in sorted(REMOTING_SOURCES.rglob("*.py"))
    }
    before_start, put_file = (
        (TEMPLATES / f"{name}.sh").read_text("utf-8") for name in ("before-start", "put-file")
    )
    guard_unit = render_guard_unit(host)
    texts = [before_start, put_file, guard_unit, *map(str, modules), *modules.values()]
    body = render(
        "scripts/tools.sh.j2",
        tools=str(TOOLS),
        records=str(RECORDS),
        units=str(UNITS),
        before_start=before_start,
        put_file=put_file,
        guard_unit=guard_unit,
        modules=modules,
        packages=sorted({path.parent for path in modules}),
        digest=digest_of(texts),
    )
    return frame("tools", host, body)


def render_preparation(cluster: ClusterSpec, host: HostSpec) -> str:
    """Return what makes the service user, the directories, the hosts' names, and installs Java."""
    own: set[str] = set()
    inner: set[str] = set()
    shared: set[str] = set()
    for process in cluster.services_on(host):
        if not process.has_home:
            continue
        paths = process.paths
        logs = paths.log_directory
        # A dashboard reads its users, which root writes, below its own home.
        is_shared = paths.user_home in paths.conf_directory.parents
        (shared if is_shared else own).add(str(paths.user_home))
        inner |= {str(logs.parent), str(logs)}
        if paths.store is not None:
            own.add(str(paths.store))
    # As the layout has them: every host has the store of every broker, commitlog included.
    for broker in cluster.brokers:
        own.add(str(broker.paths.store))
        inner.add(str(broker.paths.commit_log))
    body = render(
        "scripts/preparation.sh.j2",
        home=str(HOME),
        records=str(RECORDS),
        own_directories=sorted(own),
        shared_directories=sorted(shared),
        inner_directories=sorted(inner),
        hosts_lines=[f"{other.address} {other.name}" for other in cluster.hosts],
        least_java=LEAST_JAVA,
        packages=_package_commands(),
        purge_data=cluster.purge_data,
        scheme=cluster.scheme.value,
        scheme_record=str(SCHEME_RECORD),
    )
    return frame("preparation", host, body)


def render_install(cluster: ClusterSpec, host: HostSpec, archive: Archive) -> str:
    """Return what unpacks the archive into its version's directory."""
    body = render(
        "scripts/install.sh.j2",
        directory=str(version_directory(cluster.version)),
        fetch=render_fetch(archive, f"{host.name}-rocketmq-upload", "cluster.artifact"),
    )
    return frame("install", host, body)


def render_fetch(archive: Archive, upload: str, key: str) -> str:
    """Return the shell functions that fetch an archive and check its digest.

    Args:
        archive: what to fetch.
        upload: the name of the resource that uploads it, if it has no URL.
        key: the setting that chooses it, as messages name it.

    """
    return render(
        "scripts/fetch.sh.j2",
        archive=archive.cached,
        sha512=archive.sha512,
        url=archive.url,
        upload=upload,
        key=key,
    )


def render_service(process: Process) -> str:
    """Return what enables and starts the process's unit."""
    body = render(
        "scripts/service.sh.j2", paths=process.paths, patience=patience_with(process.host)
    )
    return frame(f"{process.paths.instance}-service", process.host, body)


def render_step(
    cluster: ClusterSpec, process: Process, files: Sequence[str], timeout_seconds: int
) -> str:
    """Return the roll-out's step of one process.

    Args:
        cluster: the plan.
        process: whose step it is.
        files: what each of its file resources printed; any change runs the step again.
        timeout_seconds: how long each check of its readiness may take on this host.

    """
    body = render(
        "scripts/step.sh.j2",
        host=process.host.name,
        paths=process.paths,
        patience=patience_with(process.host),
        files=" ".join(files),
        remoting=str(REMOTING),
        plan=str(PLAN),
        plan_digest=digest_of([render_slice(cluster, process)]),
        process=process.name,
        timeout_seconds=timeout_seconds,
        guard_unit=guard_unit(cluster, process),
    )
    return frame(f"{process.paths.instance}-step", process.host, body)


def render_verification(host: HostSpec, before: Sequence[str], timeout_seconds: int) -> str:
    """Return what verifies the host's part of the cluster.

    Args:
        host: the host.
        before: the output of everything made before; a change of any verifies again.
        timeout_seconds: the limit of the whole verification.

    """
    body = render(
        "scripts/verification.sh.j2",
        host=host.name,
        plan=str(PLAN),
        remoting=str(REMOTING),
        timeout_seconds=timeout_seconds,
        before=digest_of(before),
    )
    return frame("verification", host, body)


def patience_with(host: HostSpec) -> int:
    """Return the seconds that systemctl may take: more than the unit allows the process."""
    return host.stop_seconds + 60


def digest_of(texts: Sequence[str]) -> str:
    """Return 16 hex digits that change with any of the texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def join_words(*words: str) -> str:
    """Return the words as one command line for a POSIX shell."""
    return shlex.join(words)
