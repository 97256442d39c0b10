"""Images are linked only if they match the settings."""

import hashlib

import pytest

from blueprint.hosts.images import Image
from machines.libvirt.built_image import ensure_built
from machines.libvirt.image import ensure_image
from machines.libvirt.qcow2 import virtual_size_mib
from system.errors import LocalError
from tests.support.virtual import write_image


def image_of(file, **changes):
    sha512 = hashlib.sha512(file.read_bytes()).hexdigest()
    fields = {"digest": sha512[:16], "sha512": sha512, "url": None, "path": str(file), **changes}
    return Image(**fields)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_image(tmp_path / "mine.qcow2")
    return tmp_path / "mine.qcow2"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def test_a_file_is_linked_to_the_same_path_in_every_clone(file, project):
    image = image_of(file)
    link = ensure_image(image, project)
    assert link == project / image.link
    assert link.resolve() == file
    assert ensure_image(image, project) == link


def test_a_linked_file_that_was_replaced_is_refused(file, project):
    image = image_of(file)
    ensure_image(image, project)
    write_image(file, 1 << 20)
    with pytest.raises(LocalError, match=r"cluster.hosts.image.sha512: has .*…, expected"):
        ensure_image(image, project)


def test_a_missing_file_is_refused(file, project):
    with pytest.raises(LocalError, match=r"cluster.hosts.image.path: /nowhere is not a file"):
        ensure_image(image_of(file, path="/nowhere"), project)


def test_a_file_in_another_format_is_refused(file, project):
    file.write_bytes(b"raw" * 100)
    with pytest.raises(LocalError, match=r"not in qcow2 format: convert it with qemu-img"):
        ensure_image(image_of(file), project)


def test_a_download_with_the_right_digest_is_cached(file, project, tmp_path):
    image = image_of(file, url=file.as_uri(), path=None)
    link = ensure_image(image, project)
    assert link.resolve() == tmp_path / "cache/rocketmq-pulumi/lab-image" / f"{image.digest}.qcow2"
    file.unlink()
    link.unlink()
    assert ensure_image(image, project).is_file()


def test_a_download_with_a_wrong_digest_leaves_nothing(file, project, tmp_path):
    image = image_of(file, url=file.as_uri(), path=None, sha512="0" * 128, digest="0" * 16)
    with pytest.raises(LocalError, match=r"has .*…, expected 0000000000000000…"):
        ensure_image(image, project)
    assert list((tmp_path / "cache/rocketmq-pulumi/lab-image").iterdir()) == []
    assert not (project / image.link).exists()


def test_a_failed_download_names_the_alternatives(file, project):
    image = image_of(file, url="file:///nowhere/i.qcow2", path=None)
    with pytest.raises(LocalError, match=r"nowhere.*use built \(make lab-image\)"):
        ensure_image(image, project)


def test_the_virtual_size_is_read_from_the_header(tmp_path):
    write_image(tmp_path / "i", (3 << 30) + 1)
    assert virtual_size_mib(tmp_path / "i") == 3073


def test_the_built_image_is_refused_on_another_architecture(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    with pytest.raises(LocalError, match=r"'built' boots on x86_64 .* aarch64: use debian"):
        ensure_built()
