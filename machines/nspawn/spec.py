"""The JSON that a verb reads on its standard input, checked before anything is touched."""

import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from machines.shared.errors import MachinesError
from machines.shared.owner import Owner, project_path
from machines.shared.places import HostPlace, StackPlace

_DEVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}")
_INCARNATION = re.compile(r"[0-9a-f]{12}")
_SPEC = TypeVar("_SPEC", bound="StackSpec")


@dataclass(frozen=True, kw_only=True, slots=True)
class StackSpec:
    """A stack and who asks."""

    stack: str
    owner: Owner

    @property
    def place(self) -> StackPlace:
        """Return where the stack lies."""
        return StackPlace(stack=self.stack)


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkSpec(StackSpec):
    """The bridge of a stack; `gateway` is this computer's own address on it."""

    bridge: str
    gateway: str
    prefix_length: int

    @property
    def subnet(self) -> ipaddress.IPv4Network:
        """Return the network that the gateway is in."""
        return ipaddress.IPv4Network(f"{self.gateway}/{self.prefix_length}", strict=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class HostSpec(StackSpec):
    """One machine of a stack, by name."""

    name: str

    @property
    def host(self) -> HostPlace:
        """Return where the machine lies."""
        return self.place.host(self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineSpec(NetworkSpec):
    """A machine as it must be: keys in OpenSSH's formats, `hosts` from name to address."""

    name: str
    incarnation: str
    boots: int
    address: str
    authorized_key: str
    host_key_private: str = field(repr=False)
    host_key_public: str
    hosts: dict[str, str]

    @property
    def host(self) -> HostPlace:
        """Return where the machine lies."""
        return self.place.host(self.name)


def parse_spec(text: str, kind: type[_SPEC]) -> _SPEC:
    """Return the spec in a JSON text.

    Raises:
        MachinesError: the first problem, with the key, the value and what is allowed.

    """
    try:
        value = json.loads(text)
    except ValueError as error:
        msg = f"spec: not JSON ({error}): give one object on standard input"
        raise MachinesError(msg) from error
    if not isinstance(value, dict):
        msg = "spec: not a JSON object: give one object on standard input"
        raise MachinesError(msg)
    names = {entry.name for entry in fields(kind)}
    # A machine is removed with the same spec that made it, so a known key is never in the way.
    if unknown := sorted(set(value) - set(_CHECKS)):
        msg = f"spec: unknown key {unknown[0]!r}: allowed are {', '.join(sorted(names))}"
        raise MachinesError(msg)
    if missing := sorted(names - set(value)):
        msg = f"spec: key {missing[0]!r} is missing: needed are {', '.join(sorted(names))}"
        raise MachinesError(msg)
    return kind(**{name: _CHECKS[name](name, value[name]) for name in names})


def _refuse(name: str, value: object, allowed: str) -> MachinesError:
    return MachinesError(f"spec: {name} = {value!r}: allowed is {allowed}")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _refuse(name, value, "a text that is not empty")
    return value


def _secret(name: str, value: object) -> str:
    if not isinstance(value, str) or "PRIVATE KEY" not in value:
        raise _refuse(name, "…", "a private key in OpenSSH's format")
    return value


def _stack(name: str, value: object) -> str:
    return StackPlace(stack=_text(name, value)).stack


def _host_name(name: str, value: object) -> str:
    return StackPlace(stack="any").host(_text(name, value)).name


def _device(name: str, value: object) -> str:
    if not isinstance(value, str) or not _DEVICE.fullmatch(value):
        raise _refuse(name, value, "a device name of at most 15 characters")
    return value


def _address(name: str, value: object) -> str:
    try:
        return str(ipaddress.IPv4Address(_text(name, value)))
    except ValueError as error:
        raise _refuse(name, value, "an IPv4 address") from error


def _whole(name: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _refuse(name, value, f"a whole number from {low} to {high}")
    return value


def _incarnation(name: str, value: object) -> str:
    if not isinstance(value, str) or not _INCARNATION.fullmatch(value):
        raise _refuse(name, value, "12 hex digits")
    return value


def _owner(name: str, value: object) -> Owner:
    if not isinstance(value, dict) or set(value) != {"token"}:
        raise _refuse(name, "…", 'an object with just "token"')
    return Owner(token=_text("owner.token", value["token"]), path=project_path())


def _hosts(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _refuse(name, value, "an object from host name to address")
    return {_host_name(name, host): _address(name, address) for host, address in value.items()}


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "stack": _stack,
    "owner": _owner,
    "bridge": _device,
    "gateway": _address,
    "prefix_length": lambda name, value: _whole(name, value, 8, 30),
    "name": _host_name,
    "incarnation": _incarnation,
    "boots": lambda name, value: _whole(name, value, 1, 10**9),
    "address": _address,
    "authorized_key": _text,
    "host_key_private": _secret,
    "host_key_public": _text,
    "hosts": _hosts,
}
