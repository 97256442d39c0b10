"""Record which property keys a broker of one RocketMQ version knows, read from its jars.

    python3 -m toolchain.property_types LIB_DIRECTORY VERSION

RocketMQ calls a setter for each key of its configuration and silently skips keys without one, so
the setters are what counts.
"""

import json
import re
import sys
from pathlib import Path

from system.programs import run

CLASSES = (
    "org.apache.rocketmq.common.BrokerIdentity",
    "org.apache.rocketmq.common.BrokerConfig",
    "org.apache.rocketmq.store.config.MessageStoreConfig",
    "org.apache.rocketmq.remoting.netty.NettyServerConfig",
    "org.apache.rocketmq.remoting.netty.NettyClientConfig",
    "org.apache.rocketmq.auth.config.AuthConfig",
)
SETTER = re.compile(
    r"void set([A-Z])([A-Za-z0-9]*)\((int|long|double|float|boolean|java\.lang\.String)\)"
)
DESTINATION = Path("blueprint/rocketmq/property_types")


def read_property_types(lib: Path) -> dict[str, str]:
    """Return the Java type of each key: int, long, double, float, boolean or String.

    Raises:
        LocalError: javap is missing, or does not find a class in the jars under `lib`.

    """
    text = run("javap", "-cp", f"{lib}/*", "-public", *CLASSES)
    found = {
        first.lower() + rest: java_type.rpartition(".")[2]
        for first, rest, java_type in SETTER.findall(text)
    }
    return dict(sorted(found.items()))


def main() -> None:
    """Write the table of one version to blueprint/rocketmq/property_types/."""
    lib, version = Path(sys.argv[1]), sys.argv[2]
    types = read_property_types(lib)
    DESTINATION.joinpath(f"{version}.json").write_text(json.dumps(types, indent=1) + "\n")
    sys.stdout.write(f"{len(types)} keys of {version}\n")


if __name__ == "__main__":
    main()
