"""The Pulumi engine: its command line, its state, and recovery after a killed run."""
