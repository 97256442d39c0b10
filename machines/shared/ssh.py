"""Whether the sshd of a machine answers."""

import socket

SSH_PORT = 22


def sshd_answers(address: str, timeout_seconds: float) -> bool:
    """Return whether the sshd at an IPv4 address sends its banner within the timeout."""
    try:
        with socket.create_connection((address, SSH_PORT), timeout_seconds) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
