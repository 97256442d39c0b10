"""systemd-nspawn machines on this computer, to be used as hosts: `python3 -m machines VERB`."""
