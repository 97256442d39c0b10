"""What is made once on this computer, and is nowhere but in the state, encrypted."""

from collections.abc import Sequence

import pulumi
from pulumi_command import local


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
