"""Package commands: which family a distribution belongs to, and the exact commands."""

import subprocess

import pytest

from blueprint.hosts.packages import FAMILIES
from blueprint.rendering.scripts import render_gate, render_preparation
from tests.support.stacks import planned, raw_cluster

CLUSTER = planned(raw_cluster())
HOST = CLUSTER.hosts[0]

APT = {
    "java": (
        "export DEBIAN_FRONTEND=noninteractive; apt-get -o DPkg::Lock::Timeout=300 update -q && "
        "apt-get -o DPkg::Lock::Timeout=300 install -qy --no-install-recommends "
        "default-jre-headless"
    ),
    "python": "apt-get install -y python3",
    "newer_python": "a newer release of the distribution has it",
    "ss": "apt-get install -y iproute2",
}
DNF = {
    "java": (
        "dnf -y install java-17-openjdk-headless || dnf -y install java-21-openjdk-headless || "
        "dnf -y install java-11-openjdk-headless"
    ),
    "python": "dnf -y install python3",
    "newer_python": "dnf -y install python3.11 && alternatives --set python3 /usr/bin/python3.11",
    "ss": "dnf -y install iproute",
}
OPENEULER = {**DNF, "newer_python": "a newer release of the distribution has it"}

# The identifying lines of /etc/os-release, by distribution.
SYSTEMS = {
    "Debian 12": ("Debian, Ubuntu", "ID=debian", APT),
    "Ubuntu 24.04": ("Debian, Ubuntu", "ID=ubuntu\nID_LIKE=debian", APT),
    "Linux Mint 22": ("Debian, Ubuntu", 'ID=linuxmint\nID_LIKE="ubuntu debian"', APT),
    "RHEL 9": ("RHEL", 'ID="rhel"\nID_LIKE="fedora"', DNF),
    "CentOS Stream 9": ("RHEL", 'ID="centos"\nID_LIKE="rhel fedora"', DNF),
    "Rocky 9": ("RHEL", 'ID="rocky"\nID_LIKE="rhel centos fedora"', DNF),
    "Alma 9": ("RHEL", 'ID="almalinux"\nID_LIKE="rhel centos fedora"', DNF),
    "Fedora 41": ("RHEL", "ID=fedora", DNF),
    "openEuler 22.03": ("openEuler", 'NAME="openEuler"\nID="openEuler"', OPENEULER),
    "Anolis 8": ("Anolis OS", 'ID="anolis"\nID_LIKE="rhel fedora centos"', DNF),
    "Anolis 23": ("Anolis OS", 'ID="anolis"', DNF),
    "Alibaba Cloud Linux 3": (
        "Alibaba Cloud Linux",
        'ID="alinux"\nID_LIKE="rhel fedora centos anolis"',
        DNF,
    ),
}
UNKNOWN = ("ID=arch", 'ID=opensuse-leap\nID_LIKE="suse opensuse"', "ID=openeuler", "")


def _with(script, os_release):
    """Return the functions of a script, reading another os-release file."""
    text = script.replace("/etc/os-release", str(os_release))
    assert text != script
    return text.partition("command -v flock")[0]


def _run(script, command):
    return subprocess.run(
        ["bash", "-s"], input=f"{script}\n{command}\n", text=True, capture_output=True, check=False
    )


@pytest.fixture
def os_release(tmp_path):
    path = tmp_path / "os-release"

    def write(lines):
        path.write_text(f"{lines}\n")
        return path

    return write


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    "script",
    [render_gate(CLUSTER, HOST, "root"), render_preparation(CLUSTER, HOST)],
    ids=["gate", "preparation"],
)
def test_a_distribution_gets_the_commands_of_its_family(os_release, system, script):
    _, lines, commands = SYSTEMS[system]
    functions = _with(script, os_release(lines))
    for what, command in commands.items():
        done = _run(functions, f"command_for {what}")
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{command}\n", "")


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_first_matching_family_has_the_distributions_name(system):
    name, lines, commands = SYSTEMS[system]
    fields = dict(line.replace('"', "").split("=") for line in lines.splitlines())
    identifiers = {fields["ID"], *fields.get("ID_LIKE", "").split()}
    first = next(family for family in FAMILIES if identifiers & set(family.ids))
    assert first.name.startswith(name)
    assert first.commands == commands


@pytest.mark.parametrize("lines", UNKNOWN)
def test_an_unknown_distribution_has_no_command_and_java_is_installed_by_hand(os_release, lines):
    functions = _with(render_preparation(CLUSTER, HOST), os_release(lines))
    assert _run(functions, "command_for java").stdout == ""
    done = _run(functions, "java_major() { echo 8; }\nensure_java")
    assert done.returncode == 1
    assert done.stderr == (
        "server1: no Java 11 or newer at /usr/bin/java, and no package known for this "
        "distribution; install it by hand and run again\n"
    )


def test_java_is_installed_by_the_familys_command_and_checked_again(os_release, tmp_path):
    functions = _with(render_preparation(CLUSTER, HOST), os_release("ID=fedora"))
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    dnf = bin_folder / "dnf"
    # RHEL 10 has no Java 17.
    dnf.write_text(f'#!/bin/bash\necho "$*" >>{tmp_path}/asked\n[[ $3 == *-21-* ]]\n')
    dnf.chmod(0o755)
    majors = f"java_major() {{ if [ -e {tmp_path}/asked ]; then echo 21; else echo 8; fi; }}"
    done = _run(functions, f"PATH={bin_folder}:$PATH\n{majors}\nensure_java")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "asked").read_text().splitlines() == [
        "-y install java-17-openjdk-headless",
        "-y install java-21-openjdk-headless",
    ]


@pytest.mark.parametrize(("lines", "remedy"), [
    ("ID=debian", "install it: apt-get install -y python3"),
    ('ID="openEuler"', "install it: dnf -y install python3"),
    ("ID=arch", "install it: use the package manager of the system"),
])  # fmt: skip
def test_the_gate_names_the_command_that_installs_what_is_missing(os_release, lines, remedy):
    functions = _with(render_gate(CLUSTER, HOST, "root"), os_release(lines))
    # Root on a systemd host that has nothing else.
    host = (
        "id() { echo 0; }\n"
        'command() { [[ $* != *python3* && $* != *cloud-init* ]] && builtin command "$@"; }\n'
    )
    functions = functions.replace("/run/systemd/system", "/")
    done = _run(functions, f"{host}check")
    assert done.stderr == f"server1: python3 is missing; {remedy}\n"
    assert done.returncode == 1


def test_every_family_has_a_command_for_everything_that_a_host_may_lack():
    for family in FAMILIES:
        assert set(family.commands) == {"java", "python", "newer_python", "ss"}
