"""`python -m toolchain.docs` writes schema/, docs/config.md and the marked blocks of README.md."""

from toolchain.docs.texts import write_texts

if __name__ == "__main__":
    write_texts()
