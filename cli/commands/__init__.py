"""The commands that make runs, one module each."""
