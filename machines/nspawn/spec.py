"""The specs of networks and machines, and the checks of their values."""

import ipaddress
import re
from dataclasses import dataclass, field

from machines.shared.paths import HostPaths, StackPaths
from machines.shared.spec import STACK_CHECKS, Check, StackSpec, check_text, wrong_value


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkSpec(StackSpec):
    """The bridge of a stack; `gateway` is this computer's address on it."""

    bridge: str
    gateway: str
    prefix_length: int

    @property
    def subnet(self) -> ipaddress.IPv4Network:
        """Return the network that the gateway is in."""
        return ipaddress.IPv4Network(f"{self.gateway}/{self.prefix_length}", strict=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineReference(StackSpec):
    """One machine of a stack, by name."""

    name: str

    @property
    def host(self) -> HostPaths:
        """Return the machine's paths."""
        return self.paths.host(self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineSpec(NetworkSpec):
    """The desired state of a machine: keys in OpenSSH's formats, `hosts` from name to address."""

    name: str
    incarnation: str
    boots: int
    address: str
    authorized_key: str
    host_key_private: str = field(repr=False)
    host_key_public: str
    hosts: dict[str, str]

    @property
    def host(self) -> HostPaths:
        """Return the machine's paths."""
        return self.paths.host(self.name)


def _secret(name: str, value: object) -> str:
    if not isinstance(value, str) or "PRIVATE KEY" not in value:
        raise wrong_value(name, "…", "a private key in OpenSSH's format")
    return value


def _host_name(name: str, value: object) -> str:
    return StackPaths(stack="any").host(check_text(name, value)).name


def _matching(pattern: str, allowed: str) -> Check:
    def check(name: str, value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise wrong_value(name, value, allowed)
        return value

    return check


def _address(name: str, value: object) -> str:
    try:
        return str(ipaddress.IPv4Address(check_text(name, value)))
    except ValueError as error:
        raise wrong_value(name, value, "an IPv4 address") from error


def _whole(low: int, high: int) -> Check:
    def check(name: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise wrong_value(name, value, f"a whole number from {low} to {high}")
        return value

    return check


def _hosts(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise wrong_value(name, value, "an object from host name to address")
    return {_host_name(name, host): _address(name, address) for host, address in value.items()}


MACHINE_CHECKS: dict[str, Check] = {
    **STACK_CHECKS,
    "bridge": _matching(
        r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}", "a device name of at most 15 characters"
    ),
    "gateway": _address,
    "prefix_length": _whole(8, 30),
    "name": _host_name,
    "incarnation": _matching(r"[0-9a-f]{12}", "12 hex digits"),
    "boots": _whole(1, 10**9),
    "address": _address,
    "authorized_key": check_text,
    "host_key_private": _secret,
    "host_key_public": check_text,
    "hosts": _hosts,
}
