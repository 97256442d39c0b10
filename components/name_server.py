"""One name server."""

from typing import ClassVar

from components.process import RocketmqProcess


class NameServer(RocketmqProcess):
    """Knows which broker is where; shares nothing with the other name servers."""

    TYPE: ClassVar[str] = "rocketmq:name_server:NameServer"
