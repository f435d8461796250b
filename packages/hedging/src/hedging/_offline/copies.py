"""How alike two copies of one request are, and what hedging gains on recorded pairs of them."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .._core.errors import DataError
from .._core.interval import Interval
from .._core.plain import plain
from .._core.seeding import stream
from .door import checked_latencies, require_times
from .oracle import Rule

MIN_PAIRS = 200
# With 200 pairs, the interval covered in 90 % of 60 simulations; with 600, in 93 to 95 %.
_ENOUGH_PAIRS = 600
_RESAMPLES = 200
# More pairs are drawn from: their interval is narrow, and a million would take minutes.
_MOST_PAIRS = 2500
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesEvidence:
    """What pairs of copies show.

    Attributes:
        pairs: The number of pairs that were used, at most 2,500.
        rank_correlation: Of the latencies of two copies (Spearman): 0 when they have nothing in
            common, 1 when the second is just as late as the first.
        reduction: By how much the P99 falls when the second copy is the backup, 0 to 1.
        interval: The interval of the reduction.
        warnings: ``few_pairs`` below 600 pairs, where the interval covers less than it says.
    """

    pairs: int
    rank_correlation: float
    reduction: float
    interval: Interval
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The evidence as plain values."""
        return plain(self)


def checked_pairs(copies: Iterable[Pair]) -> list[Pair]:
    """Pairs of latencies as finite numbers.

    Raises:
        DataError: There are fewer than 200 pairs, or one of them is not a pair of latencies.
    """
    try:
        columns = list(zip(*copies, strict=True))
    except (TypeError, ValueError) as error:
        raise DataError(f"copies: {error}; give pairs of latencies in milliseconds") from error
    if len(columns) != 2 or len(columns[0]) < MIN_PAIRS:
        raise DataError(f"copies: give at least {MIN_PAIRS} pairs of latencies of one request")
    first, second = (
        checked_latencies(column, name=f"copies, {name}")
        for name, column in zip(("first", "second"), columns, strict=True)
    )
    return list(zip(first, second, strict=True))


def evidence_of(pairs: Sequence[Pair], rule: Rule, *, level: float, seed: int) -> CopiesEvidence:
    """What the pairs show of a rule, with a bootstrap over the pairs.

    Either copy may be the primary, so each pair counts in both orders. Of more than 2,500 pairs so
    many are drawn.
    """
    generator = stream(seed, "copies")
    if len(pairs) > _MOST_PAIRS:
        pairs = generator.sample(pairs, _MOST_PAIRS)
    for side in (0, 1):
        require_times([pair[side] for pair in pairs], name="copies")
    fall = _Fall(pairs, rule)
    reductions = sorted(
        fall.in_sample(generator.choices(range(len(pairs)), k=len(pairs)))
        for _ in range(_RESAMPLES)
    )
    cut = math.floor(_RESAMPLES * (1 - level) / 2)
    return CopiesEvidence(
        pairs=len(pairs),
        warnings=("few_pairs",) if len(pairs) < _ENOUGH_PAIRS else (),
        rank_correlation=_spearman(pairs),
        reduction=fall.in_sample(range(len(pairs))),
        interval=Interval(
            low=reductions[cut],
            high=reductions[-1 - cut],
            level=level,
            method="percentile bootstrap of pairs",
        ),
    )


class _Fall:
    """How far the P99 falls in samples of the pairs, which are put in order once for all of them.

    A rule for a share of the late requests counts by its weight.
    """

    def __init__(self, pairs: Sequence[Pair], rule: Rule) -> None:
        both = [(x, y, n) for n, pair in enumerate(pairs) for x, y in (pair, pair[::-1])]
        share, delay = rule.probability, rule.delay_ms
        alone = [(x, 1.0, n) for x, _, n in both]
        mixed = [(min(x, delay + y), share, n) for x, y, n in both]
        mixed += [(x, 1 - share, n) for x, _, n in both if share < 1]
        self._alone = sorted(alone, reverse=True)
        self._mixed = sorted(mixed, reverse=True)
        # So much weight may lie above the P99; with a tolerance for sums of weights.
        self._allowed = 0.01 * len(both) + 1e-9

    def in_sample(self, chosen: Iterable[int]) -> float:
        """By how much the P99 falls in a sample.

        Args:
            chosen: The numbers of its pairs, as many as there are.
        """
        times = Counter(chosen)
        allowed = self._allowed
        return 1 - _first_beyond(self._mixed, times, allowed) / _first_beyond(
            self._alone, times, allowed
        )


def _first_beyond(
    descending: Sequence[tuple[float, float, int]], times: Mapping[int, int], allowed: float
) -> float:
    """The greatest value that has more than so much weight from the greatest value down to it."""
    above = 0.0
    for value, weight, pair in descending:
        above += weight * times.get(pair, 0)
        if above > allowed:
            return value
    return descending[-1][0]


def _spearman(pairs: Sequence[Pair]) -> float:
    first, second = (_ranks([pair[side] for pair in pairs]) for side in (0, 1))
    middle = (len(pairs) + 1) / 2
    products = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    sizes = [sum((a - middle) ** 2 for a in ranks) for ranks in (first, second)]
    return products / math.sqrt(sizes[0] * sizes[1]) if all(sizes) else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the middle one of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for position in order[start : end + 1]:
            ranks[position] = (start + end) / 2 + 1
        start = end + 1
    return ranks
