"""What a person wrote under `cluster`, checked field by field; `checks` compares the fields."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from blueprint.fields import (
    GroupName,
    HostName,
    Mebibytes,
    Port,
    Settings,
    Sha512,
    Url,
    source_in_full,
)
from blueprint.host_settings import HostsSettings
from blueprint.schemes import Scheme


def property_text(value: object) -> object:
    """Return a property's value as RocketMQ's properties file spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return value


PropertyText = Annotated[str, BeforeValidator(property_text)]


class OfficialArtifact(Settings):
    """Apache's own archive, downloaded by each host and compared with the known digest."""

    source: Literal["official"]


class MavenArtifact(Settings):
    """The archive that `make archive` assembles from Maven Central, byte for byte the same."""

    source: Literal["maven"]


class UrlArtifact(Settings):
    """An archive that each host downloads."""

    source: Literal["url"]
    url: Url
    sha512: Sha512


class FileArtifact(Settings):
    """An archive on this computer, uploaded once per host."""

    source: Literal["file"]
    path: str = Field(min_length=1)
    sha512: Sha512


ArtifactSettings = Annotated[
    OfficialArtifact | MavenArtifact | UrlArtifact | FileArtifact, Field(discriminator="source")
]


class GroupSettings(Settings):
    """One broker group; `master` and `slave` override the placement that goes round the hosts."""

    name: GroupName
    master: HostName | None = None
    slave: HostName | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class PortSettings(Settings):
    """First listen port of each kind of process; further brokers on a host add `step`."""

    name_server: Port = 9876
    master: Port = 10911
    slave: Port = 11911
    step: Annotated[int, Field(ge=4)] = 2000


class HeapSettings(Settings):
    """JVM memory in MiB where the plan's own is not wanted."""

    name_server: Mebibytes | None = None
    broker: Mebibytes | None = None
    broker_direct: Mebibytes | None = None


class ClusterSettings(Settings):
    """All of the `cluster` object."""

    name: Annotated[str, StringConstraints(pattern=r"^[%|a-zA-Z0-9_-]+$", max_length=64)] = (
        "DefaultCluster"
    )
    scheme: Scheme = Scheme.SYNC
    version: str = "5.3.3"
    artifact: Annotated[ArtifactSettings, BeforeValidator(source_in_full)] = MavenArtifact(
        source="maven"
    )
    hosts: HostsSettings
    groups: tuple[GroupSettings, ...] = Field(
        default=(GroupSettings(name="broker-a"), GroupSettings(name="broker-b")), min_length=1
    )
    name_servers: Annotated[int, Field(ge=1)] = 2
    ports: PortSettings = PortSettings()
    heap: HeapSettings = HeapSettings()
    properties: Mapping[str, PropertyText] = Field(default_factory=dict)
    purge_data: bool = False
