"""What a person may have meant by a word that is not known."""

import difflib
from collections.abc import Collection

MOST_SHOWN = 8


def suggest(word: str, known: Collection[str], otherwise: str | None = None) -> str:
    """Return the nearest known word as a question; without one, what is known.

    Args:
        word: what was written.
        known: all that would have been right.
        otherwise: what to say where none is near, in place of the first known ones.

    """
    by_case = {name.lower(): name for name in known}
    close = by_case.get(word.lower()) or next(
        iter(difflib.get_close_matches(word, known, n=1)), ""
    )
    if close:
        return f"did you mean {close}?"
    if otherwise is not None:
        return otherwise
    return name_some(known)


def name_some(known: Collection[str]) -> str:
    """Return what is known, as far as it fits in a line."""
    names = sorted(known)
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return f"there are {', '.join(names[:MOST_SHOWN])}{more}"
