"""The text of every file on the hosts of stack local."""

import pytest

from blueprint.errors import RenderError
from blueprint.plan.memory import Kind
from blueprint.rendering.processes import render_configuration, render_unit
from blueprint.rendering.templates import render
from blueprint.rocketmq.versions import DEFAULT_VERSION
from tests.support.golden import ARCHIVE, GOLDEN, golden_texts
from tests.support.stacks import changed, planned, raw_cluster, ring

LAYOUT = {
    "broker-a": {
        "brokerClusterName": "DefaultCluster",
        "brokerName": "broker-a",
        "brokerId": "0",
        "deleteWhen": "04",
        "fileReservedTime": "48",
        "brokerRole": "SYNC_MASTER",
        "flushDiskType": "ASYNC_FLUSH",
        "listenPort": "10911",
        "storePathRootDir": "/usr/local/rocketmq/store/broker-a",
        "storePathCommitLog": "/usr/local/rocketmq/store/broker-a/commitlog",
    },
    "broker-a-s": {
        "brokerClusterName": "DefaultCluster",
        "brokerName": "broker-a",
        "brokerId": "1",
        "deleteWhen": "04",
        "fileReservedTime": "48",
        "brokerRole": "SLAVE",
        "flushDiskType": "ASYNC_FLUSH",
        "listenPort": "11911",
        "storePathRootDir": "/usr/local/rocketmq/store/broker-as",
        "storePathCommitLog": "/usr/local/rocketmq/store/broker-as/commitlog",
    },
    "broker-b": {
        "brokerClusterName": "DefaultCluster",
        "brokerName": "broker-b",
        "brokerId": "0",
        "deleteWhen": "04",
        "fileReservedTime": "48",
        "brokerRole": "SYNC_MASTER",
        "flushDiskType": "ASYNC_FLUSH",
        "listenPort": "10911",
        "storePathRootDir": "/usr/local/rocketmq/store/broker-b",
        "storePathCommitLog": "/usr/local/rocketmq/store/broker-b/commitlog",
    },
    "broker-b-s": {
        "brokerClusterName": "DefaultCluster",
        "brokerName": "broker-b",
        "brokerId": "1",
        "deleteWhen": "04",
        "fileReservedTime": "48",
        "brokerRole": "SLAVE",
        "flushDiskType": "ASYNC_FLUSH",
        "listenPort": "11911",
        "storePathRootDir": "/usr/local/rocketmq/store/broker-bs",
        "storePathCommitLog": "/usr/local/rocketmq/store/broker-bs/commitlog",
    },
}
"""The layout that the project reproduces, key by key."""

ADDRESSES = {
    "broker-a": ("10.98.64.151", "10912"),
    "broker-a-s": ("10.98.64.152", "11912"),
    "broker-b": ("10.98.64.152", "10912"),
    "broker-b-s": ("10.98.64.151", "11912"),
}


def _properties(text):
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    pairs = [line.split("=", 1) for line in lines]
    assert len(dict(pairs)) == len(pairs), "a key is there twice"
    return dict(pairs)


def _rendered(raw):
    cluster = planned(raw)
    return {b.name: _properties(render_configuration(cluster, b)) for b in cluster.brokers}


@pytest.mark.parametrize("path", golden_texts(), ids=lambda path: path.name)
def test_a_rendered_file_equals_its_golden_file(path):
    assert golden_texts()[path] == path.read_text("utf-8"), "run make golden and read its diff"


def test_every_golden_file_belongs_to_a_rendered_one():
    assert {path for path in GOLDEN.rglob("*") if path.is_file()} == set(golden_texts())


@pytest.mark.parametrize("broker", LAYOUT)
def test_a_brokers_file_contains_every_property_of_the_layout(broker):
    rendered = _rendered(raw_cluster())[broker]
    assert {key: rendered.get(key) for key in LAYOUT[broker]} == LAYOUT[broker]


@pytest.mark.parametrize("broker", LAYOUT)
def test_a_brokers_file_contains_the_properties_that_rocketmq_5_needs_besides(broker):
    address, ha_port = ADDRESSES[broker]
    rendered = _rendered(raw_cluster())[broker]
    assert {k: v for k, v in rendered.items() if k not in LAYOUT[broker]} == {
        "namesrvAddr": "10.98.64.151:9876;10.98.64.152:9876",
        "brokerIP1": address,
        "brokerIP2": address,
        "haListenPort": ha_port,
        "totalReplicas": "2",
        "inSyncReplicas": "2",
        "slaveTimeout": "2000",
    }


