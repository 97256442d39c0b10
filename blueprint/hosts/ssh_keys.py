"""SSH key pairs as text."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

END_OF_PRIVATE = "-----END OPENSSH PRIVATE KEY-----\n"

OPENSSH_MAGIC = b"openssh-key-v1\0"

MAKE_KEY_PAIR = """\
set -eu
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ssh-keygen -q -t ed25519 -N '' -C rocketmq-clusters -f "$folder/key"
cat "$folder/key" "$folder/key.pub"
"""
"""Prints the private key, then the public one as a single line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyPair:
    """Both keys in OpenSSH's formats."""

    private: str
    public: str


def parse_key_pair(text: str) -> KeyPair:
    """Parse the output of `MAKE_KEY_PAIR`; a ValueError for any other text does not repeat it."""
    private, end, public = text.partition(END_OF_PRIVATE)
    if not end or not public.startswith("ssh-ed25519 "):
        message = "ssh-keygen printed no key pair; is openssh-client installed?"
        raise ValueError(message)
    return KeyPair(private=private + end, public=public.strip())


def fingerprint(public: str) -> str:
    """Return 16 hex digits that identify a public key; "" for no key."""
    return hashlib.sha256(public.encode()).hexdigest()[:16] if public else ""


def find_key_problem(text: str) -> str | None:
    """Return why a file's text is not a usable private key, or None if it is."""
    first = text.strip().partition("\n")[0]
    if first.startswith(("ssh-", "ecdsa-", "sk-")):
        return "is a public key; give the private one, the file without .pub"
    if not (first.startswith("-----BEGIN ") and first.endswith("PRIVATE KEY-----")):
        return "is not a private key in OpenSSH's format"
    if "ENCRYPTED" in text or _is_encrypted(text):
        return (
            "is protected by a passphrase, which cannot be entered during an update; load it with "
            "ssh-add and set key: agent, or use a key without one"
        )
    return None


def _is_encrypted(text: str) -> bool:
    """Return whether a key in OpenSSH's own format is encrypted."""
    body = "".join(line for line in text.splitlines() if not line.startswith("-"))
    try:
        blob = base64.b64decode(body)
    except binascii.Error:
        return False
    # The magic is followed by the length and the name of the cipher.
    return blob.startswith(OPENSSH_MAGIC) and not blob.startswith(OPENSSH_MAGIC + b"\0\0\0\4none")
