"""Golden files of stack local and of each scheme; `python -m tests.support.golden` writes them.

Stack local is complete. Each scheme has two groups on three hosts with metrics and a proxy, and
the files of its first group and of the first host's controller and proxy. Unchecked properties
are shown by the plan and the files of one group.
"""

from pathlib import Path

from blueprint.overview.mermaid import render_plan_mermaid
from blueprint.overview.text import render_plan_page
from blueprint.plan.archives import Archive
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.rendering.console import (
    Password,
    render_console_configuration,
    render_console_unit,
    render_login,
)
from blueprint.rendering.plan_file import render_plan
from blueprint.rendering.processes import render_configuration, render_guard_unit, render_unit
from blueprint.settings.console import ConsoleKind
from project import ROOT
from tests.support.stacks import planned, raw_cluster, ring

GOLDEN = ROOT / "tests" / "unit" / "golden"
PROPERTIES_SHOWN = ("namesrv-server1", "broker-a", "broker-b", "broker-a-s", "broker-b-s")
ARCHIVE = "0123456789abcdef" * 8
JAR = {"source": "file", "path": "rocketmq-dashboard-2.0.0.jar", "sha512": "fedcba9876543210" * 8}
PASSWORD = Password(text="ofagoldenfile", salt=b"salt of the hash")
COMMON = {"brokerGroups": 2, "metrics": True, "proxy": {"hosts": ["server1"]}}
SCHEMES_SHOWN = {
    "2m-noslave": {"scheme": "2m-noslave"},
    "2m-2s-async": {"scheme": "2m-2s-async"},
    "2m-2s-sync-degrade": {"scheme": "2m-2s-sync", "replication": "degrade"},
    "dledger": {"scheme": "dledger"},
    "controller": {"scheme": "controller"},
}
UNCHECKED = {
    "artifact": {"source": "official", "sha512": ARCHIVE},
    "version": "5.99.0",
    "brokerProperties": {"fileReservedTime": 72, "maxMessageSize": 8388608},
    "uncheckedProperties": {"keyOfANewerVersion": True, "anotherKey": "of all brokers"},
    "brokers": {"broker-a": {"uncheckedProperties": {"anotherKey": "of one broker"}}},
}
"""A version without a list, with properties that no list has."""
UNITS_SHOWN = ("namesrv-server1", "broker-a", "broker-a-s")


def golden_texts() -> dict[Path, str]:
    """Return the text of each golden file by its path."""
    cluster = planned(raw_cluster())
    folder = GOLDEN / cluster.scheme.value
    texts = {
        folder / "plan.json": render_plan(cluster),
        folder / "plan.txt": render_plan_page(cluster),
        folder / "plan.mmd": render_plan_mermaid(cluster),
        folder / "rocketmq-guard@.service": render_guard_unit(cluster.hosts[0]),
    }
    texts |= _texts_of_console(folder, cluster)
    dashboard = planned({**raw_cluster(), "console": {"kind": "dashboard", "jar": JAR}})
    texts |= _texts_of_console(GOLDEN / "dashboard", dashboard)
    for process in cluster.processes:
        paths = process.paths
        if process.name in PROPERTIES_SHOWN:
            texts[folder / paths.conf_file.name] = render_configuration(cluster, process)
        if process.name in UNITS_SHOWN:
            texts[folder / paths.unit] = render_unit(cluster, process, ARCHIVE)
    unchecked = planned({**raw_cluster(), **UNCHECKED})
    texts[GOLDEN / "unchecked" / "plan.txt"] = render_plan_page(unchecked)
    for broker in unchecked.group_of(unchecked.brokers[0]):
        file = GOLDEN / "unchecked" / broker.paths.conf_file.name
        texts[file] = render_configuration(unchecked, broker)
    for name, settings in SCHEMES_SHOWN.items():
        texts |= _texts_of_scheme(GOLDEN / name, planned(ring(2, 3, **COMMON, **settings)))
    return texts


def _texts_of_console(folder: Path, cluster: ClusterSpec) -> dict[Path, str]:
    console = cluster.console
    program = Archive(sha512=ARCHIVE, url=None)
    texts = {
        folder / console.paths.unit: render_console_unit(cluster, console, console.jar or program),
        folder / console.login_file.name: render_login(console, PASSWORD),
    }
    if console.console_kind is ConsoleKind.BUILTIN:
        name = console.paths.conf_file.name
        texts[folder / name] = render_console_configuration(cluster, console)
    return texts


def _texts_of_scheme(folder: Path, cluster: ClusterSpec) -> dict[Path, str]:
    texts = {folder / "plan.txt": render_plan_page(cluster)}
    first = cluster.hosts[0]
    shown = [
        *cluster.group_of(cluster.brokers[0]),
        *(p for p in (*cluster.controllers, *cluster.proxies) if p.host == first),
    ]
    for process in shown:
        texts[folder / process.paths.conf_file.name] = render_configuration(cluster, process)
        texts[folder / process.paths.unit] = render_unit(cluster, process, ARCHIVE)
    return texts


def write_golden_files() -> None:
    """Write every golden file and remove those that are no longer rendered."""
    texts = golden_texts()
    for path in GOLDEN.rglob("*"):
        if path.is_file() and path not in texts:
            path.unlink()
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    write_golden_files()
