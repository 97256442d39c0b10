"""The `cluster.hosts` object: the provider of the hosts, and each host."""

import re
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

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
    expand_to,
    not_boolean,
)
from blueprint.settings.ssh import HostAddress, HostKey, UserName

EXAMPLE_HOST_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6wawdZ07zYPuW1dbKhn/wTGNA4iiti3pmV+l091Vrw"
)


class ServerSettings(Settings):
    """One host: its name, its address in the hosts' network, its memory."""

    name: ServerName = Field(examples=["server1"])
    """The host name, by which the other hosts resolve it too."""
    address: IPv4Address = Field(examples=["10.98.64.151"])
    """The address at which clients and the other hosts reach it."""
    memory: Mebibytes = Field(default=4096, examples=["4GiB"])
    """The host's memory, from which the heaps of its processes are planned."""


class NspawnHostsSettings(Settings):
    """Machines on this computer, made by systemd-nspawn."""

    provider: Literal["nspawn"]
    """Machines on this computer."""
    network: Network = IPv4Network("10.98.64.0/24")
    """The machines' own network; its first address is this computer's."""
    servers: tuple[ServerSettings, ...] = Field(min_length=1)
    """The machines. Append new ones; existing ones stay in place."""


class Acceleration(StrEnum):
    """How virtual machines run: by hardware virtualization, emulated, or whichever works."""

    AUTO = "auto"
    KVM = "kvm"
    TCG = "tcg"


class DebianImage(Settings):
    """Debian's cloud image, downloaded once and verified by its known digest."""

    source: Literal["debian"]
    """Debian's, downloaded to this computer."""


class BuiltImage(Settings):
    """The image that `make lab-image` builds from Debian's packages."""

    source: Literal["built"]
    """Built on this computer from Debian's packages."""


class UrlImage(Settings):
    """A cloud image that is downloaded to this computer."""

    source: Literal["url"]
    """Downloaded to this computer."""
    url: Url = Field(examples=["https://mirror.example.com/cloud.qcow2"])
    """`https://`, `http://` or `file://`, without a login."""
    sha512: Sha512 = Field(examples=["0123456789abcdef" * 8])
    """The image's SHA-512; an image of another digest is refused."""


class FileImage(Settings):
    """A cloud image on this computer, in qcow2 format."""

    source: Literal["file"]
    """On this computer."""
    path: FilePath = Field(examples=["images/cloud.qcow2"])
    """Relative to the project."""
    sha512: Sha512 = Field(examples=["0123456789abcdef" * 8])
    """The image's SHA-512; an image of another digest is refused."""


ImageSettings = Annotated[
    DebianImage | BuiltImage | UrlImage | FileImage, Field(discriminator="source")
]


class VirtualServerSettings(ServerSettings):
    """One virtual machine."""

    memory: Mebibytes = Field(default=3072, examples=["3GiB"])
    """The machine's memory, from which the heaps of its processes are planned."""
    cpus: Annotated[int, Field(ge=1, le=64), not_boolean] = 2
    """The number of the machine's processors."""
    data_disk: Mebibytes = Field(default=8192, examples=["8GiB"])
    """Size of the disk for message stores, which outlives the machine. It cannot change."""


def _without_command(uri: str) -> str:
    # libvirt separates parameters by & and ;, ignores case, and ends a name at an encoded NUL.
    names = (unquote(part.partition("=")[0]) for part in re.split("[&;]", urlsplit(uri).query))
    if any(name.partition("\0")[0].lower() == "command" for name in names):
        message = "names a program that libvirt would run here; leave out command="
        raise ValueError(message)
    return uri


class LibvirtHostsSettings(Settings):
    """Virtual machines run by libvirt, on this computer or on the one that `uri` names."""

    provider: Literal["libvirt"]
    """Virtual machines by libvirt."""
    uri: Annotated[
        str,
        Field(pattern=r"^qemu(\+[a-z0-9]+)?://[^\s\x00-\x1f\x7f]+$"),
        AfterValidator(_without_command),
    ] = "qemu:///system"
    """The libvirt connection URI."""
    network: Network = IPv4Network("192.168.64.0/24")
    """The machines' own network, behind NAT of the computer that runs them."""
    accel: Acceleration = Acceleration.AUTO
    """`kvm` uses the processor; `tcg` emulates it, some 30 times slower; `auto` takes `kvm` where
    it works."""
    image: Annotated[
        ImageSettings,
        BeforeValidator(
            expand_to("source"),
            json_schema_input_type=Literal["debian", "built"] | ImageSettings,
        ),
    ] = DebianImage(source="debian")
    """The image that machines boot; `debian` alone stands for `{source: debian}`."""
    system_disk: Mebibytes = Field(default=8192, examples=["8GiB"])
    """Size of each machine's system disk, which is recreated with the machine."""
    servers: tuple[VirtualServerSettings, ...] = Field(min_length=1)
    """The machines. Append new ones; existing ones stay in place."""


class AgentKey(Settings):
    """The keys of your SSH agent; none of them is stored in the state."""

    source: Literal["agent"]
    """The keys of your SSH agent."""


class FileKey(Settings):
    """A private key without a passphrase; the state holds the key encrypted, and not its path."""

    source: Literal["file"]
    """A file on this computer."""
    path: FilePath = Field(examples=["~/.ssh/id_ed25519"])
    """The path of the private key."""


KeySettings = Annotated[AgentKey | FileKey, Field(discriminator="source")]


class EndpointSettings(Settings):
    """How SSH reaches the server, if not at its own address, port 22, as the hosts' user."""

    address: HostAddress | None = Field(default=None, examples=["server1.example.com"])
    """The address or name for SSH only, by default the server's `address`."""
    port: Port = 22
    """The port of SSH."""
    user: UserName | None = Field(default=None, examples=["ops"])
    """The login, by default the hosts' `user`."""


class BastionSettings(Settings):
    """The server through which all SSH connections go."""

    address: HostAddress = Field(examples=["bastion.example.com"])
    """Its address or name."""
    port: Port = 22
    """The port of SSH."""
    user: UserName | None = Field(default=None, examples=["jump"])
    """The login there, by default the hosts' `user`."""
    host_key: HostKey = Field(examples=[EXAMPLE_HOST_KEY])
    """Its public host key; a server that presents another key is refused."""


class ExistingServerSettings(ServerSettings):
    """One existing server."""

    ssh: EndpointSettings = EndpointSettings()
    """How SSH reaches the server, if not at its own address."""
    host_key: HostKey = Field(examples=[EXAMPLE_HOST_KEY])
    """Its public host key, which `make hostkeys` prints; a server that presents another key is
    refused."""
    generation: Generation = 1
    """Increase it after reinstalling a server that kept its host key: everything is installed
    again."""


class ExistingHostsSettings(Settings):
    """Existing servers, reached by SSH."""

    provider: Literal["existing"]
    """Existing servers."""
    user: UserName = "root"
    """The login; a user other than root needs passwordless sudo."""
    key: Annotated[
        KeySettings,
        BeforeValidator(
            expand_to("source"), json_schema_input_type=Literal["agent"] | KeySettings
        ),
    ] = AgentKey(source="agent")
    """The key for the login; `agent` alone stands for `{source: agent}`."""
    bastion: BastionSettings | None = None
    """The server through which all SSH connections go; by default none."""
    servers: tuple[ExistingServerSettings, ...] = Field(min_length=1)
    """The servers. Append new ones; existing ones stay in place."""


HostsSettings = Annotated[
    NspawnHostsSettings | LibvirtHostsSettings | ExistingHostsSettings,
    Field(discriminator="provider"),
]
