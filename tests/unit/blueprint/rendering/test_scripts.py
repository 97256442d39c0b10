"""Every script that runs on a host: valid shell, and the lines that matter."""

import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from blueprint.plan.archives import plan_archive
from blueprint.plan.paths import PLAN, REMOTING
from blueprint.rendering.scripts import (
    Archive,
    render_first_contact,
    render_gate,
    render_install,
    render_preparation,
    render_service,
    render_step,
    render_tools,
    render_verification,
)
from blueprint.rendering.templates import TEMPLATES
from project import ROOT
from remoting.commands.main import argument_parser
from tests.support.stacks import changed, planned, raw_cluster, ring, settings_of

SHELLCHECK = Path(sys.executable).parent / "shellcheck"
LONGEST_LINE = 64 * 1024
PRINTED = ['{"sha":"1","writes":1}', '{"sha":"2","writes":3}']
URL_ARCHIVE = Archive(sha512="ab" * 64, url="https://a.example/it's here.zip")


def _every_script():
    cluster = planned(raw_cluster())
    archive = plan_archive(settings_of(raw_cluster()))
    host = cluster.hosts[0]
    scripts = {
        "first contact": render_first_contact(host, "e6f9"),
        "gate": render_gate(cluster, host, "root"),
        "gate of another user": render_gate(cluster, host, "admin"),
        "tools": render_tools(host),
        "preparation": render_preparation(cluster, host),
        "preparation that purges": render_preparation(planned(changed(purgeData=True)), host),
        "install": render_install(cluster, host, archive),
        "install from a URL": render_install(cluster, host, URL_ARCHIVE),
        "verification": render_verification(host, PRINTED, 180),
    }
    for process in cluster.processes:
        scripts[f"{process.name} service"] = render_service(process)
        scripts[f"{process.name} step"] = render_step(cluster, process, PRINTED, 180)
    return scripts


SCRIPTS = _every_script()
PLAIN = sorted(path.name for path in TEMPLATES.glob("*.sh"))


