"""A fake hypervisor, for tests of the program's resources."""

import struct
from pathlib import Path

import pytest

from machines.libvirt.contents import Contents

NOTHING = Contents(domains={}, data_disks={})
GIB = 1 << 30


def capabilities(*, features: tuple[str, ...] = (), arch: str = "x86_64", kvm: bool = True) -> str:
    """Return libvirt's capabilities of a host with these CPU features, with or without KVM."""
    shown = "".join(f"<feature name='{name}'/>" for name in features)
    offered = "<domain type='kvm'/>" if kvm else ""
    return (
        f"<capabilities><host><cpu><arch>{arch}</arch>{shown}</cpu></host>"
        f"<guest><arch name='{arch}'><domain type='qemu'/>{offered}</arch></guest>"
        "</capabilities>"
    )


def answer(
    patch: pytest.MonkeyPatch, *, features: tuple[str, ...] = (), contents: Contents = NOTHING
) -> None:
    """Make every hypervisor report these features and contents; no image is written for it."""
    answers = (capabilities(features=features), contents)
    patch.setattr("preflight.hypervisor._facts", lambda _uri, _stack: answers)
    patch.setattr("machines.libvirt.cloud_init_image.write_image", lambda _file, _contents: None)


def write_image(file: Path, size_bytes: int = 8 * GIB) -> None:
    """Write the header of a qcow2 image of a virtual size."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, size_bytes))
