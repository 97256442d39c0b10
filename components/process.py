"""What all processes of RocketMQ have in common: two files and a service."""

from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.rendering import render_configuration, render_unit
from blueprint.scripts import render_service
from blueprint.specs import ClusterSpec, Process
from components.over_ssh import RemoteFile, make_file, make_state
from components.prepared_host import PreparedHost
from components.rocketmq_install import RocketmqInstall


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
        access = host.access
        properties = RemoteFile(
            path=process.paths.conf_file,
            mode="0640",
            owner="root:rocketmq",
            text=render_configuration(cluster, process),
            former_paths=cluster.former_conf_files(process),
        )
        unit = RemoteFile(
            path=process.paths.unit_file,
            mode="0644",
            owner="root:root",
            text=render_unit(cluster, process, install.archive.sha512),
        )
        self.files = (
            self._file("properties", properties),
            self._file("unit", unit),
        )
        before = [*self.files, install.installed, host.plan]
        self.service = make_state(
            f"{process.name}-service",
            access,
            render_service(process),
            access.options(self, before),
        )
        self.register_outputs({"address": process.address, **process.seat})

    def _file(self, role: str, file: RemoteFile) -> remote.Command:
        access = self.host.access
        name = f"{self.process.name}-{role}"
        return make_file(name, access, file, access.options(self, [self.host.ready]))
