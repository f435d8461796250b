"""How many answers a person labels, where a judge labels all that were asked."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from .._core.errors import ComparisonError

_FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCosts:
    """What the labels of a judge and of a person cost, and how often the two agree.

    Attributes:
        judge_usd: The price of one label of the judge in US dollars.
        person_usd: The price of one label of a person.
        agreement: The share of answers to which both give the same label, in (0, 1); from an
            earlier check, such as ``check_judge`` gives.
    """

    judge_usd: float
    person_usd: float
    agreement: float

    def __post_init__(self) -> None:
        """Refuse prices below 0, and an agreement that is no share.

        Raises:
            ComparisonError: One of them is out of range.
        """
        if not (self.judge_usd >= 0 and self.person_usd > 0 and 0 < self.agreement < 1):
            raise ComparisonError(
                "JudgeCosts: judge_usd must be 0 or more, person_usd above 0, and agreement"
                " between 0 and 1"
            )


def with_checks(
    design: Any, judge: JudgeCosts, half_width: float, level: float, answer_usd: float
) -> tuple[Any, int]:
    """The cheapest numbers of answers and of labels of a person for a precision.

    A judge labels every answer; a person labels the first ones, which corrects the judge (double
    sampling, Cochran 1977, section 12.5). Where that is dearer, a person labels all.

    Args:
        design: A ``bench.AssistedDesign`` that reaches the half width with labels of a person.
        judge: The prices and the agreement.
        half_width: Half the width of the interval to reach.
        level: Its level.
        answer_usd: The price of one answer.

    Returns:
        The design with its number of items, and how many a person labels.
    """
    target = (half_width / NormalDist().inv_cdf((1 + level) / 2)) ** 2
    size = len(design.population)
    alone = design.n, design.n * (answer_usd + judge.person_usd)
    # The variance of one answer, and that of one label of a person minus that of the judge.
    first = design.expected_se**2 / (1 / design.n - 1 / size) if design.n < size else 0.25
    wrong = (1 - judge.agreement) * float((1 / design.probabilities).mean()) / size
    best, chosen = alone[1], (alone[0], alone[0])
    for asked in _numbers(design.n, size):
        left = target - first * (1 / asked - 1 / size)
        if left <= 0:
            continue
        # One more disagreement than expected is counted, as the estimate does.
        checked = math.ceil((wrong + math.sqrt(wrong**2 + 4 * left)) / (2 * left))
        checked = max(_FEWEST, checked)
        if checked >= asked:
            continue
        price = asked * (answer_usd + judge.judge_usd) + checked * judge.person_usd
        if price < best:
            best, chosen = price, (asked, checked)
    return design.first(chosen[0]), chosen[1]


def _numbers(least: int, most: int) -> list[int]:
    """Numbers of items from the least to all, a hundredth apart."""
    found, at = [], float(least)
    while at < most:
        found.append(math.ceil(at))
        at *= 1.01
    return [*found, most]
