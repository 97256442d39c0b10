"""The console's password: made once, kept in the state, checked on the host by its hash."""

import base64
import hashlib
from dataclasses import dataclass

from blueprint.console_settings import ConsoleKind
from blueprint.specs import ConsoleSpec

USER = "admin"

MAKE_LOGIN = """\
set -eu
random() { head -c "$1" /dev/urandom; }
random 16 | base32 | tr -d = | tr A-Z a-z
random 16 | base64
"""
"""Prints 26 letters and digits, 128 bits, then the salt of their hash."""

N, R, P, LENGTH = 8192, 8, 1, 32
"""Of scrypt: 8 MiB and some hundredths of a second for each guess."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Password:
    """The password, and the salt by which its hash is always the same."""

    text: str
    salt: bytes


def parse_password(printed: str) -> Password:
    """Return what `MAKE_LOGIN` printed.

    Raises:
        ValueError: the text is something else; it is not repeated.

    """
    words = printed.split()
    if len(words) != 2 or not words[0].isalnum():  # noqa: PLR2004 (password and salt)
        message = "no password was printed; are base32 and base64 of coreutils installed?"
        raise ValueError(message)
    text, salt = words
    return Password(text=text, salt=base64.b64decode(salt))


def render_login(console: ConsoleSpec, password: Password) -> str:
    """Return the file by which a console checks logins.

    A dashboard compares with the password itself, so its file holds it in clear.
    """
    if console.console_kind is ConsoleKind.DASHBOARD:
        return f"{USER}={password.text},1\n"
    found = hashlib.scrypt(password.text.encode(), salt=password.salt, n=N, r=R, p=P, dklen=LENGTH)
    salt, digest = (base64.b64encode(part).decode() for part in (password.salt, found))
    return f"scrypt${N}${R}${P}${salt}${digest}\n"
