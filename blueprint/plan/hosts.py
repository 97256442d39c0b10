"""A host of the plan."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class HostSpec:
    """One host as the plan knows it."""

    name: str
    address: str
    memory_mib: int
    emulated: bool = False
    """Each instruction is translated, some 30 times slower: what waits for it waits longer."""

    @property
    def startup_seconds(self) -> int:
        """Return how long its processes may take to be ready after their start."""
        return 1800 if self.emulated else 180

    @property
    def request_seconds(self) -> int:
        """Return how long one request to its processes may take."""
        return 60 if self.emulated else 5

    @property
    def stop_seconds(self) -> int:
        """Return how long one process may take to flush its store and end."""
        return 900 if self.emulated else 120
