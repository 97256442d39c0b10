"""The whole cluster; the only component that spans hosts."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi

from blueprint.plan.archives import Archive, Programs
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.memory import Kind
from blueprint.plan.processes import Process
from components.hosts.hosts import Hosts
from components.hosts.prepared_host import PreparedHost
from components.services.console import Console, ConsoleArgs
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
        self._prepared = {
            host.name: PreparedHost(host, cluster, opts=child) for host in hosts.hosts
        }
        self._installs = {
            host: RocketmqInstall(
                f"{host}-rocketmq", prepared, cluster, programs.rocketmq, opts=child
            )
            for host, prepared in self._prepared.items()
        }
        processes = [
            self._process(COMPONENTS[process.kind], cluster, process)
            for process in cluster.processes
        ]
        roll_out = RollOut(f"{name}-roll-out", cluster, processes, opts=child)
        prepared = tuple(self._prepared.values())
        installs = tuple(self._installs.values())
        verification = Verification(
            f"{name}-verification", prepared, installs, roll_out.steps, opts=child
        )
        self.verified = verification.report
        self.console_password = self._console(cluster, prepared, verification, programs.console)
        self.register_outputs(
            {
                "namesrvAddr": cluster.name_server_list,
                "scheme": cluster.scheme.value,
                "replicas": cluster.replicas,
                "controllers": [controller.name for controller in cluster.controllers],
            }
        )

    def _console(
        self,
        cluster: ClusterSpec,
        hosts: Sequence[PreparedHost],
        verification: Verification,
        program: Archive | None,
    ) -> pulumi.Output[str] | None:
        if cluster.console is None or program is None:
            return None
        args = ConsoleArgs(
            cluster=cluster,
            console=cluster.console,
            program=program,
            hosts=hosts,
            verification=verification,
        )
        options = pulumi.ResourceOptions(parent=self)
        return Console(cluster.console.name, args, options).password

    def _process(
        self, kind: type[RocketmqProcess], cluster: ClusterSpec, process: Process
    ) -> RocketmqProcess:
        host = process.host.name
        return kind(
            cluster,
            process,
            self._prepared[host],
            self._installs[host],
            opts=pulumi.ResourceOptions(parent=self),
        )
