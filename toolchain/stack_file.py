"""The raw settings in a stack's file, `Pulumi.<stack>.yaml`."""

from pathlib import Path
from typing import Any

import yaml

from blueprint.errors import ClusterError
from blueprint.settings.json_schema import CONFIG_KEY


class StackFileError(ClusterError):
    """A stack's file holds no settings; one line that names the file and the cause."""


def read_cluster(file: Path) -> Any:  # noqa: ANN401 (raw configuration is any YAML)
    """Return the raw `cluster` object.

    Raises:
        FileNotFoundError: the stack has no file.
        StackFileError: the file is not YAML, or holds no such object.

    """
    try:
        return yaml.safe_load(file.read_text("utf-8"))["config"][CONFIG_KEY]
    except yaml.YAMLError as error:
        cause = " ".join(str(error).split())
        message = f"{file.name}: is not YAML: {cause}; correct it"
        raise StackFileError(message) from None
    except (KeyError, TypeError):
        message = f"{file.name}: config has no {CONFIG_KEY}; docs/config.md explains its keys"
        raise StackFileError(message) from None


def read_provider(file: Path) -> str | None:
    """Return `cluster.hosts.provider`; None if there is no file, or no provider in it."""
    try:
        provider = read_cluster(file)["hosts"]["provider"]
    except (FileNotFoundError, StackFileError, KeyError, TypeError):
        return None
    return str(provider)
