"""A host in the plan."""

from dataclasses import dataclass

from blueprint.hosts.logins import DEFAULT_STARTUP_SECONDS


@dataclass(frozen=True, kw_only=True, slots=True)
class HostSpec:
    """One host: its name, address and speed."""

    name: str
    address: str
    memory_mib: int
    emulated: bool = False
    """Whether it runs without KVM, about 30 times slower; timeouts are longer."""

    @property
    def startup_seconds(self) -> int:
        """Return the timeout for a process to become ready after its start."""
        return 1800 if self.emulated else DEFAULT_STARTUP_SECONDS

    @property
    def request_seconds(self) -> int:
        """Return the timeout of one request to a process."""
        return 60 if self.emulated else 5

    @property
    def stop_seconds(self) -> int:
        """Return the timeout for a process to flush its store and exit."""
        return 900 if self.emulated else 120
