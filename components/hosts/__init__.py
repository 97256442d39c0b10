"""Hosts by provider, and what every host needs before RocketMQ."""
