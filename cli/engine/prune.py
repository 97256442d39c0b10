"""Take what is on some hosts out of a stored deployment, which stays whole without it.

The engine can only undo what it can reach. What is forgotten is not undone, so whoever calls this
says what stays on the host.
"""

from collections.abc import Iterator
from typing import Any

from blueprint.hosts.identity import host_in
from cli.engine.deployment import resources_in

ON_HOSTS = ("command:remote:Command", "command:remote:CopyToRemote")


def identities_in(stored: dict[str, Any]) -> dict[str, set[str]]:
    """Return the identities that resources are recorded with, by their host's name."""
    found: dict[str, set[str]] = {}
    for resource in resources_in(stored):
        identity = _identity(resource)
        if identity:
            found.setdefault(host_in(identity), set()).add(identity)
    return found


def forget(stored: dict[str, Any], identities: set[str]) -> int:
    """Take out the resources with these identities; return how many there were.

    Whatever depends on one of them then depends on what that one did, so that the order in which
    the rest is undone stays the same.
    """
    resources = resources_in(stored)
    forgotten = [r for r in resources if _identity(r) in identities]
    if not forgotten:
        return 0
    kept = [r for r in resources if _identity(r) not in identities]
    # A resource whose replacement was cut short is there twice.
    lost = {r["urn"] for r in forgotten} - {r["urn"] for r in kept}
    behind = {r["urn"]: list(r.get("dependencies") or []) for r in forgotten}
    for resource in kept:
        _bypass(resource, lost, behind)
    deployment = stored["deployment"]
    deployment["resources"] = kept
    pending = deployment.get("pending_operations") or []
    deployment["pending_operations"] = [o for o in pending if o["resource"]["urn"] not in lost]
    return len(forgotten)


def _bypass(resource: dict[str, Any], lost: set[str], behind: dict[str, list[str]]) -> None:
    if resource.get("dependencies"):
        resource["dependencies"] = _resolved(resource["dependencies"], lost, behind)
    by_property = resource.get("propertyDependencies") or {}
    for name, urns in by_property.items():
        by_property[name] = _resolved(urns or [], lost, behind)
    if resource.get("deletedWith") in lost:
        del resource["deletedWith"]


def _resolved(urns: list[str], lost: set[str], behind: dict[str, list[str]]) -> list[str]:
    return list(dict.fromkeys(_reach(urns, lost, behind, set())))


def _reach(
    urns: list[str], lost: set[str], behind: dict[str, list[str]], seen: set[str]
) -> Iterator[str]:
    """Iterate over the nearest resources that stay."""
    for urn in urns:
        if urn not in lost:
            yield urn
        elif urn not in seen:
            seen.add(urn)
            yield from _reach(behind[urn], lost, behind, seen)


def _identity(resource: dict[str, Any]) -> str:
    """Return the identity of the host that a resource is on; it is the only trigger it has."""
    if resource.get("type") not in ON_HOSTS:
        return ""
    triggers = (resource.get("inputs") or {}).get("triggers") or [""]
    return triggers[0] if isinstance(triggers[0], str) else ""
