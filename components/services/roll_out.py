"""The chain that restarts processes whose files changed, and waits for one after another."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.rendering.scripts import render_step
from components.hosts.over_ssh import make_state
from components.services.processes import RocketmqProcess


class RollOut(pulumi.ComponentResource):
    """One step per process, in the order of readiness; the first failure stops the rest."""

    TYPE: ClassVar[str] = "rocketmq:roll_out:RollOut"
    steps: tuple[remote.Command, ...]

    def __init__(
        self,
        name: str,
        cluster: ClusterSpec,
        processes: Sequence[RocketmqProcess],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        steps: list[remote.Command] = []
        services = [process.service for process in processes]
        for process in processes:
            # All JVMs start in parallel; only then is the first one checked.
            before = [process.host.plan, *services, *steps[-1:]]
            steps.append(self._step(cluster, process, before))
        self.steps = tuple(steps)
        self.register_outputs({})

    def _step(
        self, cluster: ClusterSpec, process: RocketmqProcess, before: Sequence[pulumi.Resource]
    ) -> remote.Command:
        host = process.host.access
        printed = pulumi.Output.all(*(file.stdout for file in process.files))
        script = printed.apply(
            lambda files: render_step(cluster, process.process, files, host.spec.startup_seconds)
        )
        return make_state(f"{process.process.name}-step", host, script, host.options(self, before))
