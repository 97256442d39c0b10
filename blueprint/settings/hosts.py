"""What a person wrote under `cluster.hosts`: who provides the hosts, and what each is like."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from blueprint.settings.fields import (
    FilePath,
    Generation,
    Mebibytes,
    Network,
    Port,
    ServerName,
    Settings,
    Sha512,
    Url,
    expand_source,
    not_boolean,
)
from blueprint.settings.ssh import HostAddress, HostKey, UserName

EXAMPLE_HOST_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6wawdZ07zYPuW1dbKhn/wTGNA4iiti3pmV+l091Vrw"
)


class ServerSettings(Settings):
    """One host: its name, its address in the hosts' network, its memory."""

    name: ServerName = Field(examples=["server1"])
    """By which the other hosts know it too."""
    address: IPv4Address = Field(examples=["10.98.64.151"])
    """By which clients and the other hosts reach it."""
    memory: Mebibytes = Field(default=4096, examples=["4GiB"])
    """What the host has; the heaps of its processes are planned from it."""


class NspawnHostsSettings(Settings):
    """Machines on this computer, made by systemd-nspawn."""

    provider: Literal["nspawn"]
    """Machines on this computer."""
    network: Network = IPv4Network("10.98.64.0/24")
    """The machines' own network; its first address is this computer's."""
    servers: tuple[ServerSettings, ...] = Field(min_length=1)
    """One for each machine. Append new ones: what is there stays where it is."""


class Acceleration(StrEnum):
    """How virtual machines run: on the processor, emulated, or whichever it can."""

    AUTO = "auto"
    KVM = "kvm"
    TCG = "tcg"


class DebianImage(Settings):
    """Debian's own cloud image, downloaded once and compared with the known digest."""

    source: Literal["debian"]
    """Debian's own, downloaded to this computer."""


class BuiltImage(Settings):
    """The image that `make lab-image` builds from Debian's packages."""

    source: Literal["built"]
    """Built on this computer from Debian's packages."""


class UrlImage(Settings):
    """A cloud image that is downloaded to this computer."""

    source: Literal["url"]
    """Downloaded to this computer."""
    url: Url = Field(examples=["https://mirror.example.com/cloud.qcow2"])
    """Where it is; `https://`, `http://` or `file://`, without a login."""
    sha512: Sha512 = Field(examples=["0123456789abcdef" * 8])
    """The image's SHA-512; another one is refused."""


class FileImage(Settings):
    """A cloud image of this computer, in qcow2 format."""

    source: Literal["file"]
    """On this computer."""
    path: FilePath = Field(examples=["images/cloud.qcow2"])
    """Where it is, relative to the project."""
    sha512: Sha512 = Field(examples=["0123456789abcdef" * 8])
    """The image's SHA-512; another one is refused."""


ImageSettings = Annotated[
    DebianImage | BuiltImage | UrlImage | FileImage, Field(discriminator="source")
]


class VirtualServerSettings(ServerSettings):
    """One virtual machine: its share of the computer, and the size of its data disk."""

    memory: Mebibytes = Field(default=3072, examples=["3GiB"])
    """The machine's memory; the heaps of its processes are planned from it."""
    cpus: Annotated[int, Field(ge=1, le=64), not_boolean] = 2
    """The machine's processors."""
    data_disk: Mebibytes = Field(default=8192, examples=["8GiB"])
    """The disk of its message stores, which outlives the machine. Its size cannot change."""


def _without_command(uri: str) -> str:
    if any(key == "command" for key, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)):
        message = f"{uri!r} names a program that libvirt would run here; leave out command="
        raise ValueError(message)
    return uri


class LibvirtHostsSettings(Settings):
    """Virtual machines that libvirt runs, on this computer or on the one that `uri` names."""

    provider: Literal["libvirt"]
    """Virtual machines by libvirt."""
    uri: Annotated[
        str, Field(pattern=r"^qemu(\+[a-z0-9]+)?://\S+$"), AfterValidator(_without_command)
    ] = "qemu:///system"
    """Which libvirt, as its own tools spell it."""
    network: Network = IPv4Network("192.168.64.0/24")
    """The machines' own network, behind this computer's address."""
    accel: Acceleration = Acceleration.AUTO
    """`kvm` on the processor, `tcg` emulated and some 30 times slower, `auto` whichever it can."""
    image: Annotated[
        ImageSettings,
        BeforeValidator(
            expand_source,
            json_schema_input_type=Literal["debian", "built"] | ImageSettings,
        ),
    ] = DebianImage(source="debian")
    """What the machines start from; `debian` alone stands for `{source: debian}`."""
    system_disk: Mebibytes = Field(default=8192, examples=["8GiB"])
    """The disk of each machine's system, made anew with it."""
    servers: tuple[VirtualServerSettings, ...] = Field(min_length=1)
    """One for each machine. Append new ones: what is there stays where it is."""


class AgentKey(Settings):
    """Whatever keys the user's own SSH agent holds; none of them gets into the state."""

    source: Literal["agent"]
    """The SSH agent's."""


class FileKey(Settings):
    """A private key without a passphrase; its text is sealed in the state, its path is not."""

    source: Literal["file"]
    """A file's."""
    path: FilePath = Field(examples=["~/.ssh/id_ed25519"])
    """Where it is on this computer."""


KeySettings = Annotated[AgentKey | FileKey, Field(discriminator="source")]


class EndpointSettings(Settings):
    """Where SSH goes when it is not the server's own address, port 22, the common user."""

    address: HostAddress | None = Field(default=None, examples=["server1.example.com"])
    """The address or name for SSH alone; without it the server's own address."""
    port: Port = 22
    """SSH's port."""
    user: UserName | None = Field(default=None, examples=["ops"])
    """Who logs in; without it the user of the hosts."""


class BastionSettings(Settings):
    """The server that all connections go through; no user means that of the hosts."""

    address: HostAddress = Field(examples=["bastion.example.com"])
    """Its address or name."""
    port: Port = 22
    """SSH's port."""
    user: UserName | None = Field(default=None, examples=["jump"])
    """Who logs in there; without it the user of the hosts."""
    host_key: HostKey = Field(examples=[EXAMPLE_HOST_KEY])
    """Its public host key; nothing goes through a server that shows another."""


class ExistingServerSettings(ServerSettings):
    """One server that runs already; a raised `generation` says that it was reinstalled."""

    ssh: EndpointSettings = EndpointSettings()
    """Where SSH goes, where that is another place."""
    host_key: HostKey = Field(examples=[EXAMPLE_HOST_KEY])
    """Its public host key, which `make hostkeys` prints; nothing is sent to another."""
    generation: Generation = 1
    """Raise it when the server was reinstalled and kept its host key: all is installed again."""


class ExistingHostsSettings(Settings):
    """Servers that run already and are reached by SSH."""

    provider: Literal["existing"]
    """Servers that run already."""
    user: UserName = "root"
    """Who logs in; any other than root needs sudo without a password."""
    key: Annotated[
        KeySettings,
        BeforeValidator(expand_source, json_schema_input_type=Literal["agent"] | KeySettings),
    ] = AgentKey(source="agent")
    """The key to log in with; `agent` alone stands for `{source: agent}`."""
    bastion: BastionSettings | None = None
    """The server that all connections go through, where there is one."""
    servers: tuple[ExistingServerSettings, ...] = Field(min_length=1)
    """The servers. Append new ones: what is there stays where it is."""


HostsSettings = Annotated[
    NspawnHostsSettings | LibvirtHostsSettings | ExistingHostsSettings,
    Field(discriminator="provider"),
]
