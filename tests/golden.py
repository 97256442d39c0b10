"""What stack local plans and its hosts hold, as files: `python -m tests.golden` writes them."""

from pathlib import Path

from blueprint.plan_file import render_plan
from blueprint.plan_mermaid import render_plan_mermaid
from blueprint.plan_page import render_plan_page
from blueprint.rendering import render_configuration, render_guard_unit, render_unit
from tests.stacks import planned, raw_cluster

GOLDEN = Path(__file__).parent / "unit" / "golden"
PROPERTIES_SHOWN = ("namesrv-server1", "broker-a", "broker-b", "broker-a-s", "broker-b-s")
ARCHIVE = "0123456789abcdef" * 8
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
    for process in cluster.processes:
        paths = process.paths
        if process.name in PROPERTIES_SHOWN:
            texts[folder / paths.conf_name] = render_configuration(cluster, process)
        if process.name in UNITS_SHOWN:
            texts[folder / paths.unit] = render_unit(cluster, process, ARCHIVE)
    return texts


def write_golden_files() -> None:
    """Write every golden file and remove what no longer is one."""
    texts = golden_texts()
    for path in GOLDEN.rglob("*"):
        if path.is_file() and path not in texts:
            path.unlink()
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    write_golden_files()
