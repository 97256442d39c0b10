"""Memory sizes, as settings spell them."""

import re

MEBIBYTES_PER_UNIT = {"MiB": 1, "GiB": 1024}

SIZE = re.compile(r"(\d+)(MiB|GiB)")


def parse_mebibytes(text: str) -> int:
    """Return the MiB of a size such as `512MiB` or `4GiB`.

    Raises:
        ValueError: the text is not a whole number of MiB or GiB.

    """
    match = SIZE.fullmatch(text)
    if match is None:
        message = f"{text!r} is not a memory size; write a whole number and MiB or GiB, as 4GiB"
        raise ValueError(message)
    return int(match[1]) * MEBIBYTES_PER_UNIT[match[2]]
