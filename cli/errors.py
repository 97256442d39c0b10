"""What stops a command."""

from blueprint.errors import ClusterError


class CommandError(ClusterError):
    """One line that says what could not be done, why, and the next step."""
