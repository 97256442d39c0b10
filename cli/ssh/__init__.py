"""SSH to the hosts of a stack, with pinned host keys."""
