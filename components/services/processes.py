"""What all processes of RocketMQ have in common: two files and a service."""

from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.processes import Process
from blueprint.rendering.processes import render_configuration, render_unit
from blueprint.rendering.scripts import render_service
from components.hosts.over_ssh import RemoteFile, make_file, make_state
from components.hosts.prepared_host import PreparedHost
from components.services.install import RocketmqInstall


class RocketmqProcess(pulumi.ComponentResource):
    """Its configuration and unit on its host, then the service, enabled and running.

    A change of a file does not restart it: the roll-out's step does, in its turn.
    """

    TYPE: ClassVar[str]
    process: Process
    host: PreparedHost
    files: tuple[remote.Command, remote.Command]
    service: pulumi.Resource

    def __init__(
        self,
        cluster: ClusterSpec,
        process: Process,
        host: PreparedHost,
        install: RocketmqInstall,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, process.name, None, opts)
        self.process, self.host = process, host
        properties = RemoteFile(
            path=process.paths.conf_file,
            mode="0640",
            owner="root:rocketmq",
            text=render_configuration(cluster, process),
            former_paths=cluster.former_conf_files(process),
        )
        unit = RemoteFile(
            path=process.paths.unit_file,
            text=render_unit(cluster, process, install.archive.sha512),
        )
        self.files = (self._file("properties", properties), self._file("unit", unit))
        options = host.access.options(self, [*self.files, install.installed, host.plan])
        self.service = make_state(
            f"{process.name}-service", host.access, render_service(process), options
        )
        self.register_outputs({"address": process.address, **process.placement})

    def _file(self, role: str, file: RemoteFile) -> remote.Command:
        access = self.host.access
        name = f"{self.process.name}-{role}"
        return make_file(name, access, file, access.options(self, [self.host.ready]))


class Broker(RocketmqProcess):
    """A master, which takes messages, or a slave, which copies its master's."""

    TYPE: ClassVar[str] = "rocketmq:broker:Broker"


class Controller(RocketmqProcess):
    """Decides, with the other controllers, which replica of a group is its master."""

    TYPE: ClassVar[str] = "rocketmq:controller:Controller"


class NameServer(RocketmqProcess):
    """Knows which broker is where; shares nothing with the other name servers."""

    TYPE: ClassVar[str] = "rocketmq:name_server:NameServer"


class Proxy(RocketmqProcess):
    """Speaks gRPC to clients of the 5.x SDKs, and to the cluster for them."""

    TYPE: ClassVar[str] = "rocketmq:proxy:Proxy"
