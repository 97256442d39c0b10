"""The one place that creates resources over SSH, so that their rules are written once.

Content is in the inputs, so a change updates in place. `triggers` replace, so they hold only the
host's identity. Secrets are only in the connection.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import pulumi
from pulumi_command import remote

from blueprint.hosts.logins import Login, as_root
from blueprint.plan.archives import Archive
from blueprint.plan.hosts import HostSpec
from blueprint.plan.paths import TOOLS

GATE_TIMEOUT = "40m"
"""Bounds the dialing until a host is up; scripts have their own limits."""


@dataclass(frozen=True, kw_only=True)
class HostAccess:
    """How one host is reached, for any provider."""

    spec: HostSpec
    user: str
    connection: pulumi.Input[remote.ConnectionArgs]
    login: pulumi.Input[Login]
    """For our own commands, outside the engine."""
    identity: pulumi.Input[str]
    """Changes when another machine has the name: all of its resources are replaced."""
    boot_id: pulumi.Input[str]
    """Changes when the host was rebooted and kept its disks."""
    machine: pulumi.Resource | None
    """The resource of the host; when it is deleted, nothing on it needs to be."""
    after: Sequence[pulumi.Resource] = field(default=())
    """What must exist before anything is done on the host."""

    @property
    def name(self) -> str:
        """Return the host's name."""
        return self.spec.name

    def options(
        self, parent: pulumi.Resource, depends_on: Sequence[pulumi.Resource]
    ) -> pulumi.ResourceOptions:
        """Return the options of every resource on this host."""
        return pulumi.ResourceOptions(
            parent=parent,
            depends_on=[*self.after, *depends_on],
            deleted_with=self.machine,
            delete_before_replace=True,
        )

    def as_root(self, *words: str) -> str:
        """Return a command line that runs with root's rights."""
        return shlex.join(as_root(self.user, *words))


class Hosts(pulumi.ComponentResource):
    """What every provider makes."""

    hosts: tuple[HostAccess, ...]
    """In the plan's order."""
    private_key: pulumi.Output[str] | None
    """For `make verify` and `make ssh`; None if the user's own agent has the key."""
    public_key: pulumi.Output[str] | None
    """None if the stack did not generate its own key."""

    @property
    def logins(self) -> dict[str, pulumi.Output[dict[str, Any]]]:
        """Return how each host is reached, as JSON, by its name."""
        return {
            host.name: pulumi.Output.from_input(host.login).apply(Login.to_json)
            for host in self.hosts
        }

    def register(self, machines: Mapping[str, str]) -> None:
        """Register what `make ssh` needs until the update ends and exports it.

        Args:
            machines: the name of the resource that is each host's machine, by the host's name;
                nothing for hosts that run already.

        """
        key = {} if self.private_key is None else {"sshPrivateKey": self.private_key}
        self.register_outputs(
            {
                "addresses": [host.spec.address for host in self.hosts],
                "logins": self.logins,
                "machines": machines,
                **key,
            }
        )


def login_with(host_key: pulumi.Output[str], host: HostSpec, user: str) -> pulumi.Output[Login]:
    """Return the login of a host whose key pair is an output."""
    return host_key.apply(
        lambda key: Login(
            host=host.name,
            address=host.address,
            user=user,
            host_key=key,
            startup_seconds=host.startup_seconds,
        )
    )


def make_state(
    name: str,
    host: HostAccess,
    script: pulumi.Input[str],
    options: pulumi.ResourceOptions,
) -> remote.Command:
    """Create the state that `script` ensures on a host, and remove it on destroy."""
    return remote.Command(
        name,
        connection=host.connection,
        create=host.as_root("bash", "-s", "ensure"),
        delete=host.as_root("bash", "-s", "remove"),
        stdin=script,
        triggers=[host.identity],
        logging=remote.Logging.STDERR,
        add_previous_output_in_env=False,
        opts=options,
    )


def make_first_contact(
    name: str, host: HostAccess, script: pulumi.Input[str], parent: pulumi.Resource
) -> remote.Command:
    """Read the identity of a machine that may still be booting; again when `script` changes.

    It has no trigger, because it prints the identity that triggers others, and no delete.
    """
    options = host.options(parent, [])
    options.custom_timeouts = pulumi.CustomTimeouts(create=GATE_TIMEOUT, update=GATE_TIMEOUT)
    return remote.Command(
        name,
        connection=host.connection,
        create=host.as_root("bash", "-s", "ensure"),
        stdin=script,
        logging=remote.Logging.STDERR,
        add_previous_output_in_env=False,
        opts=options,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteFile:
    """A file on a host: its path, mode, owner and exact text."""

    path: PurePosixPath
    text: pulumi.Input[str]
    mode: str = "0644"
    owner: str = "root:root"
    former_paths: Sequence[PurePosixPath] = field(default=())
    """Paths at which an earlier release may have put it."""


def make_file(
    name: str, host: HostAccess, file: RemoteFile, options: pulumi.ResourceOptions
) -> remote.Command:
    """Make a file equal to its text; stdout is `{"sha", "writes"}`.

    The input is exactly the text, so that a preview shows a change line by line. `create` holds
    its length in bytes, so that the host refuses a text that was cut on its way.
    """

    def create(text: str) -> str:
        length = str(len(text.encode()))
        words = (str(file.path), file.mode, file.owner, length, *map(str, file.former_paths))
        return host.as_root(str(TOOLS / "put-file"), *words)

    return remote.Command(
        name,
        connection=host.connection,
        # The length of a secret is no secret; a sealed command would be hidden in previews.
        create=pulumi.Output.unsecret(pulumi.Output.from_input(file.text).apply(create)),
        # The provider sends the text to this command, too, and fails unless it is read.
        delete=host.as_root("sh", "-c", 'cat >/dev/null; rm -f "$1"', "sh", str(file.path)),
        stdin=file.text,
        triggers=[host.identity],
        logging=remote.Logging.NONE,
        add_previous_output_in_env=False,
        opts=options,
    )


def make_upload(
    name: str, host: HostAccess, archive: Archive, options: pulumi.ResourceOptions
) -> list[remote.CopyToRemote]:
    """Upload the archive into the host's cache, unless the host downloads it."""
    if archive.upload_path is None:
        return []
    upload = remote.CopyToRemote(
        name,
        connection=host.connection,
        source=pulumi.FileAsset(archive.upload_path),
        remote_path=archive.cached,
        triggers=[host.identity],
        opts=options,
    )
    return [upload]
