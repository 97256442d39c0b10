"""What the console is told by its file on the host."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from remoting.protocol.connection import split_address


class ConfigurationError(Exception):
    """Say which file cannot be used, and why."""


@dataclass(frozen=True)
class Configuration:
    """Where it listens, what it reads, and how long it waits."""

    listen: str
    """`address:port`."""
    scheme: str
    version: str
    """RocketMQ's, as planned."""
    plan: Path
    login: Path
    verification: Path
    """May not be there yet."""
    every_seconds: float
    request_seconds: float


def read_configuration(path: Path) -> Configuration:
    """Read the file.

    Raises:
        ConfigurationError: it is missing, not JSON, lacks a key, or has an unusable value.

    """
    try:
        said = json.loads(path.read_text("utf-8"))
        split_address(str(said["listen"]))
        return Configuration(
            listen=str(said["listen"]),
            scheme=str(said["scheme"]),
            version=str(said["version"]),
            plan=Path(said["plan"]),
            login=Path(said["login"]),
            verification=Path(said["verification"]),
            every_seconds=_seconds(said["everySeconds"]),
            request_seconds=_seconds(said["requestSeconds"]),
        )
    except (OSError, ValueError, TypeError) as error:
        message = f"{path}: cannot be read: {error}; run make up again"
        raise ConfigurationError(message) from error
    except KeyError as error:
        message = f"{path}: key {error} is missing; run make up again"
        raise ConfigurationError(message) from error


def _seconds(said: str | float) -> float:
    seconds = float(said)
    if not 0 < seconds < math.inf:
        message = f"{seconds} s is no time to wait"
        raise ValueError(message)
    return seconds
