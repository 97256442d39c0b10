"""The command that stacks of earlier releases have recorded; the code is in machines/libvirt."""
