"""The plan file that the checks read."""
