"""systemd-nspawn machines on this computer: `python3 -m machines VERB`."""
