"""The bridge of a stack, and the network namespace of a machine on it."""

import ipaddress
import json
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from machines.nspawn.disk import mounted_at
from machines.nspawn.spec import MachineSpec, NetworkSpec
from machines.shared.paths import HostPaths, StackPaths, fixed_mac, machines_root
from machines.shared.records import read_object, write_object
from system.errors import LocalError
from system.locks import locked
from system.programs import ask, run, tool_environment

# Shorter prefixes are default routes (a VPN splits its own into two halves), not subnets in use.
_WIDEST_SUBNET = 2
_NAMESPACES_LOCK = Path("/run/lock/rocketmq-pulumi-namespaces.lock")


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A route of this computer."""

    destination: ipaddress.IPv4Network
    device: str


def find_overlap(
    subnet: ipaddress.IPv4Network, bridge: str, routes: Iterable[Route]
) -> Route | None:
    """Return the first route to another device that the subnet overlaps."""
    for route in routes:
        if route.device == bridge or route.destination.prefixlen < _WIDEST_SUBNET:
            continue
        if route.destination.overlaps(subnet):
            return route
    return None


def parse_routes(text: str) -> tuple[Route, ...]:
    """Return the routes in the output of `ip -json -4 route`."""
    return tuple(
        Route(destination=ipaddress.IPv4Network(entry["dst"]), device=entry["dev"])
        for entry in json.loads(text or "[]")
        if "dev" in entry and entry["dst"] != "default"
    )


def parse_addresses(text: str) -> tuple[str, ...]:
    """Return address/prefix of each address in the output of `ip -json -4 addr show dev …`."""
    return tuple(
        f"{address['local']}/{address['prefixlen']}"
        for link in json.loads(text or "[]")
        for address in link.get("addr_info", [])
    )


def link_exists(device: str) -> bool:
    """Return whether this computer has the network device."""
    return (Path("/sys/class/net") / device).exists()


def require_free_network(spec: NetworkSpec) -> None:
    """Raise LocalError if the subnet or the bridge's name is in use for something else."""
    _refuse_name_of_another(spec)
    routes = parse_routes(run("ip", "-json", "-4", "route"))
    overlap = find_overlap(spec.subnet, spec.bridge, routes)
    if overlap is not None:
        msg = (
            f"network {spec.subnet}: this computer already routes {overlap.destination} to "
            f"{overlap.device}; choose another subnet"
        )
        raise LocalError(msg)


def ensure_bridge(spec: NetworkSpec) -> None:
    """Make sure that the stack's bridge is up with its address; concurrent calls are safe.

    Raises:
        LocalError: the network is in use, or the kernel refuses the bridge.

    """
    require_free_network(spec)
    if not link_exists(spec.bridge):
        # Without a fixed MAC address, a bridge takes a new one whenever a machine joins it.
        status, output = ask(
            *("ip", "link", "add", "name", spec.bridge),
            *("address", fixed_mac(spec.bridge), "type", "bridge"),
        )
        if status != 0 and not link_exists(spec.bridge):
            msg = f"bridge {spec.bridge}: {output.strip()}: the kernel must support bridges"
            raise LocalError(msg)
    address = f"{spec.gateway}/{spec.prefix_length}"
    shown = parse_addresses(run("ip", "-json", "-4", "addr", "show", "dev", spec.bridge))
    for old in set(shown) - {address}:
        run("ip", "addr", "del", old, "dev", spec.bridge)
    run("ip", "addr", "replace", address, "dev", spec.bridge)
    run("ip", "link", "set", spec.bridge, "up")


def warn_about_firewall(bridge: str) -> None:
    """Warn on stderr if this computer's firewall drops bridged traffic."""
    switch = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
    if not switch.exists() or switch.read_text(encoding="ascii").strip() != "1":
        return
    if shutil.which("iptables", path=tool_environment()["PATH"]) is None:
        return
    if "-P FORWARD DROP" in ask("iptables", "-S", "FORWARD")[1]:
        rule = f"iptables -I FORWARD -i {bridge} -o {bridge} -j ACCEPT"
        sys.stderr.write(
            f"bridge {bridge}: the firewall may drop its traffic; if so, run: {rule}\n"
        )


