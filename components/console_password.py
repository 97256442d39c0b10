"""The console's password, made once and kept encrypted in the stack's state."""

from typing import ClassVar

import pulumi

from blueprint.console_login import MAKE_LOGIN, Password, parse_password
from components.local_secret import make_secret


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
