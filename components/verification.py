"""The proof, at the end of every change, that the cluster is the planned one and works."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.scripts import render_verification
from components.over_ssh import make_state
from components.prepared_host import PreparedHost


class Verification(pulumi.ComponentResource):
    """Each host's processes, registrations and replicas, and a message through each master."""

    TYPE: ClassVar[str] = "rocketmq:verification:Verification"
    report: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        hosts: Sequence[PreparedHost],
        steps: Sequence[remote.Command],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        printed = pulumi.Output.all(*(step.stdout for step in steps))
        reports = [self._verify(host, printed, steps) for host in hosts]
        self.report = pulumi.Output.all(*(report.stdout for report in reports)).apply("\n".join)
        self.register_outputs({"report": self.report})

    def _verify(
        self,
        prepared: PreparedHost,
        printed: pulumi.Output[list[str]],
        steps: Sequence[remote.Command],
    ) -> remote.Command:
        host = prepared.access
        return make_state(
            f"{host.name}-verification",
            host,
            printed.apply(
                lambda outputs: render_verification(host.spec, outputs, host.startup_seconds)
            ),
            host.options(self, [prepared.plan, *steps]),
            logging=remote.Logging.STDOUT_AND_STDERR,
        )
