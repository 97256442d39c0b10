"""Key pairs, made once and kept encrypted in the stack's state."""

from typing import ClassVar

import pulumi
from pulumi_command import local

from blueprint.key_pair import MAKE_KEY_PAIR, parse_key_pair


class SshKeyPair(pulumi.ComponentResource):
    """One ed25519 key pair; the private half is never on a disk of this computer."""

    TYPE: ClassVar[str] = "rocketmq:ssh:SshKeyPair"
    private_key: pulumi.Output[str]
    public_key: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.TYPE, name, None, opts)
        made = local.Command(
            f"{name}-pair",
            create="bash -s",
            stdin=MAKE_KEY_PAIR,
            logging=local.Logging.NONE,
            add_previous_output_in_env=False,
            # No delete: nothing of the pair is left outside the state.
            opts=pulumi.ResourceOptions(
                parent=self,
                additional_secret_outputs=["stdout", "stderr"],
                # Another way of making keys is no reason to change those in use.
                ignore_changes=["create", "stdin"],
            ),
        )
        sealed: pulumi.Output[str] = pulumi.Output.secret(made.stdout)
        pair = sealed.apply(parse_key_pair)
        self.private_key = pair.apply(lambda pair: pair.private)
        self.public_key = pulumi.Output.unsecret(pair.apply(lambda pair: pair.public))
        self.register_outputs({"publicKey": self.public_key})
