"""The whole cluster; the only component that spans hosts."""

from typing import ClassVar

import pulumi

from blueprint.plan.archives import Programs
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.memory import Kind
from components.hosts.over_ssh import Hosts
from components.hosts.prepared_host import PreparedHost
from components.services.console import Console
from components.services.install import RocketmqInstall
from components.services.processes import Broker, Controller, NameServer, Proxy, RocketmqProcess
from components.services.roll_out import RollOut
from components.services.verification import Verification

COMPONENTS: dict[Kind, type[RocketmqProcess]] = {
    Kind.NAME_SERVER: NameServer,
    Kind.CONTROLLER: Controller,
    Kind.BROKER: Broker,
    Kind.PROXY: Proxy,
}


class Cluster(pulumi.ComponentResource):
    """Prepare hosts, install RocketMQ, start all processes, make them ready in order, verify."""

    TYPE: ClassVar[str] = "rocketmq:cluster:Cluster"
    verified: pulumi.Output[str]
    console_password: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        cluster: ClusterSpec,
        hosts: Hosts,
        programs: Programs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        prepared = {host.name: PreparedHost(host, cluster, opts=child) for host in hosts.hosts}
        installs = {
            name: RocketmqInstall(f"{name}-rocketmq", host, cluster, programs.rocketmq, opts=child)
            for name, host in prepared.items()
        }
        processes = [
            COMPONENTS[process.kind](
                cluster, process, prepared[process.host.name], installs[process.host.name], child
            )
            for process in cluster.processes
        ]
        roll_out = RollOut(f"{name}-roll-out", cluster, processes, opts=child)
        verification = Verification(
            f"{name}-verification",
            tuple(prepared.values()),
            tuple(installs.values()),
            roll_out.steps,
            opts=child,
        )
        self.verified = verification.report
        self.console_password = None
        if cluster.console is not None and programs.console is not None:
            console = Console(cluster, cluster.console, programs.console, verification, child)
            self.console_password = console.password
        self.register_outputs(
            {
                "namesrvAddr": cluster.name_server_list,
                "scheme": cluster.scheme.value,
                "replicas": cluster.replicas,
                "controllers": [controller.name for controller in cluster.controllers],
            }
        )
