"""A cluster on machines of this computer does what the README promises."""

import json
import re
import subprocess
import threading
from pathlib import Path

import pytest

from blueprint.rocketmq.versions import DEFAULT_VERSION, maven_sha512
from tests.local.clone import Clone
from tests.local.hosts import LiveHosts

pytestmark = pytest.mark.local

SEND_OK = 0
FLUSH_SLAVE_TIMEOUT = 12
CLIENT = Path(__file__).parent / "client" / "Exchange.java"


def test_up_ends_verified_and_prints_the_endpoints(clone: Clone):
    assert "OK: stack live, namesrvAddr 10.98.65.151:9876;10.98.65.152:9876" in clone.first_up
    assert len(re.findall(r"verified server[12] at 20\S+Z .*: 3 processes", clone.first_up)) >= 4


def test_the_git_tree_is_clean_after_up(clone: Clone):
    assert clone.git_changes() == ""


def test_four_brokers_and_both_name_servers_are_exported(hosts: LiveHosts):
    assert hosts.outputs["namesrvAddr"] == "10.98.65.151:9876;10.98.65.152:9876"
    assert [(b["name"], b["role"], b["host"], b["address"]) for b in hosts.outputs["brokers"]] == [
        ("broker-a", "SYNC_MASTER", "server1", "10.98.65.151:10911"),
        ("broker-b", "SYNC_MASTER", "server2", "10.98.65.152:10911"),
        ("broker-a-s", "SLAVE", "server2", "10.98.65.152:11911"),
        ("broker-b-s", "SLAVE", "server1", "10.98.65.151:11911"),
    ]


def test_a_second_up_changes_nothing(clone: Clone):
    done = clone.pulumi("up --yes --skip-preview --expect-no-changes")
    assert done.returncode == 0, done.stdout
    assert "73 unchanged" in done.stdout


def test_a_preview_shows_each_brokers_changed_line_and_touches_no_host(
    clone: Clone, hosts: LiveHosts
):
    files = "stat -c '%n %Y %i' /usr/local/rocketmq/conf/*/* /etc/systemd/system/rocketmq-*"
    count_logins = "journalctl -u ssh -o cat | grep -c 'Accepted publickey'"
    before = [hosts.run(host, files) for host in ("server1", "server2")]
    logins = int(hosts.run("server1", count_logins))
    clone.change(brokerProperties={"deleteWhen": "04", "fileReservedTime": 72})
    try:
        done = clone.make("preview")
        assert done.returncode == 0, done.stdout
        assert len(re.findall(r"^\s+-\s+fileReservedTime=48$", done.stdout, re.MULTILINE)) == 4
        assert len(re.findall(r"^\s+\+\s+fileReservedTime=72$", done.stdout, re.MULTILINE)) == 4
    finally:
        clone.change(brokerProperties={"deleteWhen": "04", "fileReservedTime": 48})
    # The only new login is the one that counts: a preview opens no connection.
    assert int(hosts.run("server1", count_logins)) == logins + 1
    assert [hosts.run(host, files) for host in ("server1", "server2")] == before


def test_another_clone_and_home_preview_the_same_state_without_changes(
    clone: Clone, tmp_path: Path
):
    (tmp_path / "home").mkdir()
    other = Clone(tmp_path / "other", clone.stack, "10.98.65.0/24", home=tmp_path / "home")
    state = clone.folder / ".state"
    other.environment |= {
        "PULUMI_BACKEND_URL": f"file://{state}/backend",
        "PULUMI_CONFIG_PASSPHRASE_FILE": f"{state}/passphrase",
    }
    done = other.make("preview")
    assert done.returncode == 0, done.stdout
    assert "73 unchanged" in done.stdout


def test_a_second_clone_is_refused_with_the_owners_path(clone: Clone, tmp_path: Path):
    other = Clone(tmp_path / "second", clone.stack, "10.98.65.0/24")
    done = other.make("up")
    assert done.returncode != 0
    refusals = [line for line in done.stdout.splitlines() if str(clone.folder) in line]
    assert len(refusals) == 1
    assert "make down" in refusals[0]
    down = other.make("down")
    assert down.returncode != 0
    assert str(clone.folder) in down.stdout
    assert clone.make("verify").returncode == 0


def test_mqadmin_lists_four_brokers(hosts: LiveHosts):
    rows = hosts.mqadmin("server1", "clusterList").splitlines()
    found = {tuple(row.split()[1:4]) for row in rows if row.startswith("DefaultCluster")}
    assert found == {
        ("broker-a", "0", "10.98.65.151:10911"),
        ("broker-a", "1", "10.98.65.152:11911"),
        ("broker-b", "0", "10.98.65.152:10911"),
        ("broker-b", "1", "10.98.65.151:11911"),
    }


