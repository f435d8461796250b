"""Files that are written beside their place and moved there when whole, and names for them."""

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Names of devices in Windows, in any case and with any ending.
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE
)
# What separates folders, drives and streams of a file, what a shell takes for a pattern, controls.
_SIGNS = re.compile('[\x00-\x1f\x7f<>:"/\\\\|?*\ud800-\udfff]')
_MOST_BYTES = 255


@contextmanager
def replacing(path: Path, *, mode: int = 0o666) -> Iterator[Path]:
    """A new file beside a path, which takes its place after the block, or is removed at an error.

    Its name is random, so that no link can wait in its place. It is on the disk before it is moved.

    Args:
        path: The place.
        mode: The rights of the file, less those that the umask takes away.

    Yields:
        The path to write to.
    """
    temporary = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}.part")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
