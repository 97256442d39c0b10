"""The console of a live cluster in a real browser."""

import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from blueprint.rocketmq.versions import DEFAULT_VERSION
from tests.local.clone import Clone
from tests.local.hosts import LiveHosts
from tests.support.browser_session import Browser

pytestmark = pytest.mark.local

URL = "http://10.98.65.151:8080"
UNIT = "rocketmq-console.service"
BROKERS = ("broker-a", "broker-a-s", "broker-b", "broker-b-s")
CLIENT = Path(__file__).parent / "client" / "Exchange.java"
MOST_KIB = 60 * 1000


@pytest.fixture(scope="module")
def password(hosts: LiveHosts) -> str:
    return hosts.outputs["consolePassword"]


@pytest.fixture(scope="module")
def browser(hosts: LiveHosts):
    """One browser for all tests; each opens its own window."""
    with Browser(hosts.outputs["consoleUrl"]) as started:
        yield started


@pytest.fixture
def page(browser: Browser, password: str) -> Browser:
    """A window that shows a healthy cluster."""
    enter(browser, password)
    browser.do("wait", selector="#header", text="Healthy")
    return browser


def enter(browser: Browser, password: str, **window: object) -> None:
    browser.do("open", **window)
    browser.do("log_in", password=password)
    for name in BROKERS:
        browser.do("wait", selector="#brokers tr", text=name)


@contextmanager
def signalled(hosts: LiveHosts, brokers: list[dict], before: str, after: str):
    """Run one systemctl command on the units of brokers, and at the end another."""
    for broker in brokers:
        hosts.run(broker["host"], f"systemctl {before} rocketmq-{broker['name']}.service")
    try:
        yield
    finally:
        for broker in brokers:
            hosts.run(broker["host"], f"systemctl {after} rocketmq-{broker['name']}.service")


def test_up_logs_in_from_another_host_and_prints_the_consoles_url(clone: Clone):
    assert f"console: {URL} answers server2: healthy" in clone.first_up
    assert f"consoleUrl: {URL}" in clone.first_up


def test_a_user_logs_in_and_sees_the_whole_cluster_without_requests_elsewhere(
    page: Browser,
):
    assert page.do("address") == f"{URL}/"
    rows = page.do("text", selector="#brokers tr")
    for name, role, host in (
        ("broker-a", "Sync master", "server1"),
        ("broker-b", "Sync master", "server2"),
        ("broker-a-s", "Slave", "server2"),
        ("broker-b-s", "Slave", "server1"),
    ):
        (row,) = (row for row in rows if row.split()[:1] == [name])
        for text in ("Up", role, host, DEFAULT_VERSION):
            assert text in row
    page.do("wait", selector="#nameServers", text="lists 4 of 4 brokers")
    page.do("wait", selector="#verification", text="server2")
    assert page.do("findings") == {"complaints": [], "elsewhere": []}


def test_a_wrong_password_shows_nothing_of_the_cluster(browser: Browser):
    browser.do("open")
    guess = "wrong"
    browser.do("log_in", password=guess)
    browser.do("wait", text="wrong password")
    assert browser.do("address") == f"{URL}/login"
    assert "broker" not in " ".join(browser.do("text", selector="body"))


def test_a_stopped_slave_is_shown_as_missing_and_healthy_after_its_return(
    page: Browser, hosts: LiveHosts
):
    slave = [hosts.broker("broker-b-s")]
    with signalled(hosts, slave, "stop", "start"):
        page.do("wait", selector="#problems", text="broker-b-s is missing: planned on server1")
        page.do("wait", selector="#problems", text="broker-b has 0 of 1 replicas connected")
        page.do("wait", selector="#brokers tr", text="0/1")
        page.do("wait", selector="#header", text="Degraded")
    page.do("wait", selector="#header", text="Healthy", seconds=60)
    page.do("wait", selector="#brokers tr", text="0/1", gone=True)


def test_a_dead_name_server_hides_no_broker(page: Browser, hosts: LiveHosts):
    hosts.run("server2", "systemctl stop rocketmq-namesrv.service")
    try:
        page.do("wait", selector="#problems", text="name server namesrv-server2 is down")
        page.do("wait", selector="#brokers", text="2 of 2 up")
        (overview,) = page.do("text", selector="#overview")
        assert "4 / 4" in overview
    finally:
        hosts.run("server2", "systemctl start rocketmq-namesrv.service")
    page.do("wait", selector="#header", text="Healthy", seconds=90)


