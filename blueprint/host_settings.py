"""What a person wrote under `cluster.hosts`: who provides the hosts, and what each is like."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from blueprint.fields import (
    HostName,
    Mebibytes,
    Port,
    Settings,
    Sha512,
    Url,
    source_in_full,
)
from blueprint.ssh_fields import HostAddress, HostKey, UserName


class ServerSettings(Settings):
    """One host: its name, its address in the hosts' network, its memory in MiB."""

    name: HostName
    address: IPv4Address
    memory: Mebibytes = 4096


class NspawnHostsSettings(Settings):
    """Machines on this computer, made by systemd-nspawn."""

    provider: Literal["nspawn"]
    network: IPv4Network = IPv4Network("10.98.64.0/24")
    servers: tuple[ServerSettings, ...] = Field(min_length=1)


class Acceleration(StrEnum):
    """How virtual machines run: on the processor, emulated, or whichever it can."""

    AUTO = "auto"
    KVM = "kvm"
    TCG = "tcg"


class DebianImage(Settings):
    """Debian's own cloud image, downloaded once and compared with the known digest."""

    source: Literal["debian"]


class BuiltImage(Settings):
    """The image that `make lab-image` builds from Debian's packages."""

    source: Literal["built"]


class UrlImage(Settings):
    """A cloud image that is downloaded to this computer."""

    source: Literal["url"]
    url: Url
    sha512: Sha512


class FileImage(Settings):
    """A cloud image of this computer, in qcow2 format."""

    source: Literal["file"]
    path: str = Field(min_length=1)
    sha512: Sha512


ImageSettings = Annotated[
    DebianImage | BuiltImage | UrlImage | FileImage, Field(discriminator="source")
]


class VirtualServerSettings(ServerSettings):
    """One virtual machine: its share of the computer, and the size of its data disk in MiB."""

    memory: Mebibytes = 3072
    cpus: Annotated[int, Field(ge=1, le=64)] = 2
    data_disk: Mebibytes = 8192


class LibvirtHostsSettings(Settings):
    """Virtual machines that libvirt runs, on this computer or on the one that `uri` names."""

    provider: Literal["libvirt"]
    uri: Annotated[str, Field(pattern=r"^qemu(\+[a-z0-9]+)?://\S+$")] = "qemu:///system"
    network: IPv4Network = IPv4Network("192.168.64.0/24")
    accel: Acceleration = Acceleration.AUTO
    image: Annotated[ImageSettings, BeforeValidator(source_in_full)] = DebianImage(source="debian")
    system_disk: Mebibytes = 8192
    servers: tuple[VirtualServerSettings, ...] = Field(min_length=1)


class AgentKey(Settings):
    """Whatever keys the user's own SSH agent holds; none of them gets into the state."""

    source: Literal["agent"]


class FileKey(Settings):
    """A private key without a passphrase; its text is sealed in the state, its path is not."""

    source: Literal["file"]
    path: str = Field(min_length=1)


KeySettings = Annotated[AgentKey | FileKey, Field(discriminator="source")]


class EndpointSettings(Settings):
    """Where SSH goes when it is not the server's own address, port 22, the common user."""

    address: HostAddress | None = None
    port: Port = 22
    user: UserName | None = None


class BastionSettings(Settings):
    """The server that all connections go through; no user means that of the hosts."""

    address: HostAddress
    port: Port = 22
    user: UserName | None = None
    host_key: HostKey


class ExistingServerSettings(ServerSettings):
    """One server that runs already; a raised `generation` says that it was reinstalled."""

    ssh: EndpointSettings = EndpointSettings()
    host_key: HostKey
    generation: Annotated[int, Field(ge=1)] = 1


class ExistingHostsSettings(Settings):
    """Servers that run already and are reached by SSH."""

    provider: Literal["existing"]
    user: UserName = "root"
    key: Annotated[KeySettings, BeforeValidator(source_in_full)] = AgentKey(source="agent")
    bastion: BastionSettings | None = None
    servers: tuple[ExistingServerSettings, ...] = Field(min_length=1)


HostsSettings = Annotated[
    NspawnHostsSettings | LibvirtHostsSettings | ExistingHostsSettings,
    Field(discriminator="provider"),
]
