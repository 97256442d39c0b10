"""Polling the cluster, and the state observed so far."""
