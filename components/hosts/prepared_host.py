"""A host that passed the gate and has what every process on it needs."""

from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.paths import PLAN
from blueprint.rendering.plan_file import render_plan
from blueprint.rendering.scripts import render_gate, render_preparation, render_tools
from components.hosts.over_ssh import GATE_TIMEOUT, HostAccess, RemoteFile, make_file, make_state


class PreparedHost(pulumi.ComponentResource):
    """Run the gate; install our tools; set up user, directories, names, Java; write the plan."""

    TYPE: ClassVar[str] = "rocketmq:prepared_host:PreparedHost"
    access: HostAccess
    gate: remote.Command
    tools: remote.Command
    ready: remote.Command
    plan: remote.Command

    def __init__(
        self,
        host: HostAccess,
        cluster: ClusterSpec,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, host.name, None, opts)
        self.access = host
        name = host.name
        options = host.options(self, [])
        options.custom_timeouts = pulumi.CustomTimeouts(create=GATE_TIMEOUT)
        gate = render_gate(cluster, host.spec, host.user)
        self.gate = make_state(f"{name}-gate", host, gate, options)
        self.tools = make_state(
            f"{name}-tools", host, render_tools(host.spec), host.options(self, [self.gate])
        )
        self.ready = make_state(
            f"{name}-preparation",
            host,
            render_preparation(cluster, host.spec),
            host.options(self, [self.tools]),
        )
        plan = RemoteFile(path=PLAN, text=render_plan(cluster))
        self.plan = make_file(f"{name}-plan", host, plan, host.options(self, [self.ready]))
        self.register_outputs({"address": host.spec.address})