def _shellcheck(shell, text):
    # SC1091: shellcheck cannot follow /etc/os-release, which is the host's.
    words = [SHELLCHECK, "--exclude", "SC1091", "--shell", shell, "-"]
    found = subprocess.run(words, input=text, text=True, capture_output=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck_accepts_every_rendered_script(name):
    parsed = subprocess.run(
        ["bash", "-n"], input=SCRIPTS[name], text=True, capture_output=True, check=False
    )
    assert (parsed.returncode, parsed.stderr) == (0, "")
    _shellcheck("bash", SCRIPTS[name])


@pytest.mark.parametrize("name", PLAIN)
def test_shellcheck_accepts_every_installed_script_as_posix_shell(name):
    _shellcheck("sh", (TEMPLATES / name).read_text("utf-8"))


def test_there_are_installed_scripts():
    assert {"before-start.sh", "put-file.sh"} <= set(PLAIN)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_stops_at_the_first_error_and_can_ensure_and_remove(name):
    lines = SCRIPTS[name].splitlines()
    assert "set -euo pipefail" in lines
    assert "ensure() {" in lines
    assert "remove() {" in lines
    assert lines[-1].startswith('"$1" </dev/null')


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_line_is_so_long_that_the_provider_hangs(name):
    assert max(len(line.encode()) for line in SCRIPTS[name].splitlines()) < LONGEST_LINE


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_the_same_in_every_clone(name):
    assert str(TEMPLATES.parent) not in SCRIPTS[name]
    assert SCRIPTS[name] == _every_script()[name]


def test_every_script_has_its_own_lock():
    cluster = planned(raw_cluster())
    for host in cluster.hosts:
        texts = [
            render_gate(cluster, host, "root"),
            render_tools(host),
            render_preparation(cluster, host),
            *(render_service(process) for process in cluster.processes if process.host == host),
            *(render_step(cluster, p, PRINTED, 9) for p in cluster.processes if p.host == host),
        ]
        locks = [line for text in texts for line in text.splitlines() if "exec 8>" in line]
        assert len(set(locks)) == len(locks) == len(texts)


def test_the_gate_checks_exactly_the_ports_of_its_host():
    cluster = planned(ring(5, 3))
    for host in cluster.hosts:
        ports = sorted(port for p in cluster.services_on(host) for port in p.ports)
        assert f"ports='{' '.join(map(str, ports))}'\n" in render_gate(cluster, host, "root")


def test_preparation_creates_the_directories_of_every_broker_on_each_host():
    cluster = planned(raw_cluster())
    for host in cluster.hosts:
        words = render_preparation(cluster, host).split()
        for name in ("broker-a", "broker-b", "broker-as", "broker-bs"):
            assert f"/usr/local/rocketmq/store/{name}" in words
            assert f"/usr/local/rocketmq/store/{name}/commitlog" in words


def test_preparation_gives_every_host_the_names_of_all_hosts():
    cluster = planned(ring(3, 4))
    for host in cluster.hosts:
        text = render_preparation(cluster, host)
        for other in cluster.hosts:
            assert f"'{other.address} {other.name}'" in text


def test_destroying_keeps_the_stores_unless_this_system_is_marked_for_purging():
    mark = "purge=/var/lib/rocketmq-pulumi-host/purge-data\n"
    removal = '[ ! -e "$purge" ] || find /usr/local/rocketmq/store -mindepth 1 -delete\n'
    for name in ("preparation", "preparation that purges"):
        assert mark in SCRIPTS[name]
        assert removal in SCRIPTS[name]
    assert 'touch "$purge"' not in SCRIPTS["preparation"]
    assert 'rm -f "$purge"' in SCRIPTS["preparation"]
    assert 'touch "$purge"' in SCRIPTS["preparation that purges"]


def test_a_new_domain_runs_first_contact_again_and_a_disk_with_any_content_is_never_formatted():
    text = SCRIPTS["first contact"]
    host = planned(raw_cluster()).hosts[0]
    assert render_first_contact(host, "another") != text
    before, format_, after = text.partition("mkfs.ext4 -q -L rocketmq-store")
    assert format_
    assert "mkfs" not in before + after
    # Status 2 of blkid means that it found nothing; then wipefs must agree.
    assert 'if [ "$status" = 2 ]; then' in before
    assert '[ -z "$(wipefs -n "$device")" ] || fail' in before


def test_undoing_an_old_installation_takes_nothing_from_the_new_one():
    """On a rebuilt host each is undone when those that it depends on have been made again."""
    for name in ("install", "install from a URL"):
        _, _, removal = SCRIPTS[name].partition("remove() {")
        assert removal
        assert "$archive" not in removal
    mark = "/var/lib/rocketmq-pulumi-incarnation"
    assert [name for name, text in SCRIPTS.items() if mark in text] == ["first contact"]


def test_an_uploaded_archive_is_never_downloaded():
    assert "urllib" not in SCRIPTS["install"]
    assert "'https://a.example/it'\"'\"'s here.zip'" in SCRIPTS["install from a URL"]


def test_a_step_changes_exactly_when_the_output_of_its_files_does():
    cluster = planned(raw_cluster())
    broker = cluster.masters[0]
    again = ['{"sha":"1","writes":2}', PRINTED[1]]
    assert render_step(cluster, broker, PRINTED, 180) == SCRIPTS["broker-a step"]
    assert render_step(cluster, broker, again, 180) != SCRIPTS["broker-a step"]


def test_verification_changes_with_the_output_of_any_step():
    host = planned(raw_cluster()).hosts[0]
    texts = {render_verification(host, [a, b], 180) for a in "12" for b in "12"}
    assert len(texts) == 4


@pytest.mark.parametrize("process", planned(raw_cluster()).processes, ids=lambda p: p.name)
def test_a_step_waits_for_its_process_by_the_plan(process):
    _, _, ensured = SCRIPTS[f"{process.name} step"].partition("ensure() {")
    (line,) = [line for line in ensured.splitlines() if " ready " in line]
    words = shlex.split(line.strip().removeprefix("cause=$("))
    assert words[:3] == ["python3", str(REMOTING), "ready"]
    options = argument_parser().parse_args(words[2:9])
    assert (options.plan, options.process, options.timeout) == (PLAN, process.name, 180)


def test_a_step_runs_again_when_its_part_of_the_plan_changes():
    raw = raw_cluster()
    fewer = changed(nameServers=1)
    steps = {
        kind: [_step(planned(cluster), name) for cluster in (raw, fewer)]
        for kind, name in (("broker", "broker-a"), ("name server", "namesrv-server1"))
    }
    # Brokers register with every name server; a name server answers for itself.
    assert steps["broker"][0] != steps["broker"][1]
    assert steps["name server"][0] == steps["name server"][1]


def _step(cluster, name):
    (process,) = [process for process in cluster.processes if process.name == name]
    return render_step(cluster, process, PRINTED, 180)


def test_the_tools_contain_every_module_of_the_checks():
    sources = sorted((ROOT / "remoting").rglob("*.py"))
    modules = [str(path.relative_to(ROOT)) for path in sources]
    assert len(modules) > 25
    for module in modules:
        assert f'cat >"$new/package/{module}" <<' in SCRIPTS["tools"]


def test_no_text_of_the_tools_ends_its_own_here_document():
    documents = SCRIPTS["tools"].count("<<'END_OF_FILE'")
    ends = [line for line in SCRIPTS["tools"].splitlines() if line == "END_OF_FILE"]
    assert documents == len(ends) > 5


def test_the_zipapp_of_the_tools_runs(tmp_path):
    package = tmp_path / "package"
    shutil.copytree(ROOT / "remoting", package / "remoting", ignore=lambda *_: ["__pycache__"])
    lines = SCRIPTS["tools"].splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if "/package/__main__.py" in line)
    end = lines.index("END_OF_FILE\n", start)
    (package / "__main__.py").write_text("".join(lines[start + 1 : end]), "utf-8")
    app = tmp_path / "remoting.pyz"
    (compiling,) = [line for line in lines if "-m compileall" in line]
    words = [word.replace("$new/package", str(package)) for word in shlex.split(compiling)]
    subprocess.run([sys.executable, *words[1:]], check=True)
    subprocess.run([sys.executable, "-m", "zipapp", package, "-o", app], check=True)
    with zipfile.ZipFile(app) as content:
        names = set(content.namelist())
    # Another Python than the one that compiled them reads the sources.
    assert {"remoting/commands/main.py", "remoting/commands/main.pyc", "__main__.py"} <= names
    shown = subprocess.run(
        [sys.executable, "-I", app, "--help"], text=True, capture_output=True, check=True
    )
    for command in ("ready", "verify", "console-answers", "guard"):
        assert command in shown.stdout
