"""Measure commands that change nothing: `python -m tests.benchmarks.noop STACK`.

STACK is up. An update of it is measured beside one of an empty project with the same engine,
environment and language host, in turn. With `--down N`, it is also destroyed and made N times.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import yaml

from project import ROOT

DOCUMENT = ROOT / "docs" / "operations.md"
BEGIN = "<!-- measured: written by make bench-noop -->\n"
END = "<!-- end of measured -->"
UPDATE = ("pulumi", "up", "--yes", "--skip-preview", "--non-interactive")


class Times:
    """Elapsed and processor seconds of one command, a pair for each time that it ran."""

    def __init__(self) -> None:
        self.elapsed: list[float] = []
        self.busy: list[float] = []

    def run(self, words: Sequence[str], folder: Path, environment: dict[str, str]) -> str:
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        self.elapsed.append(time.monotonic() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.busy.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def row(self, what: str, beside: "Times | None" = None) -> str:
        ratio = f"{self.median / beside.median:.1f}" if beside else ""
        spread = f"{min(self.elapsed):.1f}-{max(self.elapsed):.1f}"
        cells = (what, f"{self.median:.1f} s", spread, f"{statistics.median(self.busy):.1f} s")
        return f"| {' | '.join((*cells, ratio))} |\n"

    @property
    def median(self) -> float:
        return statistics.median(self.elapsed)


def make_empty_project(folder: Path) -> dict[str, str]:
    """Make a project without a resource, with our options; return the environment for it."""
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text("utf-8"))
    project |= {"name": "empty"}
    del project["config"]
    project["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project), "utf-8")
    (folder / "__main__.py").write_text('"""Nothing."""\n', "utf-8")
    (folder / "backend").mkdir()
    backend = f"file://{folder}/backend?metadata=skip"
    environment = os.environ | {"PULUMI_BACKEND_URL": backend}
    subprocess.run(
        ("pulumi", "stack", "init", "empty", "--non-interactive"),
        cwd=folder,
        env=environment,
        capture_output=True,
        check=True,
    )
    return environment


def measure_updates(stack: str, folder: Path, rounds: int) -> list[str]:
    ours, empty, whole = Times(), Times(), Times()
    own = dict(os.environ)
    config = ROOT / ".state" / "stacks" / stack / f"Pulumi.{stack}.yaml"
    typed = (*UPDATE, "--stack", stack, "--config-file", str(config))
    of_empty = make_empty_project(folder)
    for _ in range(rounds):
        empty.run((*UPDATE, "--stack", "empty"), folder, of_empty)
        assert " unchanged" in ours.run(typed, ROOT, own).split("Resources:")[1]
        whole.run(make("up", stack), ROOT, own)
    return [
        empty.row("`pulumi up` of an empty project"),
        ours.row(f"`pulumi up --stack {stack}`", empty),
        whole.row("`make up`, with its verification", empty),
    ]


def measure_down(stack: str, rounds: int) -> list[str]:
    down, verified = Times(), Times()
    own = dict(os.environ)
    for _ in range(rounds):
        verified.run(make("verify", stack), ROOT, own)
        down.run(make("down", stack), ROOT, own)
        Times().run(make("up", stack), ROOT, own)
    return [verified.row("`make verify`"), down.row("`make down`", verified)]


def make(target: str, stack: str) -> tuple[str, ...]:
    return ("make", "--silent", target, f"STACK={stack}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="noop", description=__doc__)
    parser.add_argument("stack")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--down", type=int, default=0, help="how often to destroy and make it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure_updates(chosen.stack, Path(folder), chosen.rounds)
    if chosen.down:
        rows += measure_down(chosen.stack, chosen.down)
    table = (
        f"Stack `{chosen.stack}`, nothing changed, {os.cpu_count()} cores, "
        f"{datetime.now(UTC):%Y-%m-%d}; ratios are to the first row, "
        "and of `make down` to `make verify`.\n\n"
        "| command | median | from-to, s | processor | ratio |\n|---|---|---|---|---|\n"
        f"{''.join(rows)}"
    )
    before, begin, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{before}{begin}{table}{END}{rest.partition(END)[2]}", "utf-8")
    sys.stdout.write(table)


if __name__ == "__main__":
    main()
