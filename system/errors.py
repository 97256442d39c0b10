"""The error for what is wrong with this computer rather than with the settings."""


class LocalError(RuntimeError):
    """Something on this computer is missing or failed: one message with cause and remedy."""
