"""RocketMQ's archive on a host, verified and unpacked."""

from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.plan.archives import Archive
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.deployed import INSTALL_TYPE, unpacked_name
from blueprint.rendering.scripts import render_install
from components.hosts.over_ssh import make_state, make_upload
from components.hosts.prepared_host import PreparedHost


class RocketmqInstall(pulumi.ComponentResource):
    """The archive, uploaded unless the host downloads it, unpacked under versions/."""

    TYPE: ClassVar[str] = INSTALL_TYPE
    archive: Archive
    installed: remote.Command

    def __init__(
        self,
        name: str,
        host: PreparedHost,
        cluster: ClusterSpec,
        archive: Archive,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(self.TYPE, name, None, opts)
        self.archive = archive
        access = host.access
        after_gate = access.options(self, [host.gate])
        uploads = make_upload(f"{name}-upload", access, archive, after_gate)
        self.installed = make_state(
            unpacked_name(name),
            access,
            render_install(cluster, access.spec, archive),
            access.options(self, [host.ready, *uploads]),
        )
        self.register_outputs({"version": cluster.version})
