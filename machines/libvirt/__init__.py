"""Virtual machines by libvirt: `python3 -m machines.libvirt VERB`."""
