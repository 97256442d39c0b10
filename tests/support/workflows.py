"""The workflows of `.github`, as data."""

from typing import Any

import yaml

from project import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS: dict[str, dict[Any, Any]] = {
    file.stem: yaml.safe_load(file.read_text("utf-8")) for file in FILES
}
JOBS: dict[str, dict[str, Any]] = {
    f"{workflow}/{name}": job
    for workflow, text in WORKFLOWS.items()
    for name, job in text["jobs"].items()
}
PREVIEWS = tuple(name for name in JOBS if name.startswith("preview/"))


def triggers(workflow: dict[Any, Any]) -> set[str]:
    """Return the events that start a workflow; YAML 1.1 reads the key `on` as true."""
    return set(workflow[True])


def step_of(job: dict[str, Any], action: str) -> dict[str, Any]:
    """Return the only step of a job that uses an action."""
    (step,) = (step for step in job["steps"] if step.get("uses", "").startswith(f"{action}@"))
    return step
