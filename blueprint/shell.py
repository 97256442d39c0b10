"""Command lines from words; the only place outside templates/ that quotes."""

import shlex


def join_words(*words: str) -> str:
    """Return the words as one command line of a POSIX shell."""
    return shlex.join(words)
