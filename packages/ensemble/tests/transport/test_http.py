"""Bodies that are longer than they may be."""

from typing import Any

import pytest

from ensemble import MalformedResponseError
from ensemble._transport.http import _content
from ensemble._transport.retry import TimeLimit


class Body:
    """A body that comes in these pieces, as aiohttp gives it."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)
        self.content = self

    async def readany(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    def is_eof(self) -> bool:
        return True

    def at_eof(self) -> bool:
        return not self._pieces


@pytest.mark.parametrize(
    "pieces", [(b"12345678901",), (b"12345", b"678901"), (b"123456", b"78901")]
)
async def test_a_body_that_is_too_long_is_refused_in_however_many_pieces(
    pieces: tuple[bytes, ...],
) -> None:
    answer: Any = Body(*pieces)

    with pytest.raises(MalformedResponseError, match="longer than 10 bytes"):
        await _content(answer, TimeLimit(silence_ms=1000, end=None), 10)


@pytest.mark.parametrize("pieces", [(), (b"1234567890",), (b"12345", b"67890")])
async def test_a_body_of_the_longest_length_is_read(pieces: tuple[bytes, ...]) -> None:
    answer: Any = Body(*pieces)

    assert await _content(answer, TimeLimit(silence_ms=1000, end=None), 10) == b"".join(pieces)
