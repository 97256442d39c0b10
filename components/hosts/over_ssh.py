"""The one place that makes resources over SSH, so that their rules are written once.

What a host must hold is in the inputs: a change is an update in place. `triggers` replace, so they
hold nothing but the host's identity. Secrets are only ever in the connection.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import pulumi
from pulumi_command import remote

from blueprint.hosts.logins import Login, as_root
from blueprint.plan.archives import Archive
from blueprint.plan.hosts import HostSpec
from blueprint.plan.paths import TOOLS
from blueprint.rendering.scripts import join_words

GATE_TIMEOUT = "40m"
"""For a host to come up; bounds only the dialling, a script has its own limits."""


@dataclass(frozen=True, kw_only=True)
class HostAccess:
    """How one host is reached, whoever provided it."""

    spec: HostSpec
    user: str
    connection: pulumi.Input[remote.ConnectionArgs]
    login: pulumi.Input[Login]
    """How our own commands reach it."""
    identity: pulumi.Input[str]
    """Another value means another machine under the same name: all is made again."""
    boot_id: pulumi.Input[str]
    """Another value means that the host was rebooted, with what it holds."""
    machine: pulumi.Resource | None
    """What stands for the host; what runs on it needs no undoing when that goes."""
    after: Sequence[pulumi.Resource] = field(default=())
    """What must be there before anything is done on the host."""

    @property
    def name(self) -> str:
        """Return the host's name."""
        return self.spec.name

    def options(
        self,
        parent: pulumi.Resource,
        depends_on: Sequence[pulumi.Resource],
        *,
        timeout: str | None = None,
    ) -> pulumi.ResourceOptions:
        """Return the options that every resource on this host has."""
        return pulumi.ResourceOptions(
            parent=parent,
            depends_on=[*self.after, *depends_on],
            deleted_with=self.machine,
            delete_before_replace=True,
            custom_timeouts=pulumi.CustomTimeouts(create=timeout) if timeout else None,
        )

    def as_root(self, *words: str) -> str:
        """Return a command line that runs with root's rights."""
        return join_words(*as_root(self.user, *words))


def login_with(host_key: pulumi.Output[str], host: HostSpec, user: str) -> pulumi.Output[Login]:
    """Return the login of a host whose key is known once it is made."""
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
    logging: remote.Logging = remote.Logging.STDERR,
) -> remote.Command:
    """Make a host be in the state that `script` ensures, and undo it on destroy."""
    return remote.Command(
        name,
        connection=host.connection,
        create=host.as_root("bash", "-s", "ensure"),
        delete=host.as_root("bash", "-s", "remove"),
        stdin=script,
        triggers=[host.identity],
        logging=logging,
        add_previous_output_in_env=False,
        opts=options,
    )


def make_first_contact(
    name: str, host: HostAccess, script: pulumi.Input[str], parent: pulumi.Resource
) -> remote.Command:
    """Make a machine that may still be booting say who it is; asked anew when `script` changes.

    It has no trigger, since what it prints is the identity that others are triggered by, and
    nothing to undo.
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
    """A file: where, who may read it, and its exact text."""

    path: PurePosixPath
    mode: str
    owner: str
    text: pulumi.Input[str]
    former_paths: Sequence[PurePosixPath] = field(default=())
    """Where an earlier update may have put it."""


def make_file(
    name: str, host: HostAccess, file: RemoteFile, options: pulumi.ResourceOptions
) -> remote.Command:
    """Make a file equal to its text; its standard output is `{"sha", "writes"}`.

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
    name: str, host: HostAccess, archive: Archive, path: str, options: pulumi.ResourceOptions
) -> remote.CopyToRemote:
    """Upload the archive from a path of this project into the host's cache."""
    return remote.CopyToRemote(
        name,
        connection=host.connection,
        source=pulumi.FileAsset(path),
        remote_path=archive.cached,
        triggers=[host.identity],
        opts=options,
    )
