"""Make resources out of a ClusterSpec; decides nothing."""
