"""The raw settings in a stack's file, `Pulumi.<stack>.yaml`."""

from pathlib import Path
from typing import Any

import yaml

from blueprint.errors import ClusterError
from blueprint.settings.config_key import CONFIG_KEY


class StackFileError(ClusterError):
    """A stack's file holds no settings; one line that names the file and the cause."""


_MERGE = "tag:yaml.org,2002:merge"


class _TwiceError(Exception):
    def __init__(self, key: object, line: int) -> None:
        super().__init__(key, line)
        self.key, self.line = key, line


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a key that is there twice, of which PyYAML takes the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 (the signature is PyYAML's)
        found = set()
        for key_node, _ in node.value:
            if key_node.tag == _MERGE:
                continue
            key = self.construct_object(key_node, deep=True)
            if key in found:
                raise _TwiceError(key, key_node.start_mark.line + 1)
            found.add(key)
        return super().construct_mapping(node, deep)


def read_cluster(file: Path) -> object:
    """Return the raw `cluster` object.

    Raises:
        FileNotFoundError: the stack has no file.
        StackFileError: the file is not YAML, or holds no such object.

    """
    try:
        # As safe as SafeLoader, which it extends.
        content = yaml.load(file.read_text("utf-8"), _UniqueKeys)  # noqa: S506
        cluster: object = content["config"][CONFIG_KEY]
    except _TwiceError as error:
        message = f"{file.name}, line {error.line}: {error.key} is there twice; leave one out"
        raise StackFileError(message) from None
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
