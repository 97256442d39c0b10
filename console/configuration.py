"""The console's configuration file on its host."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from remoting.protocol.connection import split_address


class ConfigurationError(Exception):
    """A file is unusable; the message names it and the cause."""


@dataclass(frozen=True)
class Configuration:
    """Where the console listens, what it reads, and its timing."""

    listen: str
    """`address:port`."""
    scheme: str
    version: str
    """The planned RocketMQ version."""
    plan: Path
    login: Path
    verification: Path
    """Does not exist before the first verification."""
    every_seconds: float
    request_seconds: float


def read_configuration(path: Path) -> Configuration:
    """Read the file.

    Raises:
        ConfigurationError: the file is missing, not JSON, lacks a key, or has a bad value.

    """
    try:
        document = json.loads(path.read_text("utf-8"))
        split_address(str(document["listen"]))
        return Configuration(
            listen=str(document["listen"]),
            scheme=str(document["scheme"]),
            version=str(document["version"]),
            plan=Path(document["plan"]),
            login=Path(document["login"]),
            verification=Path(document["verification"]),
            every_seconds=_seconds(document["everySeconds"]),
            request_seconds=_seconds(document["requestSeconds"]),
        )
    except (OSError, ValueError, TypeError) as error:
        message = f"{path}: cannot be read: {error}; run make up again"
        raise ConfigurationError(message) from error
    except KeyError as error:
        message = f"{path}: key {error} is missing; run make up again"
        raise ConfigurationError(message) from error


def _seconds(text: str | float) -> float:
    seconds = float(text)
    if not 0 < seconds < math.inf:
        message = f"seconds must be positive and finite, got {seconds}"
        raise ValueError(message)
    return seconds
