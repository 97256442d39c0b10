"""What a person wrote under `cluster`, checked field by field; `checks` compares the fields."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

from blueprint.memory import parse_mebibytes
from blueprint.schemes import Scheme

NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
SHA512 = r"^[0-9a-fA-F]{128}$"

HostName = Annotated[str, StringConstraints(pattern=NAME, max_length=24)]
GroupName = Annotated[str, StringConstraints(pattern=NAME, max_length=64)]
Sha512 = Annotated[str, StringConstraints(pattern=SHA512, to_lower=True)]
Port = Annotated[int, Field(ge=1, le=65535)]


def _memory_text(value: object) -> object:
    return parse_mebibytes(value) if isinstance(value, str) else value


def _not_a_bare_number(value: object) -> object:
    if isinstance(value, int):
        message = f"{value!r} has no unit; write it as 512MiB or 4GiB"
        raise ValueError(message)  # noqa: TRY004 (pydantic reports ValueError, not TypeError)
    return value


Mebibytes = Annotated[
    int, Field(ge=1), BeforeValidator(_memory_text), BeforeValidator(_not_a_bare_number)
]


def _https(url: str) -> str:
    # Not shown: it may hold a password.
    message = "is not an https://, http:// or file:// address without a login"
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http", "file"} or parts.username or parts.password:
        raise ValueError(message)
    return url


def property_text(value: object) -> object:
    """Return a property's value as RocketMQ's properties file spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return value


PropertyText = Annotated[str, BeforeValidator(property_text)]


class _Settings(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=False
    )


class ServerSettings(_Settings):
    """One host: its name, its address in the hosts' network, its memory in MiB."""

    name: HostName
    address: IPv4Address
    memory: Mebibytes = 4096


class NspawnHostsSettings(_Settings):
    """Machines on this computer, made by systemd-nspawn."""

    provider: Literal["nspawn"]
    network: IPv4Network = IPv4Network("10.98.64.0/24")
    servers: tuple[ServerSettings, ...] = Field(min_length=1)


class OfficialArtifact(_Settings):
    """Apache's own archive, downloaded by each host and compared with the known digest."""

    source: Literal["official"]


class MavenArtifact(_Settings):
    """The archive that `make archive` assembles from Maven Central, byte for byte the same."""

    source: Literal["maven"]


class UrlArtifact(_Settings):
    """An archive that each host downloads."""

    source: Literal["url"]
    url: Annotated[str, AfterValidator(_https)]
    sha512: Sha512


class FileArtifact(_Settings):
    """An archive on this computer, uploaded once per host."""

    source: Literal["file"]
    path: str = Field(min_length=1)
    sha512: Sha512


ArtifactSettings = Annotated[
    OfficialArtifact | MavenArtifact | UrlArtifact | FileArtifact, Field(discriminator="source")
]


def _artifact_in_full(value: object) -> object:
    """Accept the bare words `official` and `maven`."""
    return {"source": value} if isinstance(value, str) else value


class GroupSettings(_Settings):
    """One broker group; `master` and `slave` override the placement that goes round the hosts."""

    name: GroupName
    master: HostName | None = None
    slave: HostName | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class PortSettings(_Settings):
    """First listen port of each kind of process; further brokers on a host add `step`."""

    name_server: Port = 9876
    master: Port = 10911
    slave: Port = 11911
    step: Annotated[int, Field(ge=4)] = 2000


class HeapSettings(_Settings):
    """JVM memory in MiB where the plan's own is not wanted."""

    name_server: Mebibytes | None = None
    broker: Mebibytes | None = None
    broker_direct: Mebibytes | None = None


class ClusterSettings(_Settings):
    """All of the `cluster` object."""

    name: Annotated[str, StringConstraints(pattern=r"^[%|a-zA-Z0-9_-]+$", max_length=64)] = (
        "DefaultCluster"
    )
    scheme: Scheme = Scheme.SYNC
    version: str = "5.3.3"
    artifact: Annotated[ArtifactSettings, BeforeValidator(_artifact_in_full)] = MavenArtifact(
        source="maven"
    )
    hosts: NspawnHostsSettings
    groups: tuple[GroupSettings, ...] = Field(
        default=(GroupSettings(name="broker-a"), GroupSettings(name="broker-b")), min_length=1
    )
    name_servers: Annotated[int, Field(ge=1)] = 2
    ports: PortSettings = PortSettings()
    heap: HeapSettings = HeapSettings()
    properties: Mapping[str, PropertyText] = Field(default_factory=dict)
    purge_data: bool = False
