"""The entry that states of earlier releases record; the code is `machines.libvirt`."""
