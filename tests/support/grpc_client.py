"""The official Python gRPC client, run in its own environment, locked by `tests/grpc/uv.lock`."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from project import ROOT, cache_folder

SECONDS = 120
"""Enough for more than twenty receives in a row that ask a broker without messages."""
EXCHANGE = ROOT / "tests" / "grpc"


@dataclass(frozen=True)
class Exchange:
    """The ids of messages that were acknowledged to the producer, and by the consumer."""

    sent: tuple[str, ...]
    received: tuple[str, ...]


def exchange(endpoint: str, topic: str, group: str, count: int, folder: Path) -> Exchange:
    """Send messages to an endpoint and receive them; the client writes its log to `folder`."""
    uv = ROOT / ".state" / "uv" / "bin" / "uv"
    done = subprocess.run(
        [
            *(uv, "run", "--quiet", "--project", EXCHANGE, "--frozen"),
            *("python", EXCHANGE / "exchange.py"),
            *(endpoint, topic, group, str(count), str(SECONDS)),
        ],
        env={
            **os.environ,
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(cache_folder().parent),
            "UV_PROJECT_ENVIRONMENT": str(ROOT / ".state" / "grpc-client"),
        },
        capture_output=True,
        text=True,
        timeout=SECONDS + 300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    reported = json.loads(done.stdout.splitlines()[-1])
    return Exchange(tuple(reported["sent"]), tuple(reported["received"]))