def test_thread_pools_behind_a_proxy_are_bounded_unless_overridden():
    for rendered in _rendered(changed(proxy={"hosts": ["server1"]})).values():
        assert rendered["pullMessageThreadPoolNums"] == "16"
        assert rendered["ackMessageThreadPoolNums"] == "8"
    overrides = {"pullMessageThreadPoolNums": 20}
    raw = changed(proxy={"hosts": ["server1"]}, brokerProperties=overrides)
    assert {r["pullMessageThreadPoolNums"] for r in _rendered(raw).values()} == {"20"}
    assert "pullMessageThreadPoolNums" not in _rendered(raw_cluster())["broker-a"]


def test_only_an_emulated_broker_lets_a_send_wait_longer():
    for emulated, expected in ((True, "2000"), (False, None)):
        cluster = planned(raw_cluster("lab"), emulated=emulated)
        for broker in cluster.brokers:
            rendered = _properties(render_configuration(cluster, broker))
            assert rendered.get("waitTimeMillsInSendQueue") == expected


def test_an_override_is_in_every_brokers_file_once():
    properties = {"fileReservedTime": 72, "slaveTimeout": 1500, "traceTopicEnable": True}
    for rendered in _rendered(changed(brokerProperties=properties)).values():
        assert rendered["fileReservedTime"] == "72"
        assert rendered["slaveTimeout"] == "1500"
        assert rendered["traceTopicEnable"] == "true"
        assert rendered["deleteWhen"] == "04"


def test_the_order_of_overrides_does_not_change_a_file():
    forth = {"maxMessageSize": 1048576, "traceTopicEnable": True}
    assert _texts(changed(brokerProperties=forth)) == _texts(
        changed(brokerProperties=dict(reversed(forth.items())))
    )


def _texts(raw):
    cluster = planned(raw)
    return [render_configuration(cluster, broker) for broker in cluster.brokers]


def test_no_line_of_a_rendered_file_ends_with_a_blank():
    for path, text in golden_texts().items():
        assert [line for line in text.splitlines() if line != line.rstrip()] == [], path.name
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


@pytest.mark.parametrize("groups", [1, 2, 5])
def test_only_a_master_starts_drained_and_has_a_guard(groups):
    cluster = planned(ring(groups, 2))
    for process in cluster.processes:
        unit = render_unit(cluster, process, ARCHIVE)
        is_master = process in cluster.masters
        drained = " brokerPermission=4 startAcceptSendRequestTimeStamp=4102444800000\n"
        assert (drained in unit) is is_master
        assert (f"rocketmq-guard@{process.paths.instance}.service" in unit) is is_master


def test_a_unit_starts_java_as_the_service_user_with_the_planned_heap():
    cluster = planned(raw_cluster())
    for process in cluster.processes:
        unit = render_unit(cluster, process, ARCHIVE).splitlines()
        (start,) = [line for line in unit if line.startswith("ExecStart=")]
        assert start.startswith("ExecStart=/usr/bin/java ")
        assert f" -Xms{process.memory.heap_mib}m -Xmx{process.memory.heap_mib}m " in start
        assert "User=rocketmq" in unit
        assert "SuccessExitStatus=143" in unit


def test_a_unit_may_write_to_its_home_and_store_only():
    cluster = planned(raw_cluster())
    for process in cluster.processes:
        unit = render_unit(cluster, process, ARCHIVE).splitlines()
        own = [process.paths.user_home, process.paths.store]
        expected = " ".join(str(path) for path in own if path)
        assert f"ReadWritePaths={expected}" in unit
        assert "ProtectSystem=strict" in unit


def test_a_unit_names_its_versions_directory_instead_of_a_link():
    cluster = planned(changed(version="5.3.3"))
    for process in cluster.processes:
        unit = render_unit(cluster, process, ARCHIVE)
        assert "ROCKETMQ_HOME=/usr/local/rocketmq/versions/5.3.3 " in unit
        assert DEFAULT_VERSION not in unit


@pytest.mark.parametrize("version", ["5.3.3", "5.5.0"])
def test_brokers_that_always_open_rocksdb_unpack_its_library_in_their_home(version):
    cluster = planned(changed(version=version))
    for process in cluster.processes:
        line = f"Environment=ROCKSDB_SHAREDLIB_DIR={process.paths.user_home}"
        native = process.kind is Kind.BROKER and version == "5.5.0"
        assert render_unit(cluster, process, ARCHIVE).splitlines().count(line) == native


def test_a_template_without_a_value_that_it_needs_is_an_error_naming_both():
    with pytest.raises(RenderError, match=r"templates/namesrv\.properties\.j2: .*process"):
        render("namesrv.properties.j2")
