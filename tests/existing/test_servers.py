"""A cluster on existing servers: refusals first, then its life cycle, in order."""

import contextlib
import re

import pytest
import yaml

from tests.existing.servers import ADDRESSES, USER
from tests.local.hosts import LiveHosts

pytestmark = pytest.mark.existing

SEND_OK = 0
MESSAGES = 100
MASTERS = ("broker-a", "broker-b")
HOME = "/usr/local/rocketmq"
# Written by the tests: the user's files, sshd's rule, and the backups of useradd.
NOT_INSTALLED = ("/home/", "/etc/ssh/", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")
LEFT = (
    f"ls -d {HOME}/* /usr/local/lib/rocketmq-pulumi /var/lib/rocketmq-pulumi-host "
    "/var/cache/rocketmq-pulumi /etc/systemd/system/*rocketmq* "
    "/etc/systemd/system/*/*rocketmq* /run/rocketmq/* /run/rocketmq-pulumi "
    "/run/lock/rocketmq-* 2>/dev/null; "
    "systemctl list-units --all --plain --no-legend 'rocketmq*'; pgrep -a java; "
    "grep -n rocketmq /etc/hosts; true"
)


def listings(servers):
    return {(name, line) for name in ADDRESSES for line in servers.listing(name)}


def paths(listing):
    return {(name, line.rsplit(maxsplit=5)[0]) for name, line in listing}


@contextlib.contextmanager
def broken(servers, name, *, by, repaired_by):
    servers.root(name, by)
    try:
        yield
    finally:
        servers.root(name, repaired_by)


LISTENING = "until ss -Hltn 'sport = :10911' | grep -q .; do sleep 0.1; done"
REFUSALS = {
    "a wrong host key": (
        None,
        rf"up: server2: {ADDRESSES['server2']} shows another host key .*make hostkeys.*",
    ),
    "a wrong user": (
        None,
        rf"up: server2: {ADDRESSES['server2']} does not let user nobody-here in .*",
    ),
    "no python3": (
        ("mv /usr/bin/python3 /usr/bin/python3.away", "mv /usr/bin/python3.away /usr/bin/python3"),
        r"up: server2: python3 is missing; install it: apt-get install -y python3",
    ),
    "a full disk": (
        ("mount -t tmpfs -o size=64m tmpfs /usr/local", "umount /usr/local"),
        rf"up: server2: {HOME} has 64 MiB free and 2048 MiB are needed to install; .*",
    ),
    "a busy port": (
        (
            f"systemd-run --quiet --unit=squatter python3 -m http.server 10911; {LISTENING}",
            "systemctl stop squatter",
        ),
        r"up: server2: port 10911 is taken by python3 with pid \d+; stop it, .*",
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_an_unusable_server_is_refused_in_one_line_and_nothing_changes(clone, servers, what):
    damage, line = REFUSALS[what]
    if what == "a wrong host key":
        clone.set_cluster(server2__hostKey=servers.public("server1"))
    elif what == "a wrong user":
        clone.set_cluster(server2__ssh={"user": "nobody-here"})
    else:
        clone.set_cluster()
    by, repaired_by = damage or ("true", "true")
    with broken(servers, "server2", by=by, repaired_by=repaired_by):
        before = listings(servers)
        done = clone.make("up")
        after = listings(servers)
    assert done.returncode != 0
    (refusal,) = clone.lines_about_the_stack(done)
    assert re.fullmatch(line, refusal), refusal
    assert before ^ after == set()


def test_a_plain_pulumi_up_stops_at_the_gate_and_installs_nothing(clone, servers):
    clone.set_cluster()
    _, repaired_by = REFUSALS["no python3"][0]
    with broken(servers, "server2", by=REFUSALS["no python3"][0][0], repaired_by=repaired_by):
        before = servers.listing("server2")
        done = clone.pulumi("up --yes --skip-preview --suppress-outputs")
        after = servers.listing("server2")
    assert done.returncode != 0
    assert "server2: python3 is missing; install it: apt-get install -y python3" in done.stdout
    assert set(before) ^ set(after) == set()


def test_hostkeys_prints_the_missing_keys_of_the_settings(clone, servers):
    settings = servers.settings()
    for server in settings["config"]["rocketmq:cluster"]["hosts"]["servers"]:
        del server["hostKey"]
    clone.settings_file.write_text(yaml.safe_dump(settings))
    done = clone.make("hostkeys")
    assert done.returncode == 0, done.stdout
    printed = yaml.safe_load(done.stdout)
    assert printed == {
        "servers": [{"name": name, "hostKey": servers.public(name)} for name in ADDRESSES]
    }
    assert done.stdout.count("# SHA256:") == 2


@pytest.fixture(scope="module")
def untouched(servers):
    """The paths on both servers before anything is installed."""
    return paths(listings(servers))


@pytest.fixture(scope="module")
def up(clone, untouched):
    assert untouched
    clone.set_cluster()
    done = clone.make("up")
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


@pytest.fixture(scope="module")
def live(up, clone, tmp_path_factory):
    assert up
    return LiveHosts(clone.outputs(), tmp_path_factory.mktemp("login"))


def test_up_as_a_user_with_sudo_ends_verified(up):
    assert f"OK: stack elsewhere, namesrvAddr {ADDRESSES['server1']}:9876;" in up


@pytest.mark.usefixtures("up")
def test_a_second_up_changes_nothing(clone):
    done = clone.pulumi("up --yes --skip-preview --expect-no-changes")
    assert done.returncode == 0, done.stdout
    assert clone.make("verify").returncode == 0


def test_both_masters_acknowledge_messages(live):
    live.create_topic("orders")
    for master in MASTERS:
        codes = [result.code for result in live.send(master, "orders", MESSAGES)]
        assert codes == [SEND_OK] * MESSAGES
        assert live.count(master, "orders") == MESSAGES


@pytest.mark.usefixtures("live")
def test_switching_to_a_bastion_and_an_agent_restarts_nothing(clone, servers, agent):
    before = {name: servers.pids(name) for name in ADDRESSES}
    # From now on, only the test can log in directly.
    only = f"AllowUsers root {USER}@{ADDRESSES['server1']}"
    servers.root(
        "server2", f"echo '{only}' >/etc/ssh/sshd_config.d/00-users.conf; systemctl reload ssh"
    )
    assert "does not let user ops in" in clone.make("up").stdout
    bastion = {"address": ADDRESSES["server1"], "hostKey": servers.public("server1")}
    clone.environment["SSH_AUTH_SOCK"] = agent
    clone.set_cluster(key="agent", bastion=bastion, server2__generation=2)
    assert "(as in the settings)" in clone.make("hostkeys").stdout
    done = clone.make("up")
    assert done.returncode == 0, done.stdout[-6000:]
    assert "server2: has another host key or generation" in done.stdout
    assert "OK: stack elsewhere" in done.stdout
    assert {name: servers.pids(name) for name in ADDRESSES} == before
    assert clone.make("verify").returncode == 0
    shown = clone.make("ssh", "HOST=server2", "CMD=hostname; id -un")
    assert clone.lines_about_the_stack(shown) == ["server2", USER]
    body = servers.key_file.read_text().splitlines()[1]
    state = clone.pulumi("stack export --show-secrets").stdout
    assert "server2-gate" in state
    assert body not in state


def test_a_bastion_with_a_wrong_host_key_is_refused_in_one_line(clone, servers, agent):
    assert clone.environment["SSH_AUTH_SOCK"] == agent
    bastion = {"address": ADDRESSES["server1"], "hostKey": servers.public("server2")}
    clone.set_cluster(key="agent", bastion=bastion, server2__generation=2)
    (line,) = clone.lines_about_the_stack(clone.make("up"))
    assert line.startswith(f"up: bastion {ADDRESSES['server1']} shows another host key than")


def test_down_keeps_only_the_stores_and_is_not_blocked_by_a_lost_server(clone, servers, agent):
    assert clone.environment["SSH_AUTH_SOCK"] == agent
    bastion = {"address": ADDRESSES["server1"], "hostKey": servers.public("server1")}
    clone.set_cluster(key="agent", bastion=bastion, server2__generation=2)
    servers.kill("server2")
    done = clone.make("down")
    assert done.returncode == 0, done.stdout[-6000:]
    lines = [line for line in done.stdout.splitlines() if line.startswith("server2: ")]
    assert len(lines) == 1
    assert "no answer by SSH" in lines[0]
    assert "systemctl disable --now 'rocketmq-*'" in lines[0]
    assert f"nothing left but message stores in {HOME}/store, except on server2" in done.stdout
    assert servers.root("server1", LEFT).split() == [f"{HOME}/store"]
    assert servers.root("server1", "id -un rocketmq").strip() == "rocketmq"


def test_the_next_up_finds_every_message_and_purge_data_removes_the_stores(
    clone, servers, live, agent, untouched
):
    servers.start("server2")
    bastion = {"address": ADDRESSES["server1"], "hostKey": servers.public("server1")}
    clone.set_cluster(key="agent", bastion=bastion, purgeData=True)
    assert clone.environment["SSH_AUTH_SOCK"] == agent
    done = clone.make("up")
    assert done.returncode == 0, done.stdout[-6000:]
    for master in MASTERS:
        assert live.count(master, "orders") == MESSAGES
        assert len(live.read(master, "orders")) == MESSAGES
    done = clone.make("down")
    assert done.returncode == 0, done.stdout[-6000:]
    assert "stack elsewhere: nothing left\n" in done.stdout
    for name in ADDRESSES:
        assert servers.root(name, LEFT) == ""
        assert servers.root(name, "getent passwd rocketmq || echo none").strip() == "none"
    new = {path for _, path in paths(listings(servers)) - untouched}
    assert {path for path in new if not path.startswith(NOT_INSTALLED)} == set()