def record_network(spec: NetworkSpec) -> None:
    """Record the bridge, for verbs that clean up without a spec."""
    wanted = {
        "bridge": spec.bridge,
        "gateway": spec.gateway,
        "prefix_length": spec.prefix_length,
    }
    recorded = read_object(spec.paths.network_file)
    if recorded is not None and recorded.get("bridge") != spec.bridge:
        remove_link(str(recorded.get("bridge")))
    if recorded != wanted:
        write_object(spec.paths.network_file, wanted)


def recorded_bridge(paths: StackPaths) -> str | None:
    """Return the name of the stack's bridge, or None if none is recorded."""
    recorded = read_object(paths.network_file)
    return None if recorded is None else str(recorded.get("bridge"))


def remove_link(device: str) -> None:
    """Remove a network device if it exists."""
    status, output = ask("ip", "link", "del", device)
    if status != 0 and link_exists(device):
        msg = f"{device}: not removed: {output.strip()}; remove it with `ip link del {device}`"
        raise LocalError(msg)


def connect(spec: MachineSpec) -> None:
    """Make a new network namespace, connected to the bridge, for a machine that is not running."""
    host = spec.host
    disconnect(host)
    device = host.device
    with locked(_NAMESPACES_LOCK):
        run("ip", "netns", "add", device)
    run(
        *("ip", "link", "add", device, "type", "veth"),
        *("peer", "name", "host0", "address", fixed_mac(spec.address), "netns", device),
    )
    run("ip", "link", "set", device, "master", spec.bridge, "up")
    run("ip", "-n", device, "addr", "add", f"{spec.address}/{spec.prefix_length}", "dev", "host0")
    run("ip", "-n", device, "link", "set", "lo", "up")
    run("ip", "-n", device, "link", "set", "host0", "up")


def disconnect(host: HostPaths) -> None:
    """Remove a machine's veth and network namespace if they exist."""
    if link_exists(host.device):
        remove_link(host.device)
    if host.namespace_file.exists():
        status, output = ask("ip", "netns", "del", host.device)
        if status != 0:
            # A run was killed after it made the file, before it mounted the namespace on it.
            host.namespace_file.unlink(missing_ok=True)
        if host.namespace_file.exists():
            msg = f"network namespace {host.device}: not removed: {output.strip()}; run again"
            raise LocalError(msg)


def remove_unused_namespaces_folder() -> None:
    """Unmount and remove the folder that the first `ip netns add` made, if it is empty."""
    folder = Path("/run/netns")
    # The run of another stack may be making the first namespace right now.
    with locked(_NAMESPACES_LOCK):
        if folder.is_dir() and not any(folder.iterdir()):
            # It is shared with everything that uses `ip netns`, so failing to unmount it is fine.
            for _ in range(mounted_at(folder)):
                ask("umount", str(folder))
            if not mounted_at(folder):
                folder.rmdir()
        _NAMESPACES_LOCK.unlink()


def _refuse_name_of_another(spec: NetworkSpec) -> None:
    for file in machines_root().glob("*/network.json"):
        recorded = read_object(file)
        other = file.parent.name
        if recorded is None or other == spec.stack or recorded.get("bridge") != spec.bridge:
            continue
        msg = f"bridge {spec.bridge}: stack {other} uses this name; choose another stack name"
        raise LocalError(msg)
    if link_exists(spec.bridge) and not (Path("/sys/class/net") / spec.bridge / "bridge").exists():
        problem = "this computer has another device of that name"
        msg = f"bridge {spec.bridge}: {problem}; choose another stack name"
        raise LocalError(msg)
