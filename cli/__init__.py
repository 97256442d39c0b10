"""The commands around the engine: `make up`, `down`, `verify`, `ssh` and others."""
