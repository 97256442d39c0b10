"""The one error of this package: a line that a user can act on."""


class MachinesError(RuntimeError):
    """One line: what (stack, machine or device), the cause, and the remedy."""
