"""Assembling an archive with a fake Maven: cache, digests, links and errors."""

import fcntl
import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from blueprint.rocketmq.versions import assembly_of, maven_sha512
from project import ROOT, cache_folder
from system.errors import LocalError
from toolchain.archive import assemble as assembling
from toolchain.archive.assemble import check_reproducible
from toolchain.archive.cache import cached_archive, locked_work_folder
from toolchain.archive.maven import collect, downloads
from toolchain.archive.upload import link_for_upload, use_file

FAKE_MAVEN = """#!/bin/sh
for argument; do
  case $argument in -Dcollect.directory=*) into=${argument#*=};; esac
done
echo "$@" >>"$CALLS"
mkdir -p "$into/lib"
cp "$PARTS/source-release.zip" "$into/"
cp "$PARTS"/*.jar "$into/lib/"
"""
SCRIPTS = ("mqadmin", "mqbroker", "mqnamesrv")


def install_tool(folder, name, script):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


@pytest.fixture
def parts(tmp_path):
    """Return a folder with a small source release and one jar."""
    folder = tmp_path / "parts"
    folder.mkdir()
    files = [f"distribution/bin/{name}" for name in SCRIPTS]
    files += ["README.md", "distribution/LICENSE-BIN", "distribution/NOTICE-BIN"]
    files += ["distribution/benchmark/producer.sh"]
    files += ["distribution/conf/2m-2s-sync/broker-a.properties"]
    with zipfile.ZipFile(folder / "source-release.zip", "w") as archive:
        for file in files:
            archive.writestr(f"top/{file}", file)
    for module in ("broker", "namesrv", "tools"):
        write_jar(folder, module, "a")
    return folder


def write_jar(folder, module, text):
    with zipfile.ZipFile(folder / f"rocketmq-{module}-5.3.3.jar", "w") as jar:
        info = zipfile.ZipInfo(f"rmq.{module}.logback.xml")
        jar.writestr(info, text)


