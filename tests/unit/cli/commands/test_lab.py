"""What `make up` does for virtual machines before the engine runs."""

import pytest
import yaml

from cli.commands import lab
from cli.commands.lab import clear_leftovers, prepare_lab, uri_of
from cli.engine.stack_folder import StackFolder
from system.errors import LocalError
from tests.support.stacks import raw_cluster
from tests.support.virtual import capabilities


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A stack's folder with the lab's settings, changed by the test."""
    monkeypatch.setattr("cli.engine.stack_folder.ROOT", tmp_path)
    made = StackFolder(stack="lab")
    made.folder.mkdir(parents=True)

    def write(**hosts):
        cluster = raw_cluster("lab")
        cluster["hosts"].update(hosts)
        made.config.write_text(yaml.safe_dump({"config": {"rocketmq:cluster": cluster}}))
        return made

    return write


@pytest.fixture
def virsh(monkeypatch):
    """Replace the hypervisor; record what it is asked to clear."""

    class FakeVirsh:
        up = True
        cleared = ()

        def __init__(self, uri):
            self.uri = uri

        def answers(self):
            return FakeVirsh.up

        def run(self, *words):
            assert words == ("capabilities",)
            return capabilities()

    def clear(made, stack, known):
        FakeVirsh.cleared += ((made.uri, stack, known),)

    monkeypatch.setattr(lab, "Virsh", FakeVirsh)
    monkeypatch.setattr(lab, "clear_orphans", clear)
    return FakeVirsh


@pytest.fixture
def ran(monkeypatch):
    done = []
    monkeypatch.setattr(lab, "ensure_image", lambda image, _root: done.append(image))
    monkeypatch.setattr(lab, "run_tool", lambda *words: done.append(words))
    return done


def test_a_built_image_is_built_once_libvirt_runs(folder, virsh, ran):
    prepare_lab(folder())
    assert virsh.up
    ready, build, image = ran
    assert ready == ("machines.libvirt", "ready", "--uri", "qemu:///system")
    assert build == ("machines.libvirt", "build")
    assert (image.url, image.path) == (None, None)


def test_another_image_is_not_built(folder, virsh, ran):
    uri = "qemu+ssh://somewhere/system"
    prepare_lab(folder(image="debian", uri=uri))
    assert virsh.up
    ready, image = ran
    assert ready[-1] == uri == uri_of(folder(uri=uri))
    assert image.url.startswith("https://cloud.debian.org/")


@pytest.mark.usefixtures("virsh")
def test_an_image_that_cannot_be_obtained_is_reported_in_one_line(folder, monkeypatch):
    def fail(*_):
        raise LocalError("cluster.hosts.image.path: x is not a file on this computer; correct it")

    monkeypatch.setattr(lab, "run_tool", lambda *_: None)
    monkeypatch.setattr(lab, "ensure_image", fail)
    with pytest.raises(LocalError, match=r"image\.path: x is not a file"):
        prepare_lab(folder())


def test_settings_that_the_program_will_refuse_are_left_to_it(folder, virsh, ran):
    prepare_lab(folder(accel="hvf"))
    clear_leftovers(folder(accel="hvf"), {})
    assert (ran, virsh.cleared) == ([], ())
    assert uri_of(folder(accel="hvf")) == "qemu:///system"


def test_recorded_libvirt_resources_are_not_leftovers(folder, virsh):
    deployment = {
        "resources": [
            {"type": "libvirt:index/domain:Domain", "inputs": {"name": "rmq-lab-server1"}},
            {"type": "libvirt:index/pool:Pool", "inputs": {"name": "rmq-lab"}},
            {"type": "command:local:Command", "inputs": {"name": "no machine"}},
            {"type": "libvirt:index/volume:Volume"},
        ]
    }
    clear_leftovers(folder(), {"deployment": deployment})
    clear_leftovers(folder(), {"deployment": None})
    known = {"rmq-lab-server1", "rmq-lab"}
    uri = "qemu:///system"
    assert virsh.cleared == ((uri, "lab", known), (uri, "lab", set()))


def test_nothing_is_cleared_if_no_hypervisor_answers(folder, virsh):
    virsh.up = False
    clear_leftovers(folder(), {"deployment": None})
    assert virsh.cleared == ()
