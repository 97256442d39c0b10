"""What the header of a disk image says."""

import struct
from pathlib import Path

MAGIC = b"QFI\xfb"
MIB = 1 << 20
_SIZE = struct.Struct(">4sI Q I I Q")


def virtual_size_mib(file: Path) -> int:
    """Return the size that a machine sees, in MiB, rounded up.

    Source: the layout of the header in QEMU's specification of the format.

    Raises:
        ValueError: the file is in another format.

    """
    with file.open("rb") as source:
        header = source.read(_SIZE.size)
    if len(header) < _SIZE.size or not header.startswith(MAGIC):
        message = f"{file} is not in qcow2 format: convert it by qemu-img"
        raise ValueError(message)
    size: int = _SIZE.unpack(header)[5]
    return -(-size // MIB)