@pytest.fixture
def maven(tmp_path, parts, monkeypatch):
    """Put a fake Maven on PATH and return the file that records its calls."""
    tools = tmp_path / "tools"
    install_tool(tools, "mvn", FAKE_MAVEN)
    install_tool(tools, "java", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PARTS", str(parts))
    calls = tmp_path / "calls"
    calls.touch()
    monkeypatch.setenv("CALLS", str(calls))
    return calls


@pytest.fixture
def digest(tmp_path, maven, monkeypatch):
    """Make the table expect the archive of the fake Maven's parts, and return its digest."""
    folder = tmp_path / "first"
    folder.mkdir()
    made = assembling.make_archive("5.3.3", folder, None, [].append)
    maven.write_text("")
    expected = hashlib.sha512(made.read_bytes()).hexdigest()
    known = replace(assembly_of("5.3.3"), sha512=expected)
    monkeypatch.setattr(assembling, "assembly_of", lambda _version: known)
    return expected


def test_the_archive_is_assembled_once_and_then_only_verified(tmp_path, maven, digest):
    lines, again = [], []
    path = assembling.assemble("5.3.3", tmp_path / "clone", lines.append)
    assert path == tmp_path / "clone" / ".state" / "archive" / f"{digest[:16]}.zip"
    assert assembling.assemble("5.3.3", tmp_path / "clone", again.append) == path
    assert hashlib.sha512(path.read_bytes()).hexdigest() == digest
    assert len(maven.read_text().splitlines()) == 1
    assert (len(lines), len(again)) == (2, 1)


def test_a_second_clone_shares_the_cached_archive(tmp_path, maven, digest):
    paths = [assembling.assemble("5.3.3", tmp_path / c, [].append) for c in ("one", "two")]
    assert len(maven.read_text().splitlines()) == 1
    assert paths[0].samefile(paths[1])
    assert {path.name for path in paths} == {f"{digest[:16]}.zip"}


def test_a_damaged_cached_archive_is_made_again(tmp_path, maven, digest):
    path = assembling.assemble("5.3.3", tmp_path, [].append)
    good = path.read_bytes()
    cached_archive("5.3.3", digest).unlink()
    cached_archive("5.3.3", digest).write_bytes(good[:-1])
    assert assembling.assemble("5.3.3", tmp_path, [].append).read_bytes() == good
    assert len(maven.read_text().splitlines()) == 2


def test_a_different_jar_is_an_error_with_both_digests_and_caches_nothing(tmp_path, parts, digest):
    write_jar(parts, "broker", "b")
    with pytest.raises(LocalError, match=rf"SHA-512 [0-9a-f]{{128}}, expected {digest}; .*fresh"):
        assembling.assemble("5.3.3", tmp_path, [].append)
    assert [path.suffix for path in (cache_folder() / "archive").iterdir()] == [".lock"]
    assert not (tmp_path / ".state").exists()


@pytest.mark.usefixtures("digest")
def test_fresh_gives_maven_an_empty_repository_of_its_own(tmp_path, maven):
    assembling.assemble("5.3.3", tmp_path, [].append, fresh=True)
    assert f"-Dmaven.repo.local={cache_folder() / 'archive'}/" in maven.read_text()


@pytest.mark.usefixtures("digest")
def test_maven_is_asked_for_the_parts_of_an_assembly(tmp_path, maven):
    for version in ("5.3.3", "5.5.0"):
        collect(version, assembly_of(version), tmp_path)
    old, new = maven.read_text().splitlines()
    for call, version in ((old, "5.3.3"), (new, "5.5.0")):
        assert f"-Drocketmq.version={version} -Dsource.version=5.3.3 " in call
    assert "--activate-profiles=example" not in old
    assert "--activate-profiles=example" in new


@pytest.mark.usefixtures("maven")
def test_two_assemblies_of_the_same_parts_are_equal(digest):
    lines = []
    assert check_reproducible("5.3.3", lines.append) == digest
    assert [line for line in lines if digest in line] == [lines[1], lines[3]]


@pytest.mark.usefixtures("maven")
def test_two_assemblies_that_differ_are_an_error_with_both_digests(tmp_path):
    changing = FAKE_MAVEN + 'date +%N >"$into/lib/other.jar"\n'
    install_tool(tmp_path / "tools", "mvn", changing)
    with pytest.raises(LocalError, match=r"assemblies differ, [0-9a-f]{128} and [0-9a-f]{128};"):
        check_reproducible("5.3.3", [].append)


def test_leftovers_of_a_killed_run_are_removed(tmp_path):
    archive = tmp_path / "archive.zip"
    with locked_work_folder(archive) as folder:
        pass
    folder.mkdir()
    (folder / "half").touch()
    with locked_work_folder(archive) as again:
        assert again == folder
        assert list(again.iterdir()) == []
    assert not folder.exists()


def test_a_second_process_reports_that_it_waits_for_the_first(tmp_path, monkeypatch):
    archive = tmp_path / "archive.zip"
    lines = []
    with archive.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        def note_and_let_go(line):
            lines.append(line)
            fcntl.flock(held, fcntl.LOCK_UN)

        monkeypatch.setattr("toolchain.archive.cache.say", note_and_let_go)
        with locked_work_folder(archive):
            pass
    assert lines == ["another process is making archive.zip; waiting for it"]


def test_a_maven_that_outlives_its_killed_parent_keeps_the_lock(tmp_path, maven):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    script = f'#!/bin/sh\necho started >>"$CALLS"\nread -r _ <"{gate}"\nexit 1\n'
    install_tool(tmp_path / "tools", "mvn", script)
    lock_path = cached_archive("5.3.3", maven_sha512("5.3.3")).with_suffix(".lock")
    parent = subprocess.Popen([sys.executable, "-m", "toolchain.archive", "5.3.3"], cwd=ROOT)
    # Opening the gate for writing returns once the fake Maven reads from it.
    with gate.open("w") as release:
        parent.kill()
        parent.wait()
        assert maven.read_text() == "started\n"
        with lock_path.open("w") as lock:
            with pytest.raises(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            release.write("go on\n")
            release.flush()
            fcntl.flock(lock, fcntl.LOCK_EX)


REFUSED_CONNECTION = """\
[INFO] Downloading from central: https://repo/a.jar
[ERROR] [ERROR] Some problems were encountered while processing the POMs:
[ERROR]     Non-resolvable import POM: Could not transfer a.pom: Connection refused -> [Help 1]
[ERROR]
[ERROR] Re-run Maven using the -X switch to enable full debug logging.
[INFO] done
"""


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        (
            REFUSED_CONNECTION,
            "Non-resolvable import POM: Could not transfer a.pom: Connection refused",
        ),
        (f"[ERROR] {'a' * 400}: No space left on device\n", "…aaaa"),
        ("1\n2\n\n", "2"),
        ("", "no output"),
    ],
)
def test_a_failure_of_maven_is_one_line_with_its_cause_and_its_whole_output(
    tmp_path, monkeypatch, output, cause
):
    tools = tmp_path / "tools"
    install_tool(tools, "mvn", f"#!/bin/sh\ncat <<'END'\n{output}END\nexit 7\n")
    install_tool(tools, "java", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(LocalError) as caught:
        collect("5.3.3", assembly_of("5.3.3"), tmp_path)
    line = str(caught.value)
    assert f"cannot collect RocketMQ 5.3.3: mvn: exit status 7: {cause}" in line
    assert "\n" not in line
    assert len(line) < 600 + len(str(tmp_path))
    assert Path(line.rpartition(" ")[2]).read_text() == output


def test_what_maven_downloaded_is_counted():
    output = """\
[INFO] Downloading from central: https://repo/a.jar
[INFO] Downloaded from central: https://repo/a.jar (1.5 MB at 3.0 MB/s)
Downloaded from central: https://repo/b.pom (500 kB at 1.2 MB/s)
Downloaded from mirror: https://repo/c.pom (12 B at 90 B/s)
"""
    assert downloads(output) == "3 files downloaded, 2 MB"
    assert downloads("") == "0 files downloaded, 0 MB"


def test_a_cache_that_cannot_be_written_is_one_line_with_its_folder(tmp_path):
    (tmp_path / "file").touch()
    line = r"file/archive: cannot be written \(Not a directory\); .* in XDG_CACHE_HOME$"
    with (
        pytest.raises(LocalError, match=line),
        locked_work_folder(tmp_path / "file" / "archive" / "a.zip"),
    ):
        pytest.fail("the folder was made")


def test_a_project_that_cannot_be_written_is_one_line_with_the_file(tmp_path):
    (tmp_path / ".state").touch()
    (tmp_path / "a.zip").touch()
    line = r"\.state/archive/abababababababab\.zip: cannot be written \(.*\); make room"
    with pytest.raises(LocalError, match=line):
        link_for_upload(tmp_path / "a.zip", "ab" * 64, tmp_path)


def test_missing_tools_are_named_with_the_packages_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalError, match="no java and no mvn on PATH; install maven"):
        collect("5.3.3", assembly_of("5.3.3"), tmp_path)


