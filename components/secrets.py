"""Secrets that are generated once on this computer and kept only in the state, encrypted."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_command import local

from blueprint.hosts.ssh_keys import MAKE_KEY_PAIR, parse_key_pair
from blueprint.rendering.console import MAKE_LOGIN, Password, parse_password


def make_secret(
    name: str, script: str, parent: pulumi.Resource, triggers: Sequence[int] | None = None
) -> pulumi.Output[str]:
    """Run a script once and return its output as a secret; changed triggers run it again."""
    made = local.Command(
        name,
        create="bash -s",
        stdin=script,
        triggers=triggers,
        logging=local.Logging.NONE,
        add_previous_output_in_env=False,
        # No delete: nothing exists outside the state.
        opts=pulumi.ResourceOptions(
            parent=parent,
            additional_secret_outputs=["stdout", "stderr"],
            # A changed script must not replace the secret in use.
            ignore_changes=["create", "stdin"],
        ),
    )
    return pulumi.Output.secret(made.stdout)


class ConsolePassword(pulumi.ComponentResource):
    """A password; another generation makes another one."""

    TYPE: ClassVar[str] = "rocketmq:console_password:ConsolePassword"
    password: pulumi.Output[Password]

    def __init__(
        self, name: str, generation: int, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        printed = make_secret(f"{name}-made", MAKE_LOGIN, self, [generation])
        self.password = printed.apply(parse_password)
        self.register_outputs({})


class SshKeyPair(pulumi.ComponentResource):
    """An ed25519 key pair whose private half is never written to disk."""

    TYPE: ClassVar[str] = "rocketmq:ssh:SshKeyPair"
    private_key: pulumi.Output[str]
    public_key: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.TYPE, name, None, opts)
        printed = make_secret(f"{name}-pair", MAKE_KEY_PAIR, self)
        pair = printed.apply(parse_key_pair)
        self.private_key = pair.apply(lambda pair: pair.private)
        self.public_key = pulumi.Output.unsecret(pair.apply(lambda pair: pair.public))
        self.register_outputs({"publicKey": self.public_key})
