"""Lines of a file that hold a text, found without decoding the others."""

from collections.abc import Iterable, Iterator
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
    if is_there(path):
        with open_plain(path) as file:
            yield from found_in(iter(lambda: file.read(_BLOCK), b""), text, most=MAX_LINE)


def found_in(blocks: Iterable[bytes], text: bytes, *, most: int) -> Iterator[bytes]:
    """The lines of a file in blocks that hold a text.

    Args:
        blocks: The bytes of the file.
        text: What is looked for; without a newline.
        most: The maximum number of bytes of a line; a longer one is left out.
    """
    rest, too_long = b"", False
    for block in blocks:
        first, end = block.find(b"\n") + 1, block.rfind(b"\n") + 1
        if not first:
            rest, too_long = (b"", True) if too_long else (rest + block, False)
            too_long = too_long or len(rest) > most
            continue
        if not too_long:
            yield from _within(rest + block[:first], text, most)
        yield from _within(block[first:end], text, most)
        rest, too_long = block[end:], False
    if not too_long:
        yield from _within(rest, text, most)


def _within(lines: bytes, text: bytes, most: int) -> Iterator[bytes]:
    at = lines.find(text)
    while at >= 0:
        begin, end = lines.rfind(b"\n", 0, at) + 1, lines.find(b"\n", at) + 1 or len(lines)
        if end - begin <= most:
            yield lines[begin:end]
        at = lines.find(text, end)
