"""Names: the known one that a misspelt one was meant to be, and those of one file anywhere."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

# Names of devices in Windows, in any case and with any ending.
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE
)
# What separates folders, drives and streams of a file, what a shell takes for a pattern, controls.
_SIGNS = re.compile('[\x00-\x1f\x7f<>:"/\\\\|?*\ud800-\udfff]')
_MOST_BYTES = 255


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


def is_portable(name: str) -> bool:
    """Whether a name is that of one file on Linux, macOS and Windows, inside of its folder.

    Windows leaves points and blanks at the end out, and takes ``NUL`` for a device and what
    follows a colon for a stream of another file. macOS takes composed and decomposed letters for
    the same.

    Args:
        name: The name, without folders.
    """
    return (
        _SIGNS.search(name) is None
        and 0 < len(name.encode()) <= _MOST_BYTES
        and name[-1] not in ". "
        and _DEVICES.match(name) is None
        and unicodedata.is_normalized("NFC", name)
    )
