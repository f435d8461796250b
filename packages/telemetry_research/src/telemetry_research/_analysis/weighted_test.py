"""The test of a difference of means of sampled experiments, with their weights."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist

from .._core.safe import on_one_line

Weighted = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedTest:
    """A z test of the difference of two weighted means.

    Attributes:
        test: The name of the test.
        statistic: The difference over its standard error.
        p_value: Two-sided, by the normal distribution.
    """

    test: str
    statistic: float
    p_value: float

    def __str__(self) -> str:
        return on_one_line(f"{self.test}: z = {self.statistic:.3f}, p = {self.p_value:.4g}")

    def to_dict(self) -> dict[str, object]:
        """The test as plain values."""
        return asdict(self)


def weighted_test(control: Weighted, treatment: Weighted) -> WeightedTest:
    """Test two weighted means, each value with one over its probability as its weight.

    The variance is that of a ratio of weighted totals, linearised (Särndal, Swensson and Wretman,
    Model Assisted Survey Sampling, 5.6).

    Args:
        control: Values and weights.
        treatment: The same.
    """
    (old, old_variance), (new, new_variance) = _mean(control), _mean(treatment)
    error = math.sqrt(old_variance + new_variance)
    z = (new - old) / error if error else math.copysign(math.inf, new - old) * (new != old)
    z = 0.0 if math.isnan(z) else z
    p_value = 2 * NormalDist().cdf(-abs(z))
    return WeightedTest(test="weighted z test of means", statistic=z, p_value=p_value)


def _mean(values: Weighted) -> tuple[float, float]:
    total = math.fsum(weight for _, weight in values)
    mean = math.fsum(value * weight for value, weight in values) / total
    squares = math.fsum((weight * (value - mean)) ** 2 for value, weight in values)
    return mean, squares / total**2
