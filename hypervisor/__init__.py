"""libvirt: its daemon, the images of virtual machines, and what a stack has there."""
