"""`python -m toolchain.docs` writes every generated text: schemas, docs/config.md, README.md."""

from toolchain.docs.texts import write_texts

if __name__ == "__main__":
    write_texts()
