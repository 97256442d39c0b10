"""Whether replicas hold the same messages, and the guard that lifts a drain."""
