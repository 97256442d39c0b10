"""Key pairs, made once and kept encrypted in the stack's state."""

from typing import ClassVar

import pulumi

from blueprint.key_pair import MAKE_KEY_PAIR, parse_key_pair
from components.local_secret import make_secret


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
