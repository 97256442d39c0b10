"""Plans for tests: the seed's two hosts, as plain JSON data."""

from __future__ import annotations

from typing import Any


def name_server(number: int, address: str, log: str = "/log") -> dict[str, Any]:
    unit = "rocketmq-namesrv.service"
    name, host = f"namesrv-{number}", f"server{number}"
    return {"name": name, "host": host, "address": address, "unit": unit, "log": log}


def broker(name: str, host: str, address: str, **changes: Any) -> dict[str, Any]:
    is_slave = name.endswith("-s")
    return {
        "name": name,
        "host": host,
        "group": name.removesuffix("-s"),
        "id": int(is_slave),
        "role": "SLAVE" if is_slave else "SYNC_MASTER",
        "address": address,
        "permission": 6,
        "config": {},
        "unit": f"rocketmq-{name}.service",
        "log": "/log",
        "guardState": None,
        **changes,
    }


def seed_plan() -> dict[str, Any]:
    return {
        "cluster": "DefaultCluster",
        "hosts": ["server1", "server2"],
        "nameServers": [name_server(1, "10.0.0.11:9876"), name_server(2, "10.0.0.12:9876")],
        "brokers": [
            broker("broker-a", "server1", "10.0.0.11:10911", guardState="/run/a.json"),
            broker("broker-a-s", "server2", "10.0.0.12:11911"),
            broker("broker-b", "server2", "10.0.0.12:10911"),
            broker("broker-b-s", "server1", "10.0.0.11:11911"),
        ],
    }
