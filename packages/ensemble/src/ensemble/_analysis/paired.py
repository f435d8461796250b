"""Shares and paired comparisons with their intervals, in closed form."""

import math
from collections.abc import Sequence

from .._core.values import Value


def _quantile(level: float) -> float:
    """How many standard deviations hold this share of a normal law."""
    from statistics import NormalDist  # noqa: PLC0415  # 3 ms, and few compute intervals

    if not 0 < level < 1:
        raise ValueError(f"level: {level!r} is outside (0, 1)")
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(right: int, total: int, *, level: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a share (Wilson 1927).

    Args:
        right: How many.
        total: Of how many.
        level: The level of the interval.

    Raises:
        ValueError: There are none, or more than all.
    """
    if not 0 <= right <= total or total < 1:
        raise ValueError(f"{right} of {total} is no share")
    z = _quantile(level)
    share = right / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return (middle - spread) / scale, (middle + spread) / scale


def trials_needed(share: float, margin: float, *, level: float = 0.95) -> int:
    """How many questions give a share to within a margin: ceil(z^2 p (1-p) / e^2).

    Args:
        share: The share that is expected.
        margin: Half the width of the interval.
        level: Its level.

    Raises:
        ValueError: A share is outside (0, 1), or the margin is not positive.
    """
    if not 0 < share < 1 or not margin > 0:
        raise ValueError(f"share {share!r} must be inside (0, 1) and margin {margin!r} above 0")
    z = _quantile(level)
    return math.ceil(z * z * share * (1 - share) / margin**2)


def pairs_needed(
    difference: float, discordant: float, *, power: float = 0.8, alpha: float = 0.05
) -> int:
    """How many questions McNemar's test needs to see a difference in accuracy (Connor 1987).

    Args:
        difference: The difference in accuracy.
        discordant: The share of questions that only one of the two has right; at least the
            difference. Models that err together have a small one, and need fewer questions.
        power: The probability of seeing it.
        alpha: The level of the test, two-sided.

    Raises:
        ValueError: The shares do not fit, or a probability is outside (0, 1).
    """
    gap = abs(difference)
    if not 0 < gap <= discordant <= 1:
        raise ValueError(f"difference {difference!r} and discordant {discordant!r} do not fit")
    if not 0.5 < power < 1:  # noqa: PLR2004  # a test that misses more than it sees
        raise ValueError(f"power: {power!r} is outside (0.5, 1)")
    size, sure = _quantile(1 - alpha), _quantile(2 * power - 1)
    root = size * math.sqrt(discordant) + sure * math.sqrt(discordant - gap * gap)
    return math.ceil((root / gap) ** 2)


class Paired(Value):
    """Two ways of answering the same questions, compared.

    Attributes:
        difference: The share right of the first minus that of the second.
        interval: Its 95 % interval (Wald, for paired shares).
        only_first: How many only the first had right.
        only_second: How many only the second had right.
        p_value: Of the exact McNemar test, two-sided.
    """

    difference: float
    interval: tuple[float, float]
    only_first: int
    only_second: int
    p_value: float

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{100 * self.difference:+.2f} points [{100 * low:+.2f}, {100 * high:+.2f}],"
            f" McNemar p = {self.p_value:.3g}"
        )


def paired(first: Sequence[bool], second: Sequence[bool]) -> Paired:
    """Compare two ways of answering the same questions, by which they had right.

    Raises:
        ValueError: They are not of the same length, or empty.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"{len(first)} and {len(second)} answers cannot be paired")
    ahead = sum(a and not b for a, b in zip(first, second, strict=True))
    behind = sum(b and not a for a, b in zip(first, second, strict=True))
    size, apart = len(first), ahead + behind
    difference = (ahead - behind) / size
    spread = 1.959964 * math.sqrt(max(apart - (ahead - behind) ** 2 / size, 0.0)) / size
    return Paired(
        difference=difference,
        interval=(difference - spread, difference + spread),
        only_first=ahead,
        only_second=behind,
        p_value=_mcnemar(min(ahead, behind), apart),
    )


def _mcnemar(fewer: int, apart: int) -> float:
    """Twice the binomial tail P(X <= fewer) of ``apart`` fair throws."""
    if not apart:
        return 1.0
    tail = sum(
        math.exp(
            math.lgamma(apart + 1)
            - math.lgamma(count + 1)
            - math.lgamma(apart - count + 1)
            - apart * math.log(2)
        )
        for count in range(fewer + 1)
    )
    return min(1.0, 2 * tail)
