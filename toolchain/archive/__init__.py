"""Makes or checks the RocketMQ archive that is uploaded to the hosts."""
