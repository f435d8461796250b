"""Align the events of two chains by their content, in their order."""

from collections.abc import Iterator, Sequence

from .._model.event import TraceEvent
from .similarity import Words

Pair = tuple[int | None, int | None]

# Below this, two events are not versions of one another.
MIN_SIMILARITY = 0.35
# A stretch without equal events is aligned exactly up to this many comparisons, else in pieces.
_MAX_COMPARISONS = 100_000
_PIECE = 300


def align(first: Sequence[TraceEvent], second: Sequence[TraceEvent]) -> list[Pair]:
    """Return pairs of indices in order; None where an event has no counterpart.

    The alignment with the largest sum of similarities is taken (Needleman and Wunsch 1970). In long
    chains equal events are paired first, and the stretches between them are aligned in pieces.
    """
    if len(first) * len(second) <= _MAX_COMPARISONS:
        return _best(first, second, 0, 0)
    from difflib import SequenceMatcher  # noqa: PLC0415  # slow to import

    keys = [
        [(each.evidence, each.decision, each.reasoning) for each in side]
        for side in (first, second)
    ]
    matcher = SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    pairs: list[Pair] = []
    done = (0, 0)
    for block in matcher.get_matching_blocks():
        pairs += _between(first, second, (done[0], block.a), (done[1], block.b))
        pairs += ((block.a + step, block.b + step) for step in range(block.size))
        done = (block.a + block.size, block.b + block.size)
    return pairs


def _between(
    first: Sequence[TraceEvent],
    second: Sequence[TraceEvent],
    left: tuple[int, int],
    right: tuple[int, int],
) -> Iterator[Pair]:
    """Align one stretch; the parts of one that is too long are aligned one after the other."""
    rows, columns = left[1] - left[0], right[1] - right[0]
    if rows * columns <= _MAX_COMPARISONS:
        yield from _best(first[slice(*left)], second[slice(*right)], left[0], right[0])
        return
    pieces = max(1, max(rows, columns) // _PIECE)
    for number in range(pieces):
        edges = [
            (begin + size * number // pieces, begin + size * (number + 1) // pieces)
            for begin, size in ((left[0], rows), (right[0], columns))
        ]
        yield from _best(
            first[slice(*edges[0])], second[slice(*edges[1])], edges[0][0], edges[1][0]
        )


def _best(
    first: Sequence[TraceEvent], second: Sequence[TraceEvent], left: int, right: int
) -> list[Pair]:
    rows, columns = len(first), len(second)
    words = [[Words(each) for each in side] for side in (first, second)]
    alike = [[one.similarity(two) for two in words[1]] for one in words[0]]
    sums = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            score = alike[row][column]
            taken = sums[row + 1][column + 1] + score if score >= MIN_SIMILARITY else 0.0
            sums[row][column] = max(taken, sums[row + 1][column], sums[row][column + 1])
    return _walk(sums, alike, left, right)


def _walk(
    sums: Sequence[Sequence[float]], alike: Sequence[Sequence[float]], left: int, right: int
) -> list[Pair]:
    rows, columns = len(sums) - 1, len(sums[0]) - 1
    row = column = 0
    pairs: list[Pair] = []
    while row < rows or column < columns:
        if _taken(sums, alike, row, column):
            pairs.append((left + row, right + column))
            row, column = row + 1, column + 1
        elif column == columns or (row < rows and sums[row][column] == sums[row + 1][column]):
            pairs.append((left + row, None))
            row += 1
        else:
            pairs.append((None, right + column))
            column += 1
    return pairs


def _taken(
    sums: Sequence[Sequence[float]], alike: Sequence[Sequence[float]], row: int, column: int
) -> bool:
    """Return whether the best alignment pairs these two events."""
    if row == len(alike) or column == len(alike[row]) or alike[row][column] < MIN_SIMILARITY:
        return False
    return sums[row][column] == sums[row + 1][column + 1] + alike[row][column]
