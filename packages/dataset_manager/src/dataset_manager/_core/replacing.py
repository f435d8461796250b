"""Files that are written beside their place, and moved there when they are whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
