"""What the commands share: how arguments are read and results are printed."""

from __future__ import annotations

import argparse
import json
import sys

from remoting.errors import AddressError
from remoting.protocol.connection import split_address

EXIT_OK, EXIT_FAILED, EXIT_AHEAD = 0, 1, 3


def address_argument(text: str) -> str:
    """Return an argument that is `host:port`."""
    try:
        split_address(text)
    except AddressError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def seconds_argument(text: str) -> float:
    """Return an argument that is a positive number of seconds."""
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        message = f"{text} is not a positive number of seconds"
        raise argparse.ArgumentTypeError(message)
    return seconds


def print_json(value: object) -> int:
    """Print one line of JSON and return the exit code of success."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()
    return EXIT_OK
