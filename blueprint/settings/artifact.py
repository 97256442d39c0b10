"""Where an archive comes from, as a person writes it."""

from typing import Annotated, Literal

from pydantic import Field

from blueprint.settings.fields import Settings, Sha512, Url


class OfficialArtifact(Settings):
    """Apache's own archive, downloaded by each host and compared with the known digest."""

    source: Literal["official"]
    """Apache's own archive of `version`, of a version whose digest is known.
    None is at the moment: take `url`, with the digest of Apache's download page."""


class MavenArtifact(Settings):
    """The archive that `make archive` assembles from Maven Central, byte for byte the same."""

    source: Literal["maven"]
    """Assembled on this computer by `make up` itself, uploaded once per host; versions 5.3.3
    and 5.2.0."""


class UrlArtifact(Settings):
    """An archive that each host downloads."""

    source: Literal["url"]
    """Downloaded by each host."""
    url: Url = Field(examples=["https://mirror.example.com/rocketmq-all-5.3.3-bin-release.zip"])
    """Where it is; `https://`, `http://` or `file://`, without a login. Machines of this
    computer (nspawn) have no way out, and only take a `file://` of their own."""
    sha512: Sha512 = Field(examples=["0123456789abcdef" * 8])
    """The archive's SHA-512; another one is refused before anything is installed."""


class FileArtifact(Settings):
    """An archive on this computer, uploaded once per host."""

    source: Literal["file"]
    """On this computer."""
    path: str = Field(min_length=1, examples=["archives/rocketmq-all-5.3.3-bin-release.zip"])
    """Where it is, relative to the project."""
    sha512: Sha512 = Field(examples=["0123456789abcdef" * 8])
    """The archive's SHA-512; another one is refused before anything is touched."""


ArtifactSettings = Annotated[
    OfficialArtifact | MavenArtifact | UrlArtifact | FileArtifact, Field(discriminator="source")
]
