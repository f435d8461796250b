"""Lines of a file that hold a text, found without decoding the others."""

from collections.abc import Iterator
from pathlib import Path

from .._core.files import is_there
from .._core.system import open_plain

_BLOCK = 1 << 20
MAX_LINE = 4 << 20


def lines_with(path: Path, text: bytes) -> Iterator[bytes]:
    """The lines that hold a text, in their order; a line of more than 4 MiB is left out.

    Args:
        path: The file; one that is absent, or no plain file, has no lines.
        text: What is looked for; without a newline.

    Raises:
        OSError: It cannot be read.
    """
    if not is_there(path):
        return
    rest, too_long = b"", False
    with open_plain(path) as file:
        while block := file.read(_BLOCK):
            first, end = block.find(b"\n") + 1, block.rfind(b"\n") + 1
            if not first:
                rest, too_long = (b"", True) if too_long else (rest + block, False)
                too_long = too_long or len(rest) > MAX_LINE
                continue
            if not too_long:
                yield from _within(rest + block[:first], text)
            yield from _within(block[first:end], text)
            rest, too_long = block[end:], False
    if not too_long:
        yield from _within(rest, text)


def _within(lines: bytes, text: bytes) -> Iterator[bytes]:
    at = lines.find(text)
    while at >= 0:
        begin, end = lines.rfind(b"\n", 0, at) + 1, lines.find(b"\n", at) + 1 or len(lines)
        if end - begin <= MAX_LINE:
            yield lines[begin:end]
        at = lines.find(text, end)
