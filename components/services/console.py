"""The console, started once the cluster is verified."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi
from pulumi_command import remote

from blueprint.plan.archives import Archive
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.paths import VERIFICATION
from blueprint.plan.processes import ConsoleSpec
from blueprint.rendering.console import (
    UPLOAD,
    Password,
    render_console_check,
    render_console_configuration,
    render_console_program,
    render_console_service,
    render_console_unit,
    render_login,
)
from blueprint.settings.console import ConsoleKind
from components.hosts.over_ssh import RemoteFile, make_file, make_state, make_upload
from components.secrets import ConsolePassword
from components.services.verification import Verification
from remoting.verification.report import parse_report, render_reports


class Console(pulumi.ComponentResource):
    """Program, files and service on the console's host; then a login from another host."""

    TYPE: ClassVar[str] = "rocketmq:console:Console"
    password: pulumi.Output[str]

    def __init__(
        self,
        cluster: ClusterSpec,
        console: ConsoleSpec,
        program: Archive,
        verification: Verification,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = console.name
        super().__init__(self.TYPE, name, None, opts)
        self._cluster, self._console, self._program = cluster, console, program
        self._verification = verification
        (self._host,) = (h for h in verification.hosts if h.access.name == console.host.name)
        child = pulumi.ResourceOptions(parent=self)
        generation = console.password_generation
        login = ConsolePassword(f"{name}-password", generation, child).password
        self.password = login.apply(lambda password: password.text)
        files = self._files(name, login)
        service = self._service(name, files)
        self._check(name, service)
        self.register_outputs({"url": console.url, "host": console.host.name})

    def _files(self, name: str, login: pulumi.Output[Password]) -> list[remote.Command]:
        console, cluster = self._console, self._cluster
        files = [
            self._file(
                f"{name}-unit",
                RemoteFile(
                    path=console.paths.unit_file,
                    text=render_console_unit(cluster, console, self._program),
                ),
            ),
            self._file(
                f"{name}-{console.console_kind.value}-login",
                RemoteFile(
                    path=console.login_file,
                    mode="0640",
                    owner="root:rocketmq",
                    text=login.apply(lambda password: render_login(console, password)),
                ),
            ),
        ]
        if console.console_kind is ConsoleKind.BUILTIN:
            configuration = RemoteFile(
                path=console.paths.conf_file,
                mode="0640",
                owner="root:rocketmq",
                text=render_console_configuration(cluster, console),
            )
            files.append(self._file(f"{name}-configuration", configuration))
        return files

    def _file(self, name: str, file: RemoteFile) -> remote.Command:
        access = self._host.access
        return make_file(name, access, file, access.options(self, [self._host.ready]))

    def _service(self, name: str, files: Sequence[remote.Command]) -> remote.Command:
        console, program = self._console, self._program
        access, verification = self._host.access, self._verification
        # The console rereads this file by itself, so a change of it causes no restart.
        record = RemoteFile(
            path=VERIFICATION,
            text=pulumi.Output.all(*(made.stdout for made in verification.made)).apply(
                lambda texts: render_reports(map(parse_report, texts))
            ),
        )
        recorded = self._file(f"{name}-verification", record)
        read = [*files, self._host.plan]
        printed = pulumi.Output.all(*(file.stdout for file in read))
        return make_state(
            f"{name}-service",
            access,
            printed.apply(
                lambda texts: render_console_service(
                    console, program, texts, console.host.startup_seconds
                )
            ),
            access.options(self, [self._installed(name), *read, recorded, *verification.made]),
        )

    def _installed(self, name: str) -> remote.Command:
        program, access = self._program, self._host.access
        after_gate = access.options(self, [self._host.gate])
        uploads = make_upload(UPLOAD, access, program, after_gate)
        return make_state(
            f"{name}-program",
            access,
            render_console_program(self._console, program),
            access.options(self, [self._host.ready, *uploads]),
        )

    def _check(self, name: str, service: remote.Command) -> None:
        """Log in from another host if there is one, because others must reach the console."""
        others = [host for host in self._verification.hosts if host is not self._host]
        client = (others or [self._host])[0].access
        console, cluster = self._console, self._cluster
        script = pulumi.Output.all(self.password, service.stdout).apply(
            lambda texts: render_console_check(cluster, console, client.spec, *texts)
        )
        make_state(f"{name}-check", client, script, client.options(self, [service]))
