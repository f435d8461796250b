"""The known name that a misspelt one was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], *, similarity: float = 0.6) -> str | None:
    """The most similar known name.

    Args:
        name: The name as written.
        known: The names there are.
        similarity: The least similarity, from 0 to 1 (1 for equal names), by the ratio of Ratcliff
            and Obershelp that ``difflib`` computes.

    Returns:
        The name; None when none is similar enough.
    """
    by_plain = {_plain(each): each for each in known}
    found = get_close_matches(_plain(name), by_plain, n=1, cutoff=similarity)
    return by_plain[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """A part of an error text: `` (did you mean 'split'?)``, or nothing."""
    found = nearest(name, known)
    return f" (did you mean {found!r}?)" if found else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "")
