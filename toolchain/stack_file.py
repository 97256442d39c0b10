"""The raw settings in a stack's file, `Pulumi.<stack>.yaml`."""

from pathlib import Path

import yaml

from blueprint.errors import ClusterError
from blueprint.settings.json_schema import CONFIG_KEY


class StackFileError(ClusterError):
    """A stack's file holds no settings; one line that names the file and the cause."""


def read_cluster(file: Path) -> object:
    """Return the raw `cluster` object.

    Raises:
        FileNotFoundError: the stack has no file.
        StackFileError: the file is not YAML, or holds no such object.

    """
    try:
        cluster: object = yaml.safe_load(file.read_text("utf-8"))["config"][CONFIG_KEY]
    except yaml.YAMLError as error:
        cause = " ".join(str(error).split())
        message = f"{file.name}: is not YAML: {cause}; correct it"
        raise StackFileError(message) from None
    except (KeyError, TypeError):
        message = f"{file.name}: config has no {CONFIG_KEY}; docs/config.md explains its keys"
        raise StackFileError(message) from None
    return cluster


def read_provider(file: Path) -> str | None:
    """Return `cluster.hosts.provider`; None if there is no file, or no provider in it."""
    try:
        cluster = read_cluster(file)
    except (FileNotFoundError, StackFileError):
        return None
    hosts = cluster.get("hosts") if isinstance(cluster, dict) else None
    return str(hosts["provider"]) if isinstance(hosts, dict) and "provider" in hosts else None
