"""Proportions and paired comparisons with their intervals, in closed form."""

import math
from collections.abc import Iterator, Sequence

from .._core.deprecated import renamed_arguments
from .._core.values import Value


def _quantile(level: float) -> float:
    """How many standard deviations hold this share of a normal distribution."""
    from statistics import NormalDist  # noqa: PLC0415  # 3 ms, and few compute intervals

    if not 0 < level < 1:
        raise ValueError(f"level: {level!r} is outside (0, 1)")
    return NormalDist().inv_cdf((1 + level) / 2)


class Interval(Value):
    """A confidence interval; it unpacks into its bounds.

    Attributes:
        low: The lower bound.
        high: The upper bound.
        level: The confidence level.
        method: The method, as a paper prints it.
    """

    low: float
    high: float
    level: float = 0.95
    method: str = ""

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.high))

    def __len__(self) -> int:
        return 2  # as the pair that it unpacks into

    def __getitem__(self, index: int) -> float:
        return (self.low, self.high)[index]

    def __str__(self) -> str:
        return f"[{self.low:.4g}, {self.high:.4g}]"


@renamed_arguments(right="successes", total="n")
def wilson(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """Return the Wilson score interval of a proportion (Wilson 1927).

    Args:
        successes: The number of successes.
        n: The number of trials.
        level: The level of the interval.

    Returns:
        The interval.

    Raises:
        ValueError: There are no trials, or more successes than trials.

    Example:
        >>> low, high = wilson(45, 50)
        >>> f"{low:.3f} to {high:.3f}"
        '0.786 to 0.957'
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"{successes} successes of {n} trials are not a proportion")
    z = _quantile(level)
    share = successes / n
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return Interval(low=low, high=high, level=level, method="Wilson score interval")


def trials_needed(share: float, margin: float, *, level: float = 0.95) -> int:
    """How many questions give a share to within a margin: ceil(z^2 p (1-p) / e^2).

    Args:
        share: The share that is expected.
        margin: Half the width of the interval.
        level: Its level.

    Returns:
        The number of questions.

    Raises:
        ValueError: A share is outside (0, 1), or the margin is not positive.

    Example:
        >>> from ensemble import trials_needed
        >>> trials_needed(0.95, 0.01)
        1825
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

    Returns:
        The number of questions.

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
        interval: Its interval (Wald, for paired proportions).
        only_first: How many only the first had right.
        only_second: How many only the second had right.
        p_value: Of the exact McNemar test, two-sided.
    """

    difference: float
    interval: Interval
    only_first: int
    only_second: int
    p_value: float

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{100 * self.difference:+.2f} points [{100 * low:+.2f}, {100 * high:+.2f}],"
            f" McNemar p = {self.p_value:.3g}"
        )


def paired(first: Sequence[bool], second: Sequence[bool], *, level: float = 0.95) -> Paired:
    """Compare two ways of answering the same questions, by which they had right.

    Args:
        first: Whether the first was right on each question.
        second: Whether the second was right on each question.
        level: The level of the interval.

    Returns:
        The difference with its interval and the exact McNemar test.

    Raises:
        ValueError: They are not of the same length, or empty.

    Example:
        >>> from ensemble import paired
        >>> print(paired([True] * 9 + [False], [True] * 6 + [False] * 4))
        +30.00 points [+1.60, +58.40], McNemar p = 0.25
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"{len(first)} and {len(second)} answers cannot be paired")
    ahead = sum(a and not b for a, b in zip(first, second, strict=True))
    behind = sum(b and not a for a, b in zip(first, second, strict=True))
    size, apart = len(first), ahead + behind
    difference = (ahead - behind) / size
    spread = _quantile(level) * math.sqrt(max(apart - (ahead - behind) ** 2 / size, 0.0)) / size
    return Paired(
        difference=difference,
        interval=Interval(
            low=difference - spread,
            high=difference + spread,
            level=level,
            method="Wald interval of a difference of paired proportions",
        ),
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
