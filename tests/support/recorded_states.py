"""States of earlier releases, recorded from running, verified stacks.

The machines that their keys opened are gone; the passphrase is `recorded`. To add one: `make up`
with the release, `pulumi stack export --show-secrets`, import that into a stack whose passphrase
is `recorded`, export it again, and compress it with `xz -9e`.
"""

import json
import lzma
from pathlib import Path

from project import ROOT

FOLDER = ROOT / "tests" / "engine" / "states"
RECORDED = sorted(path.name.partition(".")[0] for path in FOLDER.glob("*.json.xz"))
PASSPHRASE = "recorded"  # noqa: S105 (the machines that its keys opened are gone)


def recorded_state(name: str) -> dict:
    """Return a recorded state, as `pulumi stack export` printed it."""
    return json.loads(lzma.decompress((FOLDER / f"{name}.json.xz").read_bytes()))


def recorded_settings(name: str) -> Path:
    """Return the settings file of the stack when its state was recorded."""
    return FOLDER / f"{name}.yaml"


def with_recorded_commands(
    exported: dict, recorded: dict, addresses: tuple[str, str]
) -> tuple[dict, int]:
    """Replace the commands of a state's resources by those that an earlier release recorded.

    Args:
        exported: the state of a running stack; modified in place.
        recorded: the earlier release's state of a stack with the same hosts and brokers.
        addresses: the prefix of the hosts' addresses in `recorded`, and in `exported`.

    Returns:
        The state, and the number of resources with recorded commands.

    """
    by_name = {_name(r): r for r in recorded["deployment"]["resources"]}
    given = 0
    for resource in exported["deployment"]["resources"]:
        former = by_name.get(_name(resource))
        if former is None or "delete" not in former.get("inputs", {}):
            continue
        given += 1
        for part in ("inputs", "outputs"):
            for key in ("create", "delete", "stdin"):
                text = former[part].get(key)
                if isinstance(text, str):
                    resource[part][key] = _adapted(text, resource[part].get(key), addresses)
    return exported, given


def _adapted(text: str, present: object, addresses: tuple[str, str]) -> str:
    """Return a recorded text with the other addresses; a spec keeps the values of its stack."""
    if not text.startswith("{"):
        return text.replace(*addresses)
    spec, now = json.loads(text), json.loads(str(present))
    return json.dumps({key: now.get(key, value) for key, value in spec.items()})


def _name(resource: dict) -> str:
    return resource["urn"].rpartition("::")[2]
