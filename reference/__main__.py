"""`python -m reference` writes schema/, docs/config.md and the marked blocks of README.md."""

from reference.texts import write_texts

if __name__ == "__main__":
    write_texts()
