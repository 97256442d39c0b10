"""Run the console's server."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from console.configuration import ConfigurationError, read_configuration
from console.observe.state import ObservedState
from console.observe.threads import PollerThreads
from console.server.app import make_app
from console.server.auth import Authenticator
from console.server.idle_timeout import IdleTimeoutProtocol
from console.server.snapshot import SnapshotCache
from remoting.errors import PlanError
from remoting.plan.plan import read_plan
from remoting.protocol.connection import split_address

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CONNECTIONS = 512
"""Beyond these, requests are answered by 503."""

KEEP_ALIVE_SECONDS = 15
STOP_SECONDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives; return 1 if the configuration is unusable."""
    parser = argparse.ArgumentParser(prog="console", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        configuration = read_configuration(options.config)
        plan = read_plan(configuration.plan)
        authenticator = Authenticator.from_file(configuration.login)
    except (ConfigurationError, PlanError) as error:
        sys.stderr.write(f"console: {error}\n")
        return 1
    observed = ObservedState()
    pollers = PollerThreads(plan, configuration, observed)
    pollers.start()
    snapshots = SnapshotCache(plan, configuration, observed, pollers.requests)
    host, port = split_address(configuration.listen)
    try:
        uvicorn.run(
            make_app(snapshots, authenticator),
            host=host,
            port=port,
            http=IdleTimeoutProtocol,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    finally:
        pollers.stop()
    return 0
