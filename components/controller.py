"""One controller."""

from typing import ClassVar

from components.process import RocketmqProcess


class Controller(RocketmqProcess):
    """Decides, with the other controllers, which replica of a group is its master."""

    TYPE: ClassVar[str] = "rocketmq:controller:Controller"
