"""Types of the fields for SSH: users, addresses and host keys."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

PINNABLE = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
)
LENGTH_BYTES = 4
"""Each part of a public key is preceded by its length, as a big-endian number."""
WORDS_OF_A_KEY = 2

UserName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_.-]*\$?$", max_length=32)]
HostAddress = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", max_length=253)
]
"""An IPv4 address or a DNS name."""


def parse_host_key(text: str) -> str:
    """Return a host's public key as `type base64`, without a comment.

    Raises:
        ValueError: a connection cannot be pinned to it; the message omits the text itself.

    """
    words = text.split()
    kind = words[0] if words else ""
    if kind in {"ssh-rsa", "ssh-dss"} or kind.startswith("rsa-"):
        message = (
            f"is of type {kind}, which cannot be pinned; write the server's ssh-ed25519 or ecdsa "
            "key, which make hostkeys prints"
        )
        raise ValueError(message)
    if kind not in PINNABLE or len(words) < WORDS_OF_A_KEY or not _is_whole(words[1], kind):
        message = (
            "is not the line of a host's public key; write it as 'ssh-ed25519 AAAA…', which "
            "make hostkeys prints"
        )
        raise ValueError(message)
    return " ".join(words[:WORDS_OF_A_KEY])


def _is_whole(text: str, kind: str) -> bool:
    """Return whether a key is complete and of this type."""
    try:
        blob = base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    parts = []
    while blob:
        length = int.from_bytes(blob[:LENGTH_BYTES], "big")
        if len(blob) < LENGTH_BYTES + length:
            return False
        parts.append(blob[LENGTH_BYTES : LENGTH_BYTES + length])
        blob = blob[LENGTH_BYTES + length :]
    return len(parts) >= WORDS_OF_A_KEY and parts[0] == kind.encode()


HostKey = Annotated[
    str,
    AfterValidator(parse_host_key),
    WithJsonSchema(
        {"type": "string", "pattern": rf"^({'|'.join(PINNABLE)}) +AAAA[A-Za-z0-9+/]+=*( .*)?$"}
    ),
]
