"""The observed cluster compared with the plan."""
