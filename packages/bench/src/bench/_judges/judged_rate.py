"""A rate judged by a model, corrected by how often the judge errs on labelled items.

The plug-in of Rogan and Gladen 1978 with the interval of Lang and Reiczigel 2014, as Lee et al.
2025 (arXiv:2511.21140) propose for judged evaluations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.arithmetic import mean
from .._core.errors import InvalidDataError, NotEnoughDataError
from .._core.lazy import FloatArray
from .._core.notes import note
from .._core.options import check_share
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.tails import normal_quantile
from .._core.wording import number
from .._data.pairs import clean_pairs
from .._data.values import Values, ValuesByItem, clean, need_binary
from .._intervals.proportions import proportion_interval

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
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> str:
        return (
            f"rate = {number(self.rate)}, {self.interval} from {self.n_judged} judgements"
            f" (judged {number(self.judged.estimate)}), with sensitivity"
            f" {number(self.sensitivity.estimate)} on {self.n_right} right and specificity"
            f" {number(self.specificity.estimate)} on {self.n_wrong} wrong labelled items."
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


def judged_rate(
    labels: ValuesByItem,
    judged: ValuesByItem,
    unlabelled: Values,
    *,
    level: float = 0.95,
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

    Returns:
        The corrected rate with its interval, and where further labels help most.

    Raises:
        InvalidDataError: Values other than 0 and 1, or a judge no better than chance.
        NotEnoughDataError: No label of one kind.

    Example:
        >>> labels = [1] * 40 + [0] * 20
        >>> verdicts = [1] * 36 + [0] * 4 + [1] * 3 + [0] * 17
        >>> found = bench.judged_rate(labels, verdicts, [1] * 140 + [0] * 60)
        >>> round(found.rate, 3)
        0.733
    """
    check_share("level", level)
    pairs = clean_pairs(labels, judged)
    rest, _ = clean(unlabelled, "unlabelled", min_count=1)
    for name, values in (("labels", pairs.control), ("judged", pairs.treatment)):
        need_binary(name, values)
    need_binary("unlabelled", rest)
    right, wrong = _by_label(pairs.control, pairs.treatment)
    sensitivity, specificity = mean(right), 1 - mean(wrong)
    information = sensitivity + specificity - 1
    if information <= 0:
        raise InvalidDataError("judged", "the judge is no better than chance on the labelled items")
    q = mean(rest)
    rate = min(1.0, max(0.0, (q + specificity - 1) / information))
    z = normal_quantile(0.5 + level / 2)
    low, high = _lang_reiczigel(q, len(rest), right, wrong, z)
    noise = (
        math.sqrt(sensitivity * (1 - sensitivity)),
        math.sqrt(specificity * (1 - specificity)),
    )
    pull = rate * noise[0], (1 - rate) * noise[1]
    error = q * (1 - q) / len(rest) + pull[0] ** 2 / len(right) + pull[1] ** 2 / len(wrong)
    warnings = []
    if min(len(right), len(wrong)) < _FEW_OF_A_KIND:
        warnings.append(note("FEW_LABELS", f"{len(right)} right and {len(wrong)} wrong"))
    if information < _LEAST_INFORMATION:
        warnings.append(note("WEAK_JUDGE", f"sensitivity + specificity - 1 = {information:.3g}"))
    return JudgedRate(
        rate=rate,
        se=math.sqrt(error) / information if error > 0 else math.nan,
        interval=Interval(low=low, high=high, level=level, method="Lang-Reiczigel", estimate=rate),
        judged=proportion_interval(int(rest.sum()), len(rest), level=level),
        sensitivity=proportion_interval(int(right.sum()), len(right), level=level),
        specificity=proportion_interval(len(wrong) - int(wrong.sum()), len(wrong), level=level),
        right_share=pull[0] / sum(pull) if sum(pull) > 0 else 0.5,
        n_judged=len(rest),
        n_right=len(right),
        n_wrong=len(wrong),
        warnings=tuple(warnings),
    )


def _by_label(labels: FloatArray, judged: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The verdicts on the right and on the wrong items."""
    right, wrong = judged[labels == 1.0], judged[labels == 0.0]
    for name, values in (("right", right), ("wrong", wrong)):
        if not len(values):
            raise NotEnoughDataError(f"labelled items that are {name}", needed=1, got=0)
    return right, wrong


def _lang_reiczigel(
    q: float, n: int, right: FloatArray, wrong: FloatArray, z: float
) -> tuple[float, float]:
    """With pseudo-counts in all three rates and a shift of the centre (equations 8 to 10)."""
    size = n + z * z
    share = (n * q + z * z / 2) / size
    n1, n0 = len(right) + 2, len(wrong) + 2
    se, sp = (float(right.sum()) + 1) / n1, (len(wrong) - float(wrong.sum()) + 1) / n0
    information = se + sp - 1
    centre = min(1.0, max(0.0, (share + sp - 1) / information))
    a, b = se * (1 - se) / n1, sp * (1 - sp) / n0
    shift = 2 * z * z * (centre * a - (1 - centre) * b)
    spread = share * (1 - share) / size + centre**2 * a + (1 - centre) ** 2 * b
    half = z * math.sqrt(spread) / information
    return max(0.0, centre + shift - half), min(1.0, centre + shift + half)
