"""What goes wrong with an archive, each in one line that names the remedy."""

from blueprint.errors import ClusterError


class ArchiveError(ClusterError):
    """The archive cannot be made, or is not the one that was asked for."""
