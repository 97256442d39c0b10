"""One broker."""

from typing import ClassVar

from components.process import RocketmqProcess


class Broker(RocketmqProcess):
    """A master, which takes messages, or a slave, which copies its master's."""

    TYPE: ClassVar[str] = "rocketmq:broker:Broker"
