"""What shows the cluster in a browser, as a person writes it."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from blueprint.settings.artifact import FileArtifact, UrlArtifact
from blueprint.settings.fields import Generation, HostName, Settings


class ConsoleKind(StrEnum):
    """The kinds of consoles, as settings spell them."""

    BUILTIN = "builtin"
    DASHBOARD = "dashboard"
    NONE = "none"


JarSettings = Annotated[UrlArtifact | FileArtifact, Field(discriminator="source")]


class BuiltinConsole(Settings):
    """A page of our own: planned against actual, live; it only reads."""

    kind: Literal["builtin"]
    """This program's own: planned against actual, on one page; it only reads."""
    host: HostName | None = Field(default=None, examples=["server2"])
    """Where it runs; without it on the first server. Another one moves it there."""
    password_generation: Generation = 1
    """Raise it to have another password made."""


class DashboardConsole(Settings):
    """Apache's RocketMQ Dashboard, of which there is no jar but the one that you have built."""

    kind: Literal["dashboard"]
    """Apache's RocketMQ Dashboard, from a jar that you have built. The unit and its files are
    tested, the dashboard itself was not run: no jar of it is published anywhere."""
    jar: JarSettings
    """The dashboard's jar."""
    host: HostName | None = Field(default=None, examples=["server2"])
    """Where it runs; without it on the first server. Another one moves it there."""
    password_generation: Generation = 1
    """Raise it to have another password made."""


class NoConsole(Settings):
    """No console at all."""

    kind: Literal["none"]
    """No console at all."""


ConsoleSettings = Annotated[
    BuiltinConsole | DashboardConsole | NoConsole, Field(discriminator="kind")
]
