"""What is made once on this computer, and is nowhere but in the state, encrypted."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_command import local

from blueprint.hosts.ssh_keys import MAKE_KEY_PAIR, parse_key_pair
from blueprint.rendering.console import MAKE_LOGIN, Password, parse_password


def make_secret(
    name: str, script: str, parent: pulumi.Resource, triggers: Sequence[int] | None = None
) -> pulumi.Output[str]:
    """Run a script once and return, sealed, what it printed; other triggers run it anew."""
    made = local.Command(
        name,
        create="bash -s",
        stdin=script,
        triggers=triggers,
        logging=local.Logging.NONE,
        add_previous_output_in_env=False,
        # No delete: nothing of it is left outside the state.
        opts=pulumi.ResourceOptions(
            parent=parent,
            additional_secret_outputs=["stdout", "stderr"],
            # Another way of making it is no reason to change the one in use.
            ignore_changes=["create", "stdin"],
        ),
    )
    return pulumi.Output.secret(made.stdout)


class ConsolePassword(pulumi.ComponentResource):
    """One password; another generation is another one."""

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
    """One ed25519 key pair; the private half is never on a disk of this computer."""

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
