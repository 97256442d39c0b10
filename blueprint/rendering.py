"""Every text that lands on a host, from a spec and a template."""

import shlex
from pathlib import Path
from typing import Any

import jinja2

from blueprint.broker_properties import plan_broker_properties
from blueprint.errors import RenderError
from blueprint.java_command import render_java_command
from blueprint.memory import Kind
from blueprint.paths import PLAN, REMOTING, RUNTIME, TOOLS, version_directory
from blueprint.specs import BrokerSpec, ClusterSpec, HostSpec, Process

TEMPLATES = Path(__file__).parent.parent / "templates"
NEVER_MS = 4102444800000
"""The year 2100, in RocketMQ's milliseconds."""

DRAINED = ("brokerPermission=4", f"startAcceptSendRequestTimeStamp={NEVER_MS}")
"""What a master boots with besides: no new producer finds it, and one that knows it is refused."""

# No autoescape: what is rendered is properties, units and shell, never HTML.
_ENVIRONMENT = jinja2.Environment(  # noqa: S701 (see above)
    loader=jinja2.FileSystemLoader(TEMPLATES),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["quote"] = lambda value: shlex.quote(str(value))


def render(template: str, /, **values: Any) -> str:  # noqa: ANN401 (a template takes any value)
    """Return the text of a template under templates/.

    Raises:
        RenderError: the template asks for a value that is not given.

    """
    try:
        return _ENVIRONMENT.get_template(template).render(**values)
    except jinja2.UndefinedError as missing:
        message = f"templates/{template}: {missing.message}; give it where it is rendered"
        raise RenderError(message) from missing


def render_configuration(cluster: ClusterSpec, process: Process) -> str:
    """Return the text of a process's configuration file."""
    if isinstance(process, BrokerSpec):
        paragraphs = plan_broker_properties(cluster, process)
        return render("broker.properties.j2", broker=process, paragraphs=paragraphs)
    template = {
        Kind.NAME_SERVER: "namesrv.properties.j2",
        Kind.CONTROLLER: "controller.properties.j2",
        Kind.PROXY: "rmq-proxy.json.j2",
    }[process.kind]
    return render(template, process=process, cluster=cluster)


def guard_unit(cluster: ClusterSpec, process: Process) -> str | None:
    """Return the unit that guards a master; None for what boots without a drain."""
    if isinstance(process, BrokerSpec) and cluster.is_guarded(process):
        return f"rocketmq-guard@{process.paths.instance}.service"
    return None


def render_unit(cluster: ClusterSpec, process: Process, archive_sha512: str) -> str:
    """Return the systemd unit of a process; another archive is another text, so it restarts."""
    paths = process.paths
    guard = guard_unit(cluster, process)
    before_start = [paths.conf_file, paths.runtime_conf, paths.started_from, paths.unit_file]
    writable = [paths.user_home] + ([paths.store] if paths.store else [])
    return render(
        "process.service.j2",
        process=process,
        paths=paths,
        version_directory=version_directory(cluster.version),
        archive=archive_sha512[:16],
        tools=TOOLS,
        before_start_arguments=" ".join([*map(str, before_start), *(DRAINED if guard else ())]),
        command=render_java_command(cluster, process),
        guard_unit=guard,
        writable=" ".join(map(str, writable)),
    )


def render_guard_unit(host: HostSpec) -> str:
    """Return the unit, one instance per master, that lifts the drain after a start."""
    return render(
        "guard.service.j2",
        remoting=REMOTING,
        plan=PLAN,
        runtime=RUNTIME,
        request_seconds=host.request_seconds,
    )
