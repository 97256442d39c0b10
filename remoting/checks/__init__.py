"""The checks of a running cluster, one module for each kind of process."""
