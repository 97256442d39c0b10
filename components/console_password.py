"""The console's password, made once and kept encrypted in the stack's state."""

from typing import ClassVar

import pulumi
from pulumi_command import local

from blueprint.console_login import MAKE_LOGIN, Password, parse_password


class ConsolePassword(pulumi.ComponentResource):
    """One password; another generation is another one."""

    TYPE: ClassVar[str] = "rocketmq:console_password:ConsolePassword"
    password: pulumi.Output[Password]

    def __init__(
        self, name: str, generation: int, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        made = local.Command(
            f"{name}-made",
            create="bash -s",
            stdin=MAKE_LOGIN,
            triggers=[generation],
            logging=local.Logging.NONE,
            add_previous_output_in_env=False,
            # No delete: nothing of it is left outside the state.
            opts=pulumi.ResourceOptions(
                parent=self,
                additional_secret_outputs=["stdout", "stderr"],
                # Another way of making passwords is no reason to change the one in use.
                ignore_changes=["create", "stdin"],
            ),
        )
        sealed: pulumi.Output[str] = pulumi.Output.secret(made.stdout)
        self.password = sealed.apply(parse_password)
        self.register_outputs({})
