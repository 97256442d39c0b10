"""One proxy."""

from typing import ClassVar

from components.process import RocketmqProcess


class Proxy(RocketmqProcess):
    """Speaks gRPC to clients of the 5.x SDKs, and to the cluster for them."""

    TYPE: ClassVar[str] = "rocketmq:proxy:Proxy"
