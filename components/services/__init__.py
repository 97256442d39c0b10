"""What runs on a host: RocketMQ's processes, their roll-out, verification, the console."""
