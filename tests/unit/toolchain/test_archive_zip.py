"""The zip writer and the archive's layout: the same parts always give the same bytes."""

import hashlib
import os
import subprocess
import zipfile

import pytest

from system.errors import LocalError
from toolchain.archive.layout import collect_entries, place_source
from toolchain.stored_zip import Entry, write_stored_zip

ENTRIES = [
    Entry(name="top/conf/broker.conf", content=b"brokerName = broker-a\n"),
    Entry(name="top/bin/mqbroker", content=b"#!/bin/sh\n", executable=True),
    Entry(name="top/LICENSE", content=b""),
]
SOURCE_FILES = (
    "README.md",
    "pom.xml",
    "distribution/LICENSE-BIN",
    "distribution/NOTICE-BIN",
    "distribution/release.xml",
    "distribution/benchmark/producer.sh",
    "distribution/bin/mqadmin",
    "distribution/bin/mqbroker",
    "distribution/bin/mqnamesrv",
    "distribution/conf/2m-2s-sync/broker-a.properties",
    "distribution/bin/startfsrv.sh",
    "distribution/benchmark/runclass.sh",
    "broker/src/main/resources/rmq.broker.logback.xml",
)


def written(tmp_path, entries):
    path = tmp_path / "archive.zip"
    write_stored_zip(path, entries)
    return path


def source_release(tmp_path, files):
    path = tmp_path / "source-release.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("rocketmq-all-5.3.3/distribution/bin/", b"")
        for file in files:
            archive.writestr(f"rocketmq-all-5.3.3/{file}", file.encode())
    return path


@pytest.fixture
def jars(tmp_path):
    """Return a folder of jars as Maven leaves it."""
    folder = tmp_path / "lib"
    folder.mkdir()
    for module in ("broker", "namesrv", "tools"):
        with zipfile.ZipFile(folder / f"rocketmq-{module}-5.3.3.jar", "w") as jar:
            jar.writestr(f"rmq.{module}.logback.xml", f"of the jar of {module}")
            jar.writestr("rmq.logback-test.xml", b"")
    (folder / "netty.jar").write_bytes(b"jar")
    (folder / "maven.log").write_bytes(b"no jar")
    return folder


def test_the_bytes_are_the_same_on_every_machine_and_python(tmp_path):
    digest = hashlib.sha256(written(tmp_path, ENTRIES).read_bytes()).hexdigest()
    assert digest == "c67932ba8d5a1ec2c15e4d226b92756c34a1394959bcaeea8050ab45551f2e2a"


def test_neither_order_nor_time_nor_umask_changes_the_bytes(tmp_path):
    first = written(tmp_path, ENTRIES).read_bytes()
    umask = os.umask(0o077)
    try:
        second = written(tmp_path, reversed(ENTRIES)).read_bytes()
    finally:
        os.umask(umask)
    assert first == second


def test_entries_are_sorted_uncompressed_and_carry_fixed_modes(tmp_path):
    with zipfile.ZipFile(written(tmp_path, ENTRIES)) as archive:
        found = [(i.filename, oct(i.external_attr >> 16), i.date_time) for i in archive.infolist()]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    epoch = (1980, 1, 1, 0, 0, 0)
    assert found == [
        ("top/LICENSE", "0o100644", epoch),
        ("top/bin/mqbroker", "0o100755", epoch),
        ("top/conf/broker.conf", "0o100644", epoch),
    ]


def test_a_duplicate_entry_is_refused_by_name(tmp_path):
    with pytest.raises(LocalError, match=r"^top/LICENSE is in the archive twice; "):
        written(tmp_path, [*ENTRIES, Entry(name="top/LICENSE", content=b"other")])


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("README.md", "README.md"),
        ("distribution/LICENSE-BIN", "LICENSE"),
        ("distribution/NOTICE-BIN", "NOTICE"),
        ("distribution/bin/mqadmin", "bin/mqadmin"),
        ("distribution/bin/dledger/fast-try.sh", "bin/dledger/fast-try.sh"),
        ("distribution/conf/broker.conf", "conf/broker.conf"),
        ("distribution/benchmark/producer.sh", "benchmark/producer.sh"),
        ("proxy/src/main/resources/rmq.proxy.logback.xml", None),
        ("broker/src/test/resources/rmq.logback-test.xml", None),
        ("distribution/release.xml", None),
        ("LICENSE", None),
        ("pom.xml", None),
    ],
)
def test_each_source_file_goes_where_the_official_archive_has_it(path, place):
    assert place_source(path) == place


