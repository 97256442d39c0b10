"""What `make up` and `make down` do with servers of provider `existing` before the engine runs."""

import os
import sys
from collections.abc import Callable, Collection, Iterable
from functools import partial

from blueprint.errors import ClusterError
from blueprint.hosts.identity import identity_of, is_of_another_key
from blueprint.hosts.logins import Login, plan_logins
from blueprint.load import Preflight, load_plan, load_settings
from blueprint.plan.cluster_spec import ClusterSpec
from blueprint.plan.paths import HOME
from blueprint.rendering.scripts import render_gate
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.hosts import ExistingHostsSettings, ExistingServerSettings
from cli.engine.deployment import deployed_state_in, resources_in
from cli.engine.engine import Engine
from cli.engine.prune import identities_in, prune_state
from cli.engine.stack_folder import StackFolder
from cli.errors import CommandError
from cli.processes import ask_together
from cli.ssh.connection import agent_with, command_as_root, read_logins
from cli.ssh.probe import Answer, probe
from preflight.archives import find_archive_problems
from preflight.login_key import find_agent_problems, find_key_problems, read_login_key
from system.progress import progress

EXISTING = "existing"
PURGES = 'touch "$purge"'
"""In the script of a host's preparation only if the host's message stores are to be purged."""

ABOUT_SECONDS = 5
"""For servers that answer; one that does not is asked again for up to a minute."""

BY_HAND = (
    "systemctl disable --now 'rocketmq-*'; "
    "rm -rf /etc/systemd/system/rocketmq-* /usr/local/lib/rocketmq-pulumi "
    "/var/lib/rocketmq-pulumi-host /var/cache/rocketmq-pulumi "
    f"{HOME}/{{conf,home,versions}}; systemctl daemon-reload"
)


def require_usable(engine: Engine, folder: StackFolder) -> None:
    """Run the gate's check on every server; it changes nothing there.

    Raises:
        ClusterError: one line for each server that cannot be used.

    """
    archive = partial(find_archive_problems, stack=folder.stack)
    checks = (archive, find_key_problems, find_agent_problems)
    deployed = deployed_state_in(engine.export())
    settings, cluster = load_plan(folder.cluster(), deployed, Preflight(checks=checks))
    hosts = existing_hosts(settings)
    logins = plan_logins(hosts)
    what = f"stack {folder.stack}: checks of {len(logins)} servers, which change nothing"
    with progress(what, ABOUT_SECONDS), agent_with(read_login_key(hosts), logins) as ssh:
        _raise_problems(answer.problem for answer in probe(ssh, logins, folder.stack))
        _raise_problems(_gate_problems(ssh, logins, cluster))
    # With another host key nothing can be undone there, and after a reinstallation nothing is left
    # to undo. Everything is installed again; leftovers stay as they are.
    _prune_where(engine, hosts, lambda identity, server: identity != identity_of(server))
    # The engine will remove what is on servers that left the settings, unless they are gone.
    part_from_gone(engine, folder, besides=[login.host for login in logins])


def part_from_gone(
    engine: Engine, folder: StackFolder, *, besides: Collection[str] = ()
) -> tuple[str, ...]:
    """Forget what is on servers that no longer answer; return their names.

    Raises:
        CommandError: a server answers, but refuses the login.

    """
    if not besides:
        _prune_rekeyed(engine, folder)
    stored = engine.export()
    identities = {h: found for h, found in identities_in(stored).items() if h not in besides}
    if not identities:
        return ()
    logins, key = _known_logins(folder, engine.outputs())
    asked = tuple(login for login in logins if login.host in identities)
    if not asked:
        return ()
    what = f"stack {folder.stack}: asking {len(asked)} servers whether they are still there"
    with progress(what, ABOUT_SECONDS), agent_with(key, asked) as ssh:
        answers = probe(ssh, asked, folder.stack)
    _raise_problems(answer.problem for answer in answers if not answer.gone)
    gone = tuple(answer.login.host for answer in answers if answer.gone)
    for answer in answers:
        if answer.gone:
            prune_state(stored, identities[answer.login.host])
            sys.stderr.write(_gone_notice(answer, folder.stack))
    if gone:
        engine.replace_deployment(stored)
    return gone


