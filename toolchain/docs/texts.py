"""The texts generated from the models."""

from pathlib import Path

from blueprint.load import NO_PREFLIGHT, load_plan
from blueprint.overview.mermaid import render_plan_mermaid
from blueprint.plan.deployed import NOT_DEPLOYED
from blueprint.rendering.templates import render
from blueprint.rocketmq.schemes import REPLICATION_PROMISES, TRAITS, Election
from blueprint.settings.json_schema import (
    CLUSTER_FILE,
    STACK_FILE,
    cluster_schema,
    render_schema,
    stack_schema,
)
from project import ROOT
from toolchain.docs.openapi import openapi_document
from toolchain.docs.sections import Key, Reference, Section
from toolchain.stack_file import read_cluster

SHOWN_STACK = "local"
MASTER = {
    Election.NONE: "fixed, never promoted",
    Election.DLEDGER: "elected by the group",
    Election.CONTROLLER: "elected by the controllers",
}


def texts() -> dict[Path, str]:
    """Return the text of each file by its path; in README.md only marked blocks change."""
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    for name, block in {"plan": _plan(), "schemes": _schemes()}.items():
        text = _with_block(text, name, block)
    return {
        ROOT / "schema" / CLUSTER_FILE: render_schema(cluster_schema()),
        ROOT / "schema" / STACK_FILE: render_schema(stack_schema()),
        ROOT / "docs" / "config.md": _config(),
        ROOT / "console" / "page" / "openapi.json": render_schema(openapi_document()),
        readme: text,
    }


def write_texts() -> None:
    """Write every file."""
    for path, text in texts().items():
        path.write_text(text, "utf-8")


def _with_block(text: str, name: str, block: str) -> str:
    begin, end = f"<!-- {name}: written by make docs -->\n", f"<!-- end of {name} -->\n"
    before, begin, rest = text.partition(begin)
    _, end, after = rest.partition(end)
    if not begin or not end:
        message = f"README.md: the marks of block {name!r} are missing; restore them"
        raise ValueError(message)
    return f"{before}{begin}{block}{end}{after}"


def _plan() -> str:
    raw = read_cluster(ROOT / f"Pulumi.{SHOWN_STACK}.yaml")
    _, cluster = load_plan(raw, NOT_DEPLOYED, NO_PREFLIGHT)
    return f"```mermaid\n{render_plan_mermaid(cluster)}```\n"


def _schemes() -> str:
    rows = ["| scheme | copies | master | promise |", "|---|---|---|---|"]
    for scheme, traits in TRAITS.items():
        copies = " or ".join(map(str, traits.replicas))
        master = MASTER[traits.election]
        promise = traits.promise + (f". Legacy: {traits.legacy}" if traits.legacy else "")
        rows.append(f"| `{scheme.value}` | {copies} | {master} | {promise} |")
    modes = ["| `replication` of 2m-2s-sync | promise |", "|---|---|"]
    modes += [f"| `{mode.value}` | {text} |" for mode, text in REPLICATION_PROMISES.items()]
    return "\n".join([*rows, "", *modes]) + "\n"


def _config() -> str:
    sections = Reference(cluster_schema()).sections()
    objects = "\n".join(_section(section) for section in sections)
    return render("docs/config.md.j2", schemes=_schemes(), objects=objects)


def _section(section: Section) -> str:
    rows = ["| key | value | default | meaning | example |", "|---|---|---|---|---|"]
    rows += [_row(key) for key in section.keys]
    return "\n".join([f"## {section.heading}", "", section.meaning, "", *rows]) + "\n"


def _row(key: Key) -> str:
    cells = (f"`{key.name}`", key.value, key.default, key.meaning, key.example)
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