def entries_of(source, jars, *, adapted=False):
    entries = collect_entries(source, jars, "top", adapted=adapted)
    return {entry.name: entry for entry in entries}


def test_the_archive_holds_scripts_configuration_licenses_and_jars(tmp_path, jars):
    entries = entries_of(source_release(tmp_path, SOURCE_FILES), jars)
    assert sorted(entries) == [
        "top/LICENSE",
        "top/NOTICE",
        "top/README.md",
        "top/benchmark/producer.sh",
        "top/benchmark/runclass.sh",
        "top/bin/mqadmin",
        "top/bin/mqbroker",
        "top/bin/mqnamesrv",
        "top/bin/startfsrv.sh",
        "top/conf/2m-2s-sync/broker-a.properties",
        "top/conf/rmq.broker.logback.xml",
        "top/conf/rmq.namesrv.logback.xml",
        "top/conf/rmq.tools.logback.xml",
        "top/lib/netty.jar",
        "top/lib/rocketmq-broker-5.3.3.jar",
        "top/lib/rocketmq-namesrv-5.3.3.jar",
        "top/lib/rocketmq-tools-5.3.3.jar",
    ]
    assert {name for name, entry in entries.items() if entry.executable} == {
        "top/bin/mqadmin",
        "top/bin/mqbroker",
        "top/bin/mqnamesrv",
        "top/bin/startfsrv.sh",
    }
    assert entries["top/LICENSE"].content == b"distribution/LICENSE-BIN"


def test_logging_is_configured_by_the_jars_whatever_the_source_release_has(tmp_path, jars):
    entries = entries_of(source_release(tmp_path, SOURCE_FILES), jars)
    assert entries["top/conf/rmq.broker.logback.xml"].content == b"of the jar of broker"


def test_an_adapted_archive_has_no_script_that_cannot_work(tmp_path, jars):
    source = source_release(tmp_path, SOURCE_FILES)
    before, adapted = entries_of(source, jars), entries_of(source, jars, adapted=True)
    assert before.keys() - adapted.keys() == {"top/bin/startfsrv.sh"}
    changed = {name for name, entry in adapted.items() if entry != before[name]}
    assert changed == {"top/benchmark/runclass.sh"}


def test_the_script_of_the_benchmark_passes_class_and_arguments_on_to_java(tmp_path, jars):
    source = source_release(tmp_path, SOURCE_FILES)
    script = tmp_path / "top" / "benchmark" / "runclass.sh"
    script.parent.mkdir(parents=True)
    entries = entries_of(source, jars, adapted=True)
    script.write_bytes(entries["top/benchmark/runclass.sh"].content)
    java = tmp_path / "home" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    java.chmod(0o755)
    done = subprocess.run(
        ["sh", "./runclass.sh", "-Dkey=value", "org.example.Main", "-n", "one;two three"],
        cwd=script.parent,
        env={"PATH": "/usr/bin:/bin", "JAVA_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=True,
    )
    words = done.stdout.splitlines()
    assert words[-4:] == ["-Dkey=value", "org.example.Main", "-n", "one;two three"]
    assert words[words.index("-cp") + 1] == ".:./../conf:./../lib/*"


def test_a_source_release_without_the_broker_script_is_refused(tmp_path, jars):
    files = [file for file in SOURCE_FILES if not file.endswith("mqbroker")]
    source = source_release(tmp_path, files)
    with pytest.raises(LocalError, match=r"no bin/mqbroker; "):
        entries_of(source, jars)


def test_archives_without_jars_are_refused(tmp_path):
    source = source_release(tmp_path, SOURCE_FILES)
    with pytest.raises(LocalError, match=r"no rocketmq-\*\.jar"):
        entries_of(source, tmp_path)
