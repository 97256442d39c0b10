"""What makers of hosts have in common: records, locks, ownership, commands."""
