"""Take the resources of some hosts out of a stored deployment, leaving it consistent.

The engine can only undo what it can reach. What is pruned is not undone, so callers tell the user
what stays on the host.
"""

from collections.abc import Iterator
from typing import Any

from blueprint.hosts.identity import host_in
from cli.engine.deployment import resources_in

ON_HOSTS = ("command:remote:Command", "command:remote:CopyToRemote")


def identities_in(stored: dict[str, Any]) -> dict[str, set[str]]:
    """Return the identities in the recorded resources, by host name."""
    found: dict[str, set[str]] = {}
    for resource in resources_in(stored):
        identity = _identity(resource)
        if identity:
            found.setdefault(host_in(identity), set()).add(identity)
    return found


def prune_state(stored: dict[str, Any], identities: set[str]) -> int:
    """Remove the resources with these identities; return how many there were.

    What depended on one of them then depends on its dependencies, so the rest is still undone in
    the same order.
    """
    resources = resources_in(stored)
    pruned = [r for r in resources if _identity(r) in identities]
    if not pruned:
        return 0
    kept = [r for r in resources if _identity(r) not in identities]
    # An interrupted replacement leaves a resource in the state twice.
    gone = {r["urn"] for r in pruned} - {r["urn"] for r in kept}
    behind = {r["urn"]: list(r.get("dependencies") or []) for r in pruned}
    for resource in kept:
        _bypass(resource, gone, behind)
    deployment = stored["deployment"]
    deployment["resources"] = kept
    pending = deployment.get("pending_operations") or []
    deployment["pending_operations"] = [o for o in pending if o["resource"]["urn"] not in gone]
    return len(pruned)


def _bypass(resource: dict[str, Any], gone: set[str], behind: dict[str, list[str]]) -> None:
    if resource.get("dependencies"):
        resource["dependencies"] = _resolved(resource["dependencies"], gone, behind)
    by_property = resource.get("propertyDependencies") or {}
    for name, urns in by_property.items():
        by_property[name] = _resolved(urns or [], gone, behind)
    if resource.get("deletedWith") in gone:
        del resource["deletedWith"]


def _resolved(urns: list[str], gone: set[str], behind: dict[str, list[str]]) -> list[str]:
    return list(dict.fromkeys(_reach(urns, gone, behind, set())))


def _reach(
    urns: list[str], gone: set[str], behind: dict[str, list[str]], seen: set[str]
) -> Iterator[str]:
    """Yield the nearest dependencies that are kept."""
    for urn in urns:
        if urn not in gone:
            yield urn
        elif urn not in seen:
            seen.add(urn)
            yield from _reach(behind[urn], gone, behind, seen)


def _identity(resource: dict[str, Any]) -> str:
    """Return the identity of the resource's host, which is its only trigger."""
    if resource.get("type") not in ON_HOSTS:
        return ""
    triggers = (resource.get("inputs") or {}).get("triggers") or [""]
    return triggers[0] if isinstance(triggers[0], str) else ""
