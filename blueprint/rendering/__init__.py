"""The text of every file and script that a host gets."""
