"""Verify, at the end of every update, that the cluster is the planned one and works."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.rendering.scripts import render_verification
from components.hosts.over_ssh import make_state
from components.hosts.prepared_host import PreparedHost
from components.services.install import RocketmqInstall
from remoting.verification.report import parse_report, render_line


class Verification(pulumi.ComponentResource):
    """Checks each host's processes, registrations and replicas, and sends a message per group.

    The output of every earlier step is an input, so it runs again whenever anything changed.
    """

    TYPE: ClassVar[str] = "rocketmq:verification:Verification"
    hosts: Sequence[PreparedHost]
    report: pulumi.Output[str]
    """One line per host."""
    made: tuple[remote.Command, ...]
    """One per host; each prints its report as JSON."""

    def __init__(
        self,
        name: str,
        hosts: Sequence[PreparedHost],
        installs: Sequence[RocketmqInstall],
        steps: Sequence[remote.Command],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        self.hosts = hosts
        before = [
            *(made for host in hosts for made in (host.gate, host.tools, host.ready, host.plan)),
            *(install.installed for install in installs),
            *steps,
        ]
        boot_ids = [host.access.boot_id for host in hosts]
        texts = (text for made in before for text in (made.stdin, made.stdout))
        printed = pulumi.Output.all(*boot_ids, *texts).apply(lambda texts: [str(t) for t in texts])
        self.made = tuple(self._verify(host, printed, before) for host in hosts)
        texts_made = pulumi.Output.all(*(made.stdout for made in self.made))
        self.report = texts_made.apply(
            lambda texts: "\n".join(render_line(parse_report(text)) for text in texts)
        )
        self.register_outputs({"report": self.report})

    def _verify(
        self,
        prepared: PreparedHost,
        printed: pulumi.Output[list[str]],
        before: Sequence[remote.Command],
    ) -> remote.Command:
        host = prepared.access
        return make_state(
            f"{host.name}-verification",
            host,
            printed.apply(
                lambda outputs: render_verification(host.spec, outputs, host.spec.startup_seconds)
            ),
            host.options(self, before),
        )
