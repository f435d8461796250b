"""The longest common subsequence of two sequences of numbers.

``difflib`` looks for the longest run first, and so pairs fewer numbers than it could where few
different numbers are repeated often.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

# The exact search takes memory by the product of both lengths: 50 megabytes at this one.
_EXACT = 20_000**2


def common_pairs(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of the same texts, in order and as many as can be had.

    Sequences of more than about 20,000 texts are compared by ``difflib``.

    Args:
        first: The texts of one sequence.
        second: The texts of the other sequence.
    """
    start = _same_at_start(first, second)
    end = _same_at_start(first[start:][::-1], second[start:][::-1])
    inner = first[start : len(first) - end], second[start : len(second) - end]
    exact = len(inner[0]) * len(inner[1]) <= _EXACT
    between = _longest(*inner) if exact else _by_runs(*inner)
    return [
        *((at, at) for at in range(start)),
        *((start + one, start + other) for one, other in between),
        *((len(first) - at, len(second) - at) for at in range(end, 0, -1)),
    ]


def _same_at_start(first: Sequence[str], second: Sequence[str]) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    shorter = min(len(first), len(second))
    return next((at for at, (one, other) in pairs if one != other), shorter)


def _longest(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Go back through the rows of the search; a bit that is set is a place left without a pair."""
    rows = list(_rows(first, second))
    pairs: list[tuple[int, int]] = []
    one, other = len(first), len(second)
    while one and other:
        if rows[other] >> (one - 1) & 1:
            one -= 1
        elif not rows[other - 1] >> (one - 1) & 1:
            other -= 1
        else:
            one, other = one - 1, other - 1
            pairs.append((one, other))
    return pairs[::-1]


def _rows(first: Sequence[str], second: Sequence[str]) -> Iterator[int]:
    """Yield the state before each text of the second sequence, and after the last.

    Bit-parallel search: Hyyrö (2004), Bit-parallel LCS-length computation revisited.
    """
    places: dict[str, int] = defaultdict(int)
    for at, each in enumerate(first):
        places[each] |= 1 << at
    full = (1 << len(first)) - 1
    row = full
    yield row
    for each in second:
        same = row & places.get(each, 0)
        row = ((row + same) | (row - same)) & full
        yield row


def _by_runs(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int]]:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for block in matcher.get_matching_blocks():
        yield from ((block.a + at, block.b + at) for at in range(block.size))
