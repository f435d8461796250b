"""Ids of events and chains, and which of them are names of one file on every system."""

import os
import re
import unicodedata
from collections.abc import Callable
from hashlib import blake2b

# Names of devices in Windows, in any case and with any ending.
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE
)
# What separates folders, drives and streams of a file, what a shell takes for a pattern, controls.
_SIGNS = re.compile('[\x00-\x1f\x7f<>:"/\\\\|?*\ud800-\udfff]')
_MOST_BYTES = 255


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


def new_id() -> str:
    """Return a random id of 32 hexadecimal digits."""
    return os.urandom(16).hex()


def position_ids(prefix: str) -> Callable[[int], str]:
    """Return a function that gives an id which depends on a prefix and a position only."""
    begun = blake2b(prefix.encode("utf-8", "replace"), digest_size=16)

    def id_at(position: int) -> str:
        ended = begun.copy()
        ended.update(b"%d" % position)
        return ended.hexdigest()

    return id_at
