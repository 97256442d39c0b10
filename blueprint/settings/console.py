"""Settings of the console, which shows the cluster in a browser."""

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
    """The built-in console: the cluster as planned and as it is, live and read-only."""

    kind: Literal["builtin"]
    """The built-in console: one page, read-only."""
    host: HostName | None = Field(default=None, examples=["server2"])
    """The server that it runs on, by default the first. Changing it moves the console."""
    password_generation: Generation = 1
    """Increase it to generate another password."""


class DashboardConsole(Settings):
    """Apache's RocketMQ Dashboard, from a jar that you have built."""

    kind: Literal["dashboard"]
    """Apache's RocketMQ Dashboard. Its unit and files are tested, but the dashboard itself was
    never run, because no jar of it is published."""
    jar: JarSettings
    """The dashboard's jar."""
    host: HostName | None = Field(default=None, examples=["server2"])
    """The server that it runs on, by default the first. Changing it moves the console."""
    password_generation: Generation = 1
    """Increase it to generate another password."""


class NoConsole(Settings):
    """No console."""

    kind: Literal["none"]
    """No console."""


ConsoleSettings = Annotated[
    BuiltinConsole | DashboardConsole | NoConsole, Field(discriminator="kind")
]
