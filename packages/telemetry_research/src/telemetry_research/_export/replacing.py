"""Writes a file beside its target, and moves it there when it is whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside a path, which takes its place after the block, or is removed at an error.

    Its rights are those that the umask leaves.

    Args:
        path: The target.

    Yields:
        The path to write to.
    """
    temporary = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}.part")
    # Not through a link that waits there, whatever its name.
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