def test_the_page_stays_responsive_and_shows_a_dead_cluster_when_all_brokers_hang(
    page: Browser, password: str, hosts: LiveHosts
):
    with signalled(hosts, hosts.outputs["brokers"], "kill --signal=STOP", "kill --signal=CONT"):
        page.do("wait", selector="#header", text="Dead")
        page.do("wait", selector="#problems", text="broker-a is silent")
        enter(page, password)
        page.do("wait", selector="#header", text="Dead")
    page.do("wait", selector="#header", text="Healthy", seconds=90)
    hosts.wait_in_sync("broker-a")
    hosts.wait_in_sync("broker-b")


def test_the_group_of_a_real_consumer_is_shown_with_its_topic(
    page: Browser, hosts: LiveHosts, client_jars: Path
):
    hosts.create_topic("browsed")
    words = ["java", "-Xmx128m", "-cp", f"{client_jars}/*", str(CLIENT)]
    subprocess.run(
        [*words, hosts.outputs["namesrvAddr"], "browsed", "20"], timeout=120, check=True
    )
    page.do("wait", selector="#topics", text="browsed", seconds=30)
    page.do("wait", selector="#consumerGroups", text="browsed", seconds=30)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_has_no_accessibility_violations(
    browser: Browser, password: str, scheme: str, width: int
):
    browser.do("open", scheme=scheme, width=width)
    assert browser.do("accessibility_violations") == []
    browser.do("log_in", password=password)
    browser.do("wait", selector="#brokers tr", text="broker-b-s")
    assert browser.do("accessibility_violations") == []


@pytest.mark.parametrize("width", [320, 390, 820])
def test_a_narrow_screen_needs_no_horizontal_scrolling(
    browser: Browser, password: str, width: int
):
    enter(browser, password, width=width, height=800)
    assert browser.do("overflow") == 0


def test_a_chinese_browser_gets_the_page_in_chinese(browser: Browser, password: str):
    enter(browser, password, language="zh-CN")
    browser.do("wait", selector="#header", text="健康")
    browser.do("wait", selector="#nameServers", text="已注册 4/4 个 Broker")


def test_the_keyboard_reaches_the_content_and_the_logout(page: Browser):
    assert 'id="skip"' in page.do("press", keys=["Tab"])
    assert 'id="main"' in page.do("press", keys=["Enter"])
    page.do("click", selector="#header button:has-text('Log out')")
    page.do("wait", selector="input[type=password]")
    assert page.do("address") == f"{URL}/login"


def test_the_console_runs_unprivileged_and_uses_little_memory(hosts: LiveHosts):
    pid = hosts.pid("server1", UNIT)
    status = dict(
        line.split(":", 1) for line in hosts.run("server1", f"cat /proc/{pid}/status").splitlines()
    )
    assert hosts.run("server1", f"stat -c %U /proc/{pid}").strip() == "rocketmq"
    assert int(status["CapEff"].strip(), 16) == 0
    assert int(status["VmRSS"].split()[0]) < MOST_KIB


def test_the_password_is_nowhere_in_clear_text(clone: Clone, hosts: LiveHosts, password: str):
    assert password not in clone.first_up
    for host in ("server1", "server2"):
        for command in (
            "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'",
            "journalctl --no-pager -o cat",
            "cat /usr/local/rocketmq/conf/console/* /var/lib/rocketmq-pulumi-host/* 2>/dev/null",
        ):
            assert password not in hosts.run(host, command, check=False), command
    for path in (clone.folder / ".state" / "backend").rglob("*"):
        assert not path.is_file() or password not in path.read_text(errors="replace")


def pids_of_brokers(hosts: LiveHosts) -> dict[str, str]:
    return {
        broker["name"]: hosts.pid(broker["host"], f"rocketmq-{broker['name']}")
        for broker in hosts.outputs["brokers"]
    }


def test_the_console_moves_to_another_host_and_leaves_nothing_behind(
    clone: Clone, hosts: LiveHosts, password: str
):
    pids = pids_of_brokers(hosts)
    clone.change(console={"kind": "builtin", "host": "server2"})
    try:
        done = clone.make("up")
        assert done.returncode == 0, done.stdout[-6000:]
        moved = "http://10.98.65.152:8080"
        assert f"console: {moved} answers server1: healthy" in done.stdout
        left = "ls /etc/systemd/system/rocketmq-console* /usr/local/rocketmq/conf/console/*"
        assert hosts.run("server1", f"{left} 2>/dev/null; true") == ""
        with Browser(moved) as there:
            enter(there, password)
    finally:
        clone.change(console="builtin")
        back = clone.make("up")
    assert back.returncode == 0, back.stdout[-6000:]
    assert f"console: {URL} answers server2: healthy" in back.stdout
    assert pids == {
        b["name"]: hosts.pid(b["host"], f"rocketmq-{b['name']}") for b in brokers(hosts)
    }


def brokers(hosts: LiveHosts) -> list[dict]:
    return hosts.outputs["brokers"]
