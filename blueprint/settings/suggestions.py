"""Suggestions for a mistyped word."""

import difflib
from collections.abc import Collection

MOST_SHOWN = 8


def suggest(word: str, known: Collection[str], otherwise: str | None = None) -> str:
    """Return the most similar known word as a question; if none is similar, `otherwise`.

    By default that is the known words.
    """
    by_case = {name.lower(): name for name in known}
    close = by_case.get(word.lower()) or next(
        iter(difflib.get_close_matches(word, known, n=1)), ""
    )
    if close:
        return f"did you mean {close}?"
    return name_some(known) if otherwise is None else otherwise


def name_some(known: Collection[str]) -> str:
    """Return the known words, or the first of them, on one line."""
    names = sorted(known)
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return f"there are {', '.join(names[:MOST_SHOWN])}{more}"
