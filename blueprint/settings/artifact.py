"""Settings of where an archive comes from."""

from typing import Annotated, Literal

from pydantic import Field

from blueprint.settings.fields import FilePath, Settings, Sha512, Url


class OfficialArtifact(Settings):
    """Apache's own archive of `version`."""

    source: Literal["official"]
    """Downloaded from archive.apache.org by each host; for provider nspawn, whose machines have
    no access to the network outside, by `make up` on this computer, and uploaded."""
    sha512: Sha512 | None = Field(default=None, examples=["0123456789abcdef" * 8])
    """The digest that Apache publishes beside the archive, required unless this program knows it;
    `make archive-digest VERSION=…` fetches it. An archive of another digest is refused before
    anything is installed."""


class MavenArtifact(Settings):
    """The archive that `make archive` assembles from Maven Central, reproducibly."""

    source: Literal["maven"]
    """Assembled on this computer by `make up` and uploaded once per host; 5.5.0, 5.3.3 and
    5.2.0 only."""


class UrlArtifact(Settings):
    """An archive that each host downloads from an address of yours."""

    source: Literal["url"]
    """Downloaded by each host."""
    url: Url = Field(examples=["https://mirror.example.com/rocketmq-all-5.5.0-bin-release.zip"])
    """`https://`, `http://` or `file://`, without a login. The machines of provider nspawn have
    no access to the network outside: for them only a `file://` of their own works."""
    sha512: Sha512 = Field(examples=["0123456789abcdef" * 8])
    """The archive's SHA-512; an archive of another digest is refused before anything is
    installed."""


class FileArtifact(Settings):
    """An archive on this computer, uploaded once per host."""

    source: Literal["file"]
    """On this computer."""
    path: FilePath = Field(examples=["archives/rocketmq-all-5.5.0-bin-release.zip"])
    """Relative to the project."""
    sha512: Sha512 = Field(examples=["0123456789abcdef" * 8])
    """The archive's SHA-512; an archive of another digest is refused before any change."""


ArtifactSettings = Annotated[
    OfficialArtifact | MavenArtifact | UrlArtifact | FileArtifact, Field(discriminator="source")
]