def keeps_stores(engine: Engine, folder: StackFolder) -> bool:
    """Return whether a destroy keeps message stores; warn if the settings want them purged."""
    scripts = [
        str((resource.get("inputs") or {}).get("stdin"))
        for resource in resources_in(engine.export())
        if resource["urn"].endswith("-preparation")
    ]
    keeps = any(PURGES not in script for script in scripts)
    if keeps and folder.cluster().get("purgeData") is True:
        sys.stderr.write(
            f"stack {folder.stack}: purgeData: true is not applied yet, so the message stores "
            f"stay; make up STACK={folder.stack} applies it\n"
        )
    return keeps


def leave_agent_alone(folder: StackFolder) -> None:
    """Hide the user's agent from connections that have a key: a dead agent would break them."""
    provider = folder.provider()
    hosts = folder.cluster()["hosts"] if provider else {}
    key = hosts.get("key")
    by_file = isinstance(key, dict) and key.get("source") == "file"
    if provider in {"nspawn", "libvirt"} or (provider == EXISTING and by_file):
        os.environ.pop("SSH_AUTH_SOCK", None)


def existing_hosts(settings: ClusterSettings) -> ExistingHostsSettings:
    """Return the hosts of settings with provider `existing`."""
    if not isinstance(settings.hosts, ExistingHostsSettings):
        message = f"cluster.hosts.provider: {settings.hosts.provider!r} is not {EXISTING!r}"
        raise CommandError(message)
    return settings.hosts


def _hosts_settings(folder: StackFolder) -> ExistingHostsSettings:
    preflight = Preflight(checks=(find_key_problems, find_agent_problems))
    return existing_hosts(load_settings(folder.cluster(), preflight))


def _known_logins(
    folder: StackFolder, outputs: dict[str, object]
) -> tuple[tuple[Login, ...], str | None]:
    """Return the logins and private key last applied, and for other servers those of the settings.

    A failed first update leaves resources on servers, but no outputs.
    """
    logins: dict[str, Login] = {}
    key: str | None = None
    try:
        hosts = _hosts_settings(folder)
        logins = {login.host: login for login in plan_logins(hosts)}
        key = read_login_key(hosts)
    except ClusterError:
        if "logins" not in outputs:
            raise
    if "logins" in outputs:
        logins |= {login.host: login for login in read_logins(outputs, folder.stack)}
        sealed = outputs.get("sshPrivateKey")
        key = None if sealed is None else str(sealed)
    return tuple(logins.values()), key


def _gate_problems(
    ssh: tuple[str, ...], logins: tuple[Login, ...], cluster: ClusterSpec
) -> Iterable[str]:
    """Run the script of the gate in its mode that changes nothing."""
    hosts = {host.name: host for host in cluster.hosts}
    commands, scripts = [], []
    for login in logins:
        commands.append(command_as_root(ssh, login, "bash", "-s", "check"))
        scripts.append(render_gate(cluster, hosts[login.host], login.user))
    for login, report in zip(logins, ask_together(commands, texts=scripts), strict=True):
        if report.returncode == 0:
            continue
        lines = report.stderr.strip().splitlines() or [f"exit status {report.returncode}"]
        named = [line for line in lines if line.startswith(f"{login.host}: ")]
        yield named[-1] if named else f"{login.host}: the gate failed: {lines[-1]}"


def _prune_rekeyed(engine: Engine, folder: StackFolder) -> None:
    """Forget what was installed under another host key; under the same, it can be undone."""
    try:
        hosts = _hosts_settings(folder)
    except ClusterError:
        return
    _prune_where(engine, hosts, is_of_another_key)


def _prune_where(
    engine: Engine,
    hosts: ExistingHostsSettings,
    is_former: Callable[[str, ExistingServerSettings], bool],
) -> None:
    """Forget what was installed on servers under a former host key or generation."""
    stored = engine.export()
    recorded = identities_in(stored)
    pruned = 0
    for server in hosts.servers:
        known = recorded.get(server.name, set())
        former = {identity for identity in known if is_former(identity, server)}
        if former:
            pruned += prune_state(stored, former)
            sys.stderr.write(
                f"{server.name}: has another host key or generation than at the last make up; "
                "what was installed there was dropped from the state but not uninstalled\n"
            )
    if pruned:
        engine.replace_deployment(stored)


def _gone_notice(answer: Answer, stack: str) -> str:
    return (
        f"{answer.problem}. Dropped from the state; the installation stays on the server. "
        "If it comes back: "
        f"make up STACK={stack}, then make down STACK={stack}; "
        f"or as root, by hand: {BY_HAND} (message stores: {HOME}/store)\n"
    )


def _raise_problems(problems: Iterable[str]) -> None:
    found = [problem for problem in problems if problem]
    if found:
        raise CommandError("\n".join(found))
