"""The checks of a running cluster, by kind of process."""