def test_the_stock_java_client_exchanges_messages_through_both_masters(
    hosts: LiveHosts, client_jars: Path
):
    hosts.create_topic("exchange")
    done = subprocess.run(
        [
            *("java", "-Xmx128m", "-cp", f"{client_jars}/*", str(CLIENT)),
            *(hosts.outputs["namesrvAddr"], "exchange", "100"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "sent=100 received=100 brokers=broker-a,broker-b" in done.stdout, done.stderr[-2000:]


def test_verifying_a_cluster_under_load_loses_no_message(clone: Clone, hosts: LiveHosts):
    hosts.create_topic("at-work")
    codes: list[int] = []
    verified = threading.Event()

    def produce() -> None:
        while not verified.is_set():
            codes.extend(sent.code for sent in hosts.send("broker-a", "at-work"))

    producer = threading.Thread(target=produce)
    producer.start()
    try:
        done = clone.make("verify")
    finally:
        verified.set()
        producer.join()
    assert done.returncode == 0, done.stdout
    assert codes
    assert codes == [SEND_OK] * len(codes)
    assert len({message.unique_key for message in hosts.read("broker-a", "at-work")}) == len(codes)


def test_services_run_as_their_own_user(hosts: LiveHosts):
    for host in ("server1", "server2"):
        users = hosts.run(host, "ps -o user= -C java").split()
        assert users == ["rocketmq"] * 3


def test_no_secret_is_in_the_state_or_the_output_in_clear(clone: Clone, hosts: LiveHosts):
    key_line = hosts.outputs["sshPrivateKey"].splitlines()[2]
    assert key_line not in clone.first_up
    for path in (clone.folder / ".state" / "backend").rglob("*"):
        assert not path.is_file() or key_line not in path.read_text(errors="replace")


@pytest.mark.parametrize(
    ("topic", "stop", "go_on"),
    [
        ("slave-stopped", "systemctl stop", "systemctl start"),
        ("slave-frozen", "systemctl kill --signal=STOP", "systemctl kill --signal=CONT"),
    ],
)
def test_a_send_reports_a_missing_slave_and_succeeds_once_it_is_in_sync(
    hosts: LiveHosts, topic: str, stop: str, go_on: str
):
    hosts.create_topic(topic)
    assert [sent.code for sent in hosts.send("broker-a", topic, 3)] == [SEND_OK] * 3
    hosts.run("server2", f"{stop} rocketmq-broker-a-s.service")
    try:
        alone = hosts.send("broker-a", topic, 2)
        # The client's timeout of 3 s also bounds the wait for this answer.
        assert [sent.code for sent in alone] == [FLUSH_SLAVE_TIMEOUT] * 2
    finally:
        hosts.run("server2", f"{go_on} rocketmq-broker-a-s.service")
    hosts.wait_in_sync("broker-a")
    assert [sent.code for sent in hosts.send("broker-a", topic, 3)] == [SEND_OK] * 3
    # Not replicated does not mean lost: the master holds every message once.
    assert len({message.unique_key for message in hosts.read("broker-a", topic)}) == 8
    assert hosts.count("broker-a-s", topic) == 8


def test_a_changed_property_restarts_the_brokers_and_loses_no_message(
    clone: Clone, hosts: LiveHosts
):
    hosts.create_topic("kept")
    assert [s.code for s in hosts.send("broker-b", "kept", 5)] == [SEND_OK] * 5
    names = hosts.pid("server1", "rocketmq-namesrv.service")
    pids = {b["name"]: hosts.pid(b["host"], unit_of(b)) for b in hosts.outputs["brokers"]}
    clone.change(brokerProperties={"deleteWhen": "04", "fileReservedTime": 72})
    done = clone.make("up")
    assert done.returncode == 0, done.stdout[-6000:]
    assert "OK: stack live" in done.stdout
    for broker in hosts.outputs["brokers"]:
        assert f"warning: {unit_of(broker)} restarts" in done.stdout
        assert hosts.pid(broker["host"], unit_of(broker)) != pids[broker["name"]]
        home = "/usr/local/rocketmq/conf/2m-2s-sync"
        assert "fileReservedTime=72" in hosts.run(
            broker["host"], f"cat {home}/{broker['name']}.properties"
        )
    assert hosts.pid("server1", "rocketmq-namesrv.service") == names
    assert len({m.unique_key for m in hosts.read("broker-b", "kept")}) == 5


def test_an_archive_with_a_wrong_digest_changes_nothing_on_a_host(clone: Clone, hosts: LiveHosts):
    pids = [hosts.pid(host, "rocketmq-namesrv.service") for host in ("server1", "server2")]
    versions = "find /usr/local/rocketmq/versions /var/cache/rocketmq-pulumi | sort | sha256sum"
    before = [hosts.run(host, versions) for host in ("server1", "server2")]
    wrong = {"source": "url", "url": "file:///etc/hostname", "sha512": "0" * 128}
    clone.change(artifact=wrong)
    try:
        done = clone.make("up")
    finally:
        clone.change(artifact="maven")
    assert done.returncode != 0
    assert "cluster.artifact.sha512: the download has" in done.stdout
    assert "OK:" not in done.stdout
    assert [hosts.run(host, versions) for host in ("server1", "server2")] == before
    assert pids == [hosts.pid(h, "rocketmq-namesrv.service") for h in ("server1", "server2")]
    again = clone.make("up")
    assert again.returncode == 0, again.stdout[-4000:]
    assert maven_sha512(DEFAULT_VERSION)[:16] in hosts.run(
        "server1", f"cat /usr/local/rocketmq/versions/{DEFAULT_VERSION}/.sha512"
    )


def test_a_verification_that_fails_in_an_update_is_one_page(clone: Clone, hosts: LiveHosts):
    # Nothing but the verification notices, and fails at once. The setting makes it run again.
    unit = "rocketmq-broker-a.service"
    hosts.run("server1", f"systemctl disable {unit}")
    clone.change(purgeData=True)
    try:
        done = clone.make("up")
    finally:
        hosts.run("server1", f"systemctl enable {unit}")
        clone.change(purgeData=False)
    assert done.returncode != 0
    lines = [line.strip() for line in done.stdout.splitlines()]
    (conclusion,) = [n for n, line in enumerate(lines) if " failed on server1 at " in line]
    (cause,) = [n for n, line in enumerate(lines) if line.startswith("cause: ")]
    (remedy,) = [n for n, line in enumerate(lines) if "the cluster is not verified" in line]
    assert conclusion < cause < remedy
    assert lines[cause] == "cause: unit of broker-a on server1: the unit runs, but is disabled"
    assert lines[remedy].startswith("server1: ")
    assert sum(line.startswith("broker-a ") for line in lines) == 1
    assert '"checks": [' not in done.stdout
    again = clone.make("up")
    assert again.returncode == 0, again.stdout[-6000:]


def test_up_fails_when_a_broker_is_dead(clone: Clone, hosts: LiveHosts):
    hosts.run("server2", "systemctl disable --now rocketmq-broker-b.service")
    try:
        done = clone.make("up")
        assert done.returncode != 0
        assert "OK:" not in done.stdout
        assert "cause: unit of broker-b on server2" in done.stdout
    finally:
        hosts.run("server2", "systemctl enable --now rocketmq-broker-b.service")
    assert clone.make("verify").returncode == 0


def test_a_killed_broker_restarts_by_itself_undrained_and_in_sync(clone: Clone, hosts: LiveHosts):
    old = hosts.pid("server1", "rocketmq-broker-a.service")
    hosts.run("server1", f"kill -KILL {old}")
    done = clone.make("verify")
    assert done.returncode == 0, done.stdout
    assert hosts.pid("server1", "rocketmq-broker-a.service") != old


def test_up_recovers_all_messages_after_all_machines_were_killed(clone: Clone, hosts: LiveHosts):
    hosts.create_topic("before-the-power-cut")
    sent = hosts.send("broker-a", "before-the-power-cut", 20)
    assert [message.code for message in sent] == [SEND_OK] * 20
    clone.machines("kill")
    assert not any(machine["running"] for machine in machines_of(clone))
    done = clone.make("up")
    assert done.returncode == 0, done.stdout[-6000:]
    assert "OK: stack live" in done.stdout
    kept = {message.unique_key for message in hosts.read("broker-a", "before-the-power-cut")}
    assert kept == {message.message_id for message in sent}


def test_destroying_the_cluster_alone_keeps_the_stores_on_its_hosts(
    clone: Clone, hosts: LiveHosts
):
    hosts.create_topic("kept-on-the-host")
    sent = hosts.send("broker-b", "kept-on-the-host", 7)
    assert [message.code for message in sent] == [SEND_OK] * 7
    only_the_cluster = "urn:pulumi:live::rocketmq::rocketmq:cluster:Cluster**"
    done = clone.pulumi(f"destroy --yes --skip-preview --target '{only_the_cluster}'")
    assert done.returncode == 0, done.stdout[-6000:]
    for host in ("server1", "server2"):
        assert hosts.run(host, "ps -o pid= -C java", check=False) == ""
        ours = "ls -d /etc/systemd/system/rocketmq-* /usr/local/lib/rocketmq-pulumi"
        ours += " /usr/local/rocketmq/* /var/cache/rocketmq-pulumi 2>/dev/null"
        assert hosts.run(host, ours, check=False).split() == ["/usr/local/rocketmq/store"]
    done = clone.make("up")
    assert done.returncode == 0, done.stdout[-6000:]
    kept = {message.unique_key for message in hosts.read("broker-b", "kept-on-the-host")}
    assert kept == {message.message_id for message in sent}


def unit_of(broker: dict) -> str:
    return f"rocketmq-{broker['name']}.service"


def machines_of(clone: Clone) -> list:
    listed = json.loads(clone.machines("list"))
    return listed["machines"] if isinstance(listed, dict) else listed