@pytest.mark.parametrize("relative", ["", "cache"])
def test_a_cache_home_that_is_not_absolute_is_ignored(relative, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", relative)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert (
        cached_archive("5.3.3", "0").parent == tmp_path / ".cache" / "rocketmq-pulumi" / "archive"
    )


@pytest.fixture
def local_archive(tmp_path):
    path = tmp_path / "mine.zip"
    path.write_bytes(b"an archive")
    return path, hashlib.sha512(b"an archive").hexdigest()


def test_a_local_file_with_its_digest_is_linked_below_the_project(tmp_path, local_archive):
    path, sha512 = local_archive
    linked = use_file(path, sha512.upper(), tmp_path)
    assert linked == tmp_path / ".state" / "archive" / f"{sha512[:16]}.zip"
    assert linked.read_bytes() == b"an archive"


def test_a_wrong_digest_names_key_path_both_digests_and_the_remedy(tmp_path, local_archive):
    path, sha512 = local_archive
    wrong = "0" * 128
    with pytest.raises(LocalError) as caught:
        use_file(path, wrong, tmp_path)
    line = str(caught.value)
    assert "\n" not in line
    for part in ("cluster.artifact.path", str(path), sha512, wrong, "download"):
        assert part in line
    assert not (tmp_path / ".state").exists()


@pytest.mark.parametrize("name", ["absent.zip", "."])
def test_an_unreadable_file_is_refused_with_its_path(name, tmp_path):
    with pytest.raises(LocalError, match=r"cluster\.artifact\.path: cannot read .*\("):
        use_file(tmp_path / name, "0" * 128, tmp_path)


def test_linking_twice_leaves_one_link_and_no_temporary_file(tmp_path, local_archive):
    path, sha512 = local_archive
    for _ in range(2):
        target = link_for_upload(path, sha512, tmp_path)
    assert list(target.parent.iterdir()) == [target]


def test_another_file_at_the_upload_path_is_replaced(tmp_path, local_archive):
    path, sha512 = local_archive
    target = link_for_upload(path, sha512, tmp_path)
    target.unlink()
    target.write_bytes(b"stale")
    assert link_for_upload(path, sha512, tmp_path).read_bytes() == b"an archive"


def test_without_hard_links_the_archive_is_linked_symbolically(
    tmp_path, local_archive, monkeypatch
):
    def refuse(_source, _target):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    path, sha512 = local_archive
    target = link_for_upload(path, sha512, tmp_path)
    assert target.is_symlink()
    assert target.read_bytes() == b"an archive"


def test_the_command_line_refuses_an_unsafe_version_in_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "toolchain.archive", "5.1.1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("archive: cluster.version: 5.1.1 ")
    assert done.stderr.count("\n") == 1
