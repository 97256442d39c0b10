"""Plans for tests, as plain JSON data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PROPERTIES = Path(__file__).with_name("broker.properties")
"""The rendered properties of brokers that are scripted peers."""


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
        "configFile": str(PROPERTIES),
        "unit": f"rocketmq-{name}.service",
        "log": "/log",
        "guardState": None,
        "slaveRequired": not is_slave,
        **changes,
    }


def controller(number: int, address: str, log: str = "/log") -> dict[str, Any]:
    unit, name = "rocketmq-controller.service", f"controller-{number}"
    host = f"server{number}"
    return {"name": name, "host": host, "address": address, "unit": unit, "log": log}


def replica(number: int, address: str, group: str = "broker-a", **changes: Any) -> dict[str, Any]:
    elected = {"group": group, "id": None, "role": "REPLICA", "slaveRequired": False}
    return broker(f"{group}-{number}", f"server{number}", address, **{**elected, **changes})


def proxy(number: int, address: str, remoting_address: str) -> dict[str, Any]:
    return {
        "name": f"proxy-{number}",
        "host": f"server{number}",
        "address": address,
        "remotingAddress": remoting_address,
        "unit": "rocketmq-proxy.service",
        "log": "/log",
    }


def plan_of(
    name_servers: list[dict[str, Any]], brokers: list[dict[str, Any]], **changes: Any
) -> dict[str, Any]:
    return {
        "cluster": "DefaultCluster",
        "election": "none",
        "hosts": ["server1", "server2"],
        "nameServers": name_servers,
        "controllers": [],
        "brokers": brokers,
        "proxies": [],
        "metrics": [],
        **changes,
    }


def seed_plan() -> dict[str, Any]:
    return plan_of(
        [name_server(1, "10.0.0.11:9876"), name_server(2, "10.0.0.12:9876")],
        [
            broker("broker-a", "server1", "10.0.0.11:10911", guardState="/run/a.json"),
            broker("broker-a-s", "server2", "10.0.0.12:11911"),
            broker("broker-b", "server2", "10.0.0.12:10911"),
            broker("broker-b-s", "server1", "10.0.0.11:11911"),
        ],
    )


def dledger_plan() -> dict[str, Any]:
    return plan_of(
        [name_server(1, "10.0.0.11:9876"), name_server(2, "10.0.0.12:9876")],
        [replica(number, f"10.0.0.1{number}:10911") for number in (1, 2, 3)],
        election="dledger",
        hosts=["server1", "server2", "server3"],
    )


def controller_plan() -> dict[str, Any]:
    return plan_of(
        [name_server(1, "10.0.0.11:9876"), name_server(2, "10.0.0.12:9876")],
        [replica(number, f"10.0.0.1{number}:10911") for number in (1, 2)],
        election="controller",
        hosts=["server1", "server2", "server3"],
        controllers=[controller(number, f"10.0.0.1{number}:9878") for number in (1, 2, 3)],
    )
