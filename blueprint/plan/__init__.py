"""The plan of a cluster: hosts, processes, placement, memory, paths."""
