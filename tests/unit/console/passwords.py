"""A password of the console, a wrong one, and the hash in a host's file."""

import base64
import hashlib

PASSWORD, OTHER = "correct horse", "battery staple"


def hash_line(password: str = PASSWORD, salt: bytes = b"salt") -> str:
    """Return a hash as the program writes it, with a low cost for tests."""
    made = hashlib.scrypt(password.encode(), salt=salt, n=16, r=8, p=1, dklen=32)
    return f"scrypt$16$8$1${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}\n"
