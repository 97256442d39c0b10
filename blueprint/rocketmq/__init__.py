"""Facts about RocketMQ: schemes, versions, ports, properties."""
