"""Hosts made on this computer: systemd-nspawn machines, and virtual machines by libvirt."""
