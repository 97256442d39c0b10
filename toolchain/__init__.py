"""Build what a machine without the official downloads needs."""
