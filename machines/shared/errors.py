"""The error of this package."""

from system.errors import LocalError


class MachinesError(LocalError):
    """A machine cannot be made, changed or removed: what (stack, machine, device), why, remedy."""
