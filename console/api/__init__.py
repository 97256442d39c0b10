"""The API: the cluster as JSON and as Prometheus metrics."""
