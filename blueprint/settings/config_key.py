"""Where the settings are in a stack's file."""

CONFIG_KEY = "rocketmq:cluster"
