"""The image for cloud-init is written whole, by mkisofs, and only for this user."""

import os
import stat

import pytest

from machines.libvirt.cloud_init_image import image_link, require_mkisofs, write_image
from system.errors import LocalError

MKISOFS = """\
#!/bin/sh
while [ "$1" != -output ]; do printf '%s ' "$1"; shift; done >"$FOLDER/options"
image=$2
shift 2
printf '%s ' "$@" | sed 's|[^ ]*/||g' >"$FOLDER/names"
stat -c %a "$(dirname "$image")" >"$FOLDER/mode"
[ -z "$FAIL" ] || { echo 'mkisofs: no space' >&2; exit 1; }
cat "$@" >"$image"
"""


@pytest.fixture(autouse=True)
def mkisofs(monkeypatch, tmp_path):
    """A mkisofs that notes how it was called, and concatenates the files."""
    program = tmp_path / "bin" / "mkisofs"
    program.parent.mkdir()
    program.write_text(MKISOFS)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("FOLDER", str(tmp_path))
    return program


def test_an_image_holds_the_files_by_name_under_the_label_that_cloud_init_looks_for(tmp_path):
    file = tmp_path / "project" / image_link("a.iso")
    write_image(file, {"user-data": "one\n", "meta-data": "two\n"})
    assert file.read_text() == "one\ntwo\n"
    assert (tmp_path / "names").read_text().split() == ["user-data", "meta-data"]
    assert "-volid cidata -joliet -rock" in (tmp_path / "options").read_text()


def test_no_other_user_can_read_an_image_or_what_it_is_made_from(tmp_path):
    file = tmp_path / "project" / image_link("a.iso")
    write_image(file, {"user-data": "private\n"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (tmp_path / "mode").read_text() == "700\n"


def test_a_failure_leaves_the_former_image_and_nothing_else(tmp_path, monkeypatch):
    file = tmp_path / "project" / image_link("a.iso")
    write_image(file, {"user-data": "former\n"})
    monkeypatch.setenv("FAIL", "1")
    with pytest.raises(LocalError, match=r"mkisofs .*: exit status 1: mkisofs: no space"):
        write_image(file, {"user-data": "new\n"})
    assert file.read_text() == "former\n"
    assert list(file.parent.iterdir()) == [file]


def test_without_mkisofs_the_message_names_the_command_that_installs_it(monkeypatch):
    require_mkisofs()
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(LocalError, match=r"libvirt needs mkisofs; run `make hypervisor`"):
        require_mkisofs()
