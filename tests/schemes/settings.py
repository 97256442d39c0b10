"""Settings of small clusters: heaps and log files as small as RocketMQ accepts."""


def settings_for(network: str, *, servers: int, **further: object) -> dict:
    """Return the `cluster` object of a cluster on this many machines."""
    prefix = network.rpartition(".")[0]
    return {
        "hosts": {
            "provider": "nspawn",
            "network": network,
            "servers": [
                {"name": f"server{n}", "address": f"{prefix}.{150 + n}", "memory": "4GiB"}
                for n in range(1, servers + 1)
            ],
        },
        "heap": {
            "nameServer": "64MiB",
            "controller": "64MiB",
            "broker": "128MiB",
            "brokerDirect": "192MiB",
            "proxy": "96MiB",
            "proxyDirect": "96MiB",
        },
        "brokerProperties": {"mappedFileSizeCommitLog": 64 << 20, "deleteWhen": "04"},
        **further,
    }
