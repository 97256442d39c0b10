"""What the console answers: the cluster document and Prometheus metrics."""
