"""Read the header of a qcow2 disk image."""

import struct
from pathlib import Path

MAGIC = b"QFI\xfb"
MIB = 1 << 20
_SIZE = struct.Struct(">4sI Q I I Q")


def virtual_size_mib(file: Path) -> int:
    """Return the size of the virtual disk in MiB, rounded up, from QEMU's header of the file.

    Raises:
        ValueError: the file is not in qcow2 format.

    """
    with file.open("rb") as source:
        header = source.read(_SIZE.size)
    if len(header) < _SIZE.size or not header.startswith(MAGIC):
        message = f"{file} is not in qcow2 format: convert it with qemu-img"
        raise ValueError(message)
    size: int = _SIZE.unpack(header)[5]
    return -(-size // MIB)
