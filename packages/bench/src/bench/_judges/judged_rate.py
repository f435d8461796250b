"""A rate judged by a model, corrected by how often the judge errs on labelled items.

The plug-in of Rogan and Gladen 1978 with the interval of Lang and Reiczigel 2014, as Lee et al.
2025 (arXiv:2511.21140) propose for judged evaluations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._core.arithmetic import mean
from .._core.errors import InvalidDataError, NotEnoughDataError
from .._core.lazy import FloatArray
from .._core.notes import note
from .._core.options import check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.tails import t_quantile
from .._core.wording import number
from .._data.labelled import judged_apart
from .._data.values import ItemClusters, ValuesByItem, need_binary
from .._intervals.clusters import FEW
from .._intervals.rates import interval_of_rates
from .clustered_judgements import Worth, clustered_worth

Parts = tuple[FloatArray, FloatArray, FloatArray]
_FEW_OF_A_KIND = 5
_LEAST_INFORMATION = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRate(Result):
    """The true rate behind a judged one.

    Attributes:
        judged: The rate as the judge sees it.
        sensitivity: How often the judge accepts what is right, with its interval.
        specificity: How often the judge refuses what is wrong, with its interval.
        right_share: The share of further labels to spend on items that are truly right, so that
            the interval shrinks fastest.
    """

    rate: float
    se: float
    interval: Interval
    judged: Interval
    sensitivity: Interval
    specificity: Interval
    right_share: float
    n_judged: int
    n_right: int
    n_wrong: int
    n_clusters: int | None = None
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> str:
        return (
            f"rate = {number(self.rate)}, {self.interval} from {self.n_judged} judgements"
            f" (judged {number(self.judged.estimate)}), with sensitivity"
            f" {number(self.sensitivity.estimate)} on {self.n_right} right and specificity"
            f" {number(self.specificity.estimate)} on {self.n_wrong} wrong labelled items"
            f"{'' if self.n_clusters is None else f', in {self.n_clusters} clusters'}."
        )

    def table(self) -> ResultTable:
        parts = (
            ("corrected", self.interval),
            ("judged", self.judged),
            ("sensitivity", self.sensitivity),
            ("specificity", self.specificity),
        )
        return ResultTable(
            title="Judged rate, corrected",
            columns=("Rate", "Estimate", "Low", "High"),
            rows=tuple(
                (name, number(each.estimate), number(each.low), number(each.high))
                for name, each in parts
            ),
            notes=(
                f"further labels: {number(self.right_share)} of them on right items",
                *map(str, self.warnings),
            ),
        )


@checked_options
def judged_rate(
    labels: ValuesByItem,
    judged: ValuesByItem,
    unlabelled: ValuesByItem,
    *,
    level: float = 0.95,
    clusters: ItemClusters | None = None,
) -> JudgedRate:
    """The true rate of right answers, from a judge whose errors are measured on labelled items.

    Beside ``prediction_powered_mean`` this holds where the labelled items are not a random sample
    of all, as long as the judge errs on them as it does elsewhere; where they are one, that
    function is as a rule more precise.

    Args:
        labels: 1 where a human found the answer right, else 0.
        judged: The judge's verdict on the same items, in the same order or by id.
        unlabelled: The judge's verdicts on the items whose rate is asked for.
        level: The level of the intervals. Measured at 20 to 200 labels and rates of .1 to .95: 96
            to 99.9 %, the most where few labels and a rate near 0 or 1 come together.
        clusters: The cluster of every item: one mapping by item id, or a pair of columns, of the
            labelled items and of the others. The interval then counts what the clusters are worth.

    Returns:
        The corrected rate with its interval, and where further labels help most.

    Raises:
        InvalidDataError: Values other than 0 and 1, or a judge no better than chance.
        NotEnoughDataError: No label of one kind, or fewer than two clusters.

    Example:
        >>> labels = [1] * 40 + [0] * 20
        >>> verdicts = [1] * 36 + [0] * 4 + [1] * 3 + [0] * 17
        >>> found = bench.judged_rate(labels, verdicts, [1] * 140 + [0] * 60)
        >>> round(found.rate, 3)
        0.733
    """
    check_share("level", level)
    data = judged_apart(labels, judged, unlabelled, clusters)
    rest, right, wrong = parts = data.parts
    for name, values in (("labels", data.labels), ("judged", data.judged), ("unlabelled", rest)):
        need_binary(name, values)
    for name, values in (("right", right), ("wrong", wrong)):
        if not len(values):
            raise NotEnoughDataError(f"labelled items that are {name}", needed=1, got=0)
    sensitivity, specificity, q = mean(right), 1 - mean(wrong), mean(rest)
    information = sensitivity + specificity - 1
    if information <= 0:
        raise InvalidDataError("judged", "the judge is no better than chance on the labelled items")
    rate = min(1.0, max(0.0, (q + specificity - 1) / information))
    pulls = (1.0, -rate, rate - 1)
    worth = _worth(parts, data.clusters, pulls)
    reach = t_quantile(0.5 + level / 2, worth.df)
    low, high = _lang_reiczigel((q, sensitivity, specificity), worth.sizes, reach)
    noise = [
        abs(pull) * math.sqrt(mean(part) * (1 - mean(part)))
        for pull, part in zip(pulls[1:], parts[1:], strict=True)
    ]
    warnings = [*_few(worth, clustered=data.clusters is not None)]
    if min(len(right), len(wrong)) < _FEW_OF_A_KIND:
        warnings.append(note("FEW_LABELS", f"{len(right)} right and {len(wrong)} wrong"))
    if information < _LEAST_INFORMATION:
        warnings.append(note("WEAK_JUDGE", f"sensitivity + specificity - 1 = {information:.3g}"))
    own = data.clusters or (None, None, None)
    seen, accepted, refused = (
        _rate_of(part, marks, level)
        for part, marks in zip((rest, right, 1 - wrong), own, strict=True)
    )
    return JudgedRate(
        rate=rate,
        se=math.sqrt(worth.variance) / information if worth.variance > 0 else math.nan,
        interval=Interval(low=low, high=high, level=level, method="Lang-Reiczigel", estimate=rate),
        judged=seen,
        sensitivity=accepted,
        specificity=refused,
        right_share=noise[0] / sum(noise) if sum(noise) > 0 else 0.5,
        n_judged=len(rest),
        n_right=len(right),
        n_wrong=len(wrong),
        n_clusters=None if data.clusters is None else worth.clusters,
        warnings=tuple(warnings),
    )


def _worth(parts: Parts, labels: Any, pulls: tuple[float, float, float]) -> Worth:
    """Every verdict counts once; with clusters what they are worth."""
    if labels is not None:
        return clustered_worth(parts, labels, pulls)
    rates = [mean(part) for part in parts]
    errors = [
        pull**2 * rate * (1 - rate) / len(part)
        for pull, rate, part in zip(pulls, rates, parts, strict=True)
    ]
    rest, right, wrong = (float(len(part)) for part in parts)
    return Worth(
        sizes=(rest, right, wrong), df=math.inf, variance=math.fsum(errors), clusters=0, fewest=0
    )


def _few(worth: Worth, *, clustered: bool) -> list[Note]:
    few = clustered and worth.fewest < FEW
    return [note("FEW_CLUSTERS", f"{worth.fewest} in one part")] if few else []


def _rate_of(verdicts: FloatArray, labels: Sequence[Any] | None, level: float) -> Interval:
    if labels is not None and len(set(labels)) < 2:  # one cluster shows no spread
        whole = Interval(low=0.0, high=1.0, level=level, method="none", estimate=mean(verdicts))
        return replace(whole, warnings=(note("FEW_CLUSTERS", "1 cluster"),))
    return interval_of_rates(verdicts, len(verdicts), labels, level)


def _lang_reiczigel(
    rates: tuple[float, float, float], sizes: tuple[float, float, float], z: float
) -> tuple[float, float]:
    """With pseudo-counts in all three rates and a shift of the centre (equations 8 to 10)."""
    (q, sensitivity, specificity), (n, n1, n0) = rates, sizes
    size = n + z * z
    share = (n * q + z * z / 2) / size
    se, sp = (n1 * sensitivity + 1) / (n1 + 2), (n0 * specificity + 1) / (n0 + 2)
    information = se + sp - 1
    centre = min(1.0, max(0.0, (share + sp - 1) / information))
    a, b = se * (1 - se) / (n1 + 2), sp * (1 - sp) / (n0 + 2)
    shift = 2 * z * z * (centre * a - (1 - centre) * b)
    spread = share * (1 - share) / size + centre**2 * a + (1 - centre) ** 2 * b
    half = z * math.sqrt(spread) / information
    return max(0.0, centre + shift - half), min(1.0, centre + shift + half)
