"""Generate docs: `python -m toolchain.docs`."""
