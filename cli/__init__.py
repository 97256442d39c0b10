"""What `make up`, `down`, `verify` and `ssh` do around the engine."""
