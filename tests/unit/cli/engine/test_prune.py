"""A deployment stays consistent when the resources of a host are pruned."""

import copy

from cli.engine.prune import identities_in, prune_state

COMMAND = "command:remote:Command"


def urn(name):
    return f"urn:pulumi:hosts::rocketmq::{COMMAND}::{name}"


def on(host, name, *dependencies, generation=1, **further):
    return {
        "urn": urn(name),
        "type": COMMAND,
        "custom": True,
        "parent": urn("cluster"),
        "inputs": {"triggers": [f"{host}:ab12:{generation}"], "stdin": "x"},
        "dependencies": [urn(d) for d in dependencies],
        "propertyDependencies": {"stdin": [urn(d) for d in dependencies], "create": None},
        **further,
    }


def component(name):
    return {"urn": urn(name), "type": "rocketmq:cluster:Cluster", "custom": False}


def stored(*resources, pending=()):
    operations = [{"resource": {"urn": urn(name)}, "type": "creating"} for name in pending]
    deployment = {"resources": list(resources), "pending_operations": operations}
    return {"version": 3, "deployment": deployment}


def ring():
    """Gate and service on each of two hosts, then steps that alternate between them."""
    return stored(
        component("cluster"),
        on("server1", "server1-gate"),
        on("server2", "server2-gate"),
        on("server1", "a-service", "server1-gate"),
        on("server2", "b-service", "server2-gate"),
        on("server1", "a-step", "a-service", "b-service"),
        on("server2", "b-step", "a-step"),
        on("server1", "a-s-step", "b-step"),
        on("server1", "server1-verification", "a-step", "b-step", "a-s-step"),
    )


def by_name(whole):
    return {r["urn"].rpartition("::")[2]: r for r in whole["deployment"]["resources"]}


def names(urns):
    return [u.rpartition("::")[2] for u in urns]


def assert_whole(whole):
    """Assert that every reference is to an earlier resource, as the engine requires."""
    seen = set()
    for resource in whole["deployment"]["resources"]:
        needed = set(resource.get("dependencies") or [])
        for urns in (resource.get("propertyDependencies") or {}).values():
            needed |= set(urns or [])
        needed |= {resource[key] for key in ("parent", "deletedWith") if resource.get(key)}
        assert needed <= seen, resource["urn"]
        seen.add(resource["urn"])


def test_hosts_are_read_from_the_identities_in_their_resources():
    assert identities_in(ring()) == {"server1": {"server1:ab12:1"}, "server2": {"server2:ab12:1"}}
    assert identities_in({"version": 3, "deployment": None}) == {}


def test_only_the_resources_of_the_host_are_removed():
    whole = ring()
    assert prune_state(whole, {"server2:ab12:1"}) == 3
    assert list(by_name(whole)) == [
        *("cluster", "server1-gate", "a-service", "a-step", "a-s-step", "server1-verification")
    ]
    assert_whole(whole)


def test_dependencies_through_the_host_are_kept():
    whole = ring()
    prune_state(whole, {"server2:ab12:1"})
    found = by_name(whole)
    assert names(found["a-step"]["dependencies"]) == ["a-service"]
    # It depended on b-step, which depended on a-step.
    assert names(found["a-s-step"]["dependencies"]) == ["a-step"]
    assert names(found["a-s-step"]["propertyDependencies"]["stdin"]) == ["a-step"]
    assert names(found["server1-verification"]["dependencies"]) == ["a-step", "a-s-step"]


def test_pruning_every_host_leaves_the_components():
    whole = ring()
    prune_state(whole, {"server1:ab12:1", "server2:ab12:1"})
    assert list(by_name(whole)) == ["cluster"]


def test_pruning_an_unknown_host_changes_nothing():
    whole = ring()
    before = copy.deepcopy(whole)
    assert prune_state(whole, {"server9:ab12:1"}) == 0
    assert whole == before


def test_pending_operations_on_the_host_are_removed_too():
    whole = ring()
    whole["deployment"]["pending_operations"] = [
        {"resource": {"urn": urn(name)}, "type": "creating"} for name in ("b-step", "a-step")
    ]
    prune_state(whole, {"server2:ab12:1"})
    (left,) = whole["deployment"]["pending_operations"]
    assert left["resource"]["urn"] == urn("a-step")


def test_a_former_identity_of_a_host_is_pruned_and_the_current_one_kept():
    whole = stored(
        component("cluster"),
        on("server1", "server1-gate", generation=2),
        on("server1", "a-service", "server1-gate"),
        # An interrupted replacement leaves both.
        on("server1", "server1-gate", delete=True),
        on("server2", "b-step", "server1-gate", "a-service"),
    )
    assert prune_state(whole, {"server1:ab12:1"}) == 2
    found = by_name(whole)
    assert names(found["b-step"]["dependencies"]) == ["server1-gate"]
    assert_whole(whole)


def test_deleted_with_a_pruned_resource_is_dropped():
    whole = stored(
        component("cluster"),
        on("server2", "server2-gate"),
        on("server1", "x", deletedWith=urn("server2-gate")),
    )
    prune_state(whole, {"server2:ab12:1"})
    assert "deletedWith" not in by_name(whole)["x"]
    assert_whole(whole)
