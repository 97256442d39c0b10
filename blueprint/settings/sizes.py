"""Sizes of memory and disks, as settings spell them."""

import re

MEBIBYTES_PER_UNIT = {"MiB": 1, "GiB": 1024}

SIZE = r"^[1-9][0-9]{0,6}(MiB|GiB)$"


def parse_mebibytes(text: str) -> int:
    """Return the MiB in a size such as `512MiB` or `4GiB`; any other text is a ValueError."""
    if re.fullmatch(SIZE, text) is None:
        message = "is not a memory size; write a whole number and MiB or GiB, as 4GiB"
        raise ValueError(message)
    return int(text[:-3]) * MEBIBYTES_PER_UNIT[text[-3:]]
