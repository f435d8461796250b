"""Places of two long sequences that belong together: a run of texts that each has just once."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

_RUN = 32  # texts; a run of answers that are right or wrong must be this long to be the only one
_KEPT = 8  # one run of so many, chosen by what it says: fewer take less memory
_BASE, _PRIME = 1_000_003, (1 << 61) - 1


def anchors(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Return pairs of places, in order in both sequences, from which the same runs go on.

    Runs are compared by their hashes. What is chosen among runs that were moved is the longest
    sequence of them that is in order (patience sorting).

    Args:
        first: The texts of one sequence.
        second: The texts of the other sequence.
    """
    numbers: dict[str, int] = {}
    here = _single_runs(first, numbers)
    there = _single_runs(second, numbers)
    both = sorted((at, there[run]) for run, at in here.items() if there.get(run, -1) >= 0)
    return _rising([pair for pair in both if pair[0] >= 0])


def _single_runs(texts: Sequence[str], numbers: dict[str, int]) -> dict[int, int]:
    """Return the place of each run that stands just once; -1 for others."""
    found: dict[int, int] = {}
    for at, run in _runs([numbers.setdefault(text, len(numbers)) for text in texts]):
        if run % _KEPT == 0:
            found[run] = -1 if run in found else at
    return found


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the place and the hash of each run (Rabin-Karp)."""
    gone, run = pow(_BASE, _RUN, _PRIME), 0
    for at, number in enumerate(numbers):
        run = run * _BASE + number + 1
        if at >= _RUN:
            run -= (numbers[at - _RUN] + 1) * gone
        run %= _PRIME
        if at >= _RUN - 1:
            yield at - _RUN + 1, run


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest sequence of pairs, sorted by the first place, whose second places rise."""
    ends: list[int] = []  # the least second place that ends a sequence of each length
    chosen: list[int] = []  # the pair that it belongs to
    before = array("q")
    for number, (_, other) in enumerate(pairs):
        length = bisect_left(ends, other)
        before.append(chosen[length - 1] if length else -1)
        ends[length : length + 1] = [other]
        chosen[length : length + 1] = [number]
    at = chosen[-1] if chosen else -1
    return [pairs[number] for number in reversed([*_back(before, at)])]


def _back(before: Sequence[int], at: int) -> Iterable[int]:
    while at >= 0:
        yield at
        at = before[at]
