"""Build what a computer without the official downloads needs."""
