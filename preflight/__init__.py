"""Checks of this computer before an update: archives, login key, hypervisor, console program."""
