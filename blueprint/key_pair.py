"""The text of an SSH key pair."""

import hashlib
from dataclasses import dataclass

END_OF_PRIVATE = "-----END OPENSSH PRIVATE KEY-----\n"

MAKE_KEY_PAIR = """\
set -eu
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ssh-keygen -q -t ed25519 -N '' -C rocketmq-clusters -f "$folder/key"
cat "$folder/key" "$folder/key.pub"
"""
"""Prints the private key, then the line of the public one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyPair:
    """Both halves as OpenSSH writes them."""

    private: str
    public: str


def parse_key_pair(text: str) -> KeyPair:
    """Return the pair that `MAKE_KEY_PAIR` printed.

    Raises:
        ValueError: the text is not a private key and a public one; it is not repeated.

    """
    private, end, public = text.partition(END_OF_PRIVATE)
    if not end or not public.startswith("ssh-ed25519 "):
        message = "ssh-keygen printed no key pair; is openssh-client installed?"
        raise ValueError(message)
    return KeyPair(private=private + end, public=public.strip())


def fingerprint(public: str) -> str:
    """Return 16 hex digits that stand for a public key; none for no key."""
    return hashlib.sha256(public.encode()).hexdigest()[:16] if public else ""
