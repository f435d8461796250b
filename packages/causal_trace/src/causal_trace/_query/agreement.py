"""Stated confidence against how often repeated sampling gives the same answer."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .._core.errors import InvalidTraceError
from .._core.intervals import (
    Interval,
    cluster_bootstrap,
    fmean,
    grouped,
    hull,
    mean_of_differences,
    normal_quantile,
)
from .._core.json_values import Value
from .._core.shown import shown
from .._model.chain import Chain
from .._model.checks import check_level
from .calibration import last_confidence

_NEARLY_ONE = 1 - 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceAgreement(Value):
    """Stated confidence against repeated sampling. Each item counts once.

    Attributes:
        mean_confidence: The mean stated confidence; None without any.
        mean_agreement: The mean share of the other answers to an item that are the same.
        gap: The first minus the second: above 0 the model states more than its sampling shows.
        gap_interval: Student's interval of the gap, with items as clusters.
        correlation: Spearman's rank correlation of confidence and agreement over items; None where
            one of them does not vary. Few repeats draw it towards 0.
        correlation_interval: Its interval from a bootstrap of items, and at least that of Bonett
            and Wright (2000); None with fewer than ten.
        items: The number of items with repeats and a stated confidence.
        chains: The number of their chains that state one.
        not_stated: The number of chains that state none; they count as repeats.
        not_repeated: The number of chains whose item has one chain only; they are in no figure.
    """

    mean_confidence: float | None
    mean_agreement: float | None
    gap: float | None
    gap_interval: Interval
    correlation: float | None
    correlation_interval: Interval | None
    items: int
    chains: int
    not_stated: int
    not_repeated: int

    @shown
    def __str__(self) -> str:
        if self.gap is None:
            return "no repeated item with a stated confidence"
        return (
            f"stated {self.mean_confidence:.2f}, repeated {self.mean_agreement:.2f},"
            f" gap {self.gap:+.2f} {self.gap_interval} in {self.items} items"
        )


def confidence_agreement(
    chains: Sequence[Chain],
    answers: Mapping[str, str],
    *,
    level: float = 0.95,
    seed: int = 0,
) -> ConfidenceAgreement:
    """Return how stated confidence agrees with repeated sampling.

    For each chain, the share of the other chains of its item with the same answer estimates
    without bias how likely the model is to give that answer again. Agreement is not correctness: a
    model can repeat an error (see ``stated_calibration``).

    Args:
        chains: Chains of the same model; the repeats are those with the same item. Without an item,
            a chain is not repeated.
        answers: For the id of each chain, its answer. Case and white space do not matter.
        level: The level of the intervals.
        seed: Of the bootstrap.

    Returns:
        Means, the gap and the correlation, with intervals.

    Raises:
        InvalidTraceError: A chain has no answer, or ``level`` is not between 0 and 1.

    Example:
        >>> from causal_trace import TraceEvent
        >>> sure = TraceEvent(type="decision_made", decision="go", confidence=0.9)
        >>> chains = [Chain(name="a", events=(sure,), item="q", id=str(n)) for n in range(3)]
        >>> found = confidence_agreement(chains, {"0": "go", "1": "go", "2": "stay"})
        >>> round(found.gap, 2)
        0.57
    """
    check_level(level)
    missing = [chain.id for chain in chains if chain.id not in answers]
    if missing:
        raise InvalidTraceError("check", f"no answer for chains {', '.join(missing[:3])}")
    found = [[chains[i] for i in each] for each in grouped([_item(c) for c in chains]).values()]
    repeated = [each for each in found if len(each) > 1]
    pairs = [pair for each in repeated if (pair := _means(each, answers)) is not None]
    gaps = [stated - agreed for stated, agreed in pairs]
    stated = sum(last_confidence(chain) is not None for each in repeated for chain in each)
    return ConfidenceAgreement(
        mean_confidence=fmean(each for each, _ in pairs) if pairs else None,
        mean_agreement=fmean(each for _, each in pairs) if pairs else None,
        gap=fmean(gaps) if gaps else None,
        gap_interval=mean_of_differences(gaps, level=level),
        correlation=_spearman(pairs),
        correlation_interval=_correlation_interval(pairs, level, seed),
        items=len(pairs),
        chains=stated,
        not_stated=sum(map(len, repeated)) - stated,
        not_repeated=len(chains) - sum(map(len, repeated)),
    )


def _item(chain: Chain) -> str:
    return f"chain {chain.id}" if chain.item is None else f"item {chain.item}"


def _means(chains: Sequence[Chain], answers: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the mean confidence and agreement of an item, over its chains that state one."""
    given = {chain.id: " ".join(answers[chain.id].split()).casefold() for chain in chains}
    counts = Counter(given[chain.id] for chain in chains)
    known = [
        (confidence, (counts[given[chain.id]] - 1) / (len(chains) - 1))
        for chain in chains
        if (confidence := last_confidence(chain)) is not None
    ]
    if not known:
        return None
    return fmean(stated for stated, _ in known), fmean(agreed for _, agreed in known)


def _spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    from statistics import StatisticsError, correlation  # noqa: PLC0415  # slow to import

    try:
        return correlation(_ranks([a for a, _ in pairs]), _ranks([b for _, b in pairs]))
    except StatisticsError:  # fewer than two pairs, or one side does not vary
        return None


def _correlation_interval(
    pairs: Sequence[tuple[float, float]], level: float, seed: int
) -> Interval | None:
    """Return the interval of Spearman's correlation.

    The bootstrap is too short with ties in few items. That of Bonett and Wright (2000, formula 3)
    takes Fisher's transform with the variance (1 + rho ** 2 / 2) / (n - 3).
    """
    rho = _spearman(pairs)
    drawn = cluster_bootstrap(
        lambda drawn: _spearman([pairs[i] for i in drawn]), len(pairs), seed=seed, level=level
    )
    if rho is None or drawn is None:
        return None
    center = math.atanh(max(-_NEARLY_ONE, min(_NEARLY_ONE, rho)))
    error = math.sqrt((1 + rho * rho / 2) / (len(pairs) - 3))
    half = normal_quantile((1 + level) / 2) * error
    low, high = math.tanh(center - half), math.tanh(center + half)
    return hull(drawn, Interval(low=low, high=high, level=level, method="Bonett and Wright"))


def _ranks(values: Sequence[float]) -> list[float]:
    """Return ranks, with the mean rank for equal values."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values)):
        places.setdefault(value, []).append(place)
    means = {value: fmean(found) for value, found in places.items()}
    return [means[value] for value in values]
