"""Which cloud image is used, and where the program expects it."""

import pytest
from pydantic import TypeAdapter

from blueprint.hosts.images import plan_image
from blueprint.settings.hosts import LibvirtHostsSettings

SERVERS = [{"name": "server1", "address": "192.168.64.151"}]
DIGEST = "ab" * 64
BUILT = "0123456789abcdef"


def image_of(setting, architecture="x86_64"):
    raw = {"provider": "libvirt", "servers": SERVERS, **({"image": setting} if setting else {})}
    settings = TypeAdapter(LibvirtHostsSettings).validate_python(raw)
    return plan_image(settings.image, architecture, BUILT)


@pytest.mark.parametrize(("architecture", "name"), [("x86_64", "amd64"), ("aarch64", "arm64")])
def test_the_default_is_debians_cloud_image_of_a_fixed_build_and_digest(architecture, name):
    image = image_of(None, architecture)
    assert image.url.startswith("https://cloud.debian.org/images/cloud/bookworm/2026")
    assert f"debian-12-genericcloud-{name}-2026" in image.url
    assert "latest" not in image.url
    assert len(image.sha512) == 128
    assert image.digest == image.sha512[:16]
    assert image == image_of("debian", architecture)


def test_debians_image_is_refused_for_an_architecture_without_a_known_digest():
    with pytest.raises(ValueError, match=r"cluster.hosts.image: 'debian'.*riscv64.*source: url"):
        image_of("debian", "riscv64")


def test_an_images_path_is_its_digest_in_every_clone():
    assert image_of("built").link == f".state/images/{BUILT}.qcow2"
    setting = {"source": "url", "url": "https://x/i.qcow2", "sha512": DIGEST}
    assert image_of(setting).link == ".state/images/abababababababab.qcow2"
    file = image_of({"source": "file", "path": "/somewhere/i.qcow2", "sha512": DIGEST})
    assert (file.path, file.url) == ("/somewhere/i.qcow2", None)
    assert "somewhere" not in file.link
