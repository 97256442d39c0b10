"""The error of this package."""

from blueprint.errors import ClusterError


class ArchiveError(ClusterError):
    """An archive cannot be assembled, or is not the one that was asked for."""
