"""The longest common subsequence of two sequences of numbers.

``difflib`` looks for the longest run first, and so pairs fewer numbers than it could where few
different numbers are repeated often.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .anchors import anchors

# The exact search takes memory by the product of both lengths: 50 megabytes at this one.
_EXACT = 20_000**2
_WINDOW = 2_000


def common_pairs(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of the same texts, in order and as many as can be had.

    Sequences of more than about 20,000 texts are cut where the same run of texts stands in both,
    and compared in windows between these places. This takes time by their length, and finds fewer
    pairs where more than 1,000 texts were added or taken away between two such places.

    Args:
        first: The texts of one sequence.
        second: The texts of the other sequence.
    """
    start = _same_at_start(first, second)
    end = _same_at_start(first[start:][::-1], second[start:][::-1])
    inner = first[start : len(first) - end], second[start : len(second) - end]
    exact = len(inner[0]) * len(inner[1]) <= _EXACT
    yield from ((at, at) for at in range(start))
    yield from _moved(_longest(*inner) if exact else _between_anchors(*inner), start, start)
    yield from ((len(first) - at, len(second) - at) for at in range(end, 0, -1))


def _same_at_start(first: Sequence[str], second: Sequence[str]) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    shorter = min(len(first), len(second))
    return next((at for at, (one, other) in pairs if one != other), shorter)


def _moved(pairs: Iterator[tuple[int, int]], first: int, second: int) -> Iterator[tuple[int, int]]:
    return ((first + one, second + other) for one, other in pairs)


def _between_anchors(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int]]:
    edges = [(0, 0), *anchors(first, second), (len(first), len(second))]
    for (one, other), (one_end, other_end) in pairwise(edges):
        parts = first[one:one_end], second[other:other_end]
        yield from _moved(_in_windows(*parts), one, other)


def _in_windows(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of the first half of each window; the next one begins where they end."""
    one = other = 0
    while one < len(first) and other < len(second):
        parts = first[one : one + _WINDOW], second[other : other + _WINDOW]
        last = max(len(first) - one, len(second) - other) <= _WINDOW
        step = (len(parts[0]), len(parts[1])) if last else (_WINDOW // 2, _WINDOW // 2)
        for pair in common_pairs(*parts):
            if not last and max(pair) >= _WINDOW // 2:
                step = pair
                break
            yield one + pair[0], other + pair[1]
        one, other = one + step[0], other + step[1]


def _longest(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Go back through the rows of the search; a bit that is set is a place left without a pair."""
    if len(first) > len(second):  # many short rows are faster than few long ones
        yield from ((one, other) for other, one in _longest(second, first))
        return
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
    yield from reversed(pairs)


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
