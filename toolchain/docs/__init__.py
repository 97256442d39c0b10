"""The generated docs: `python -m toolchain.docs`."""
