"""The laws that simulated models follow: of their latency, and of their confidence."""

import math
import random
from dataclasses import dataclass
from typing import Protocol


class Latency(Protocol):
    """A law of latency."""

    def draw_ms(self, uniform: float) -> float:
        """The latency at a quantile, in milliseconds; ``uniform`` is in (0, 1)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """A log-normal latency, the usual first guess for language models.

    Attributes:
        median_ms: The median.
        sigma: The standard deviation of the logarithm.
    """

    median_ms: float
    sigma: float = 0.5

    def draw_ms(self, uniform: float) -> float:
        """The latency at a quantile."""
        from statistics import NormalDist  # noqa: PLC0415  # 4 ms that only simulations need

        return self.median_ms * math.exp(self.sigma * NormalDist().inv_cdf(uniform))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """A latency with a heavy tail: P(latency > x) = (minimum / x) ** alpha.

    Attributes:
        minimum_ms: The shortest latency.
        alpha: The tail; the smaller, the heavier.
    """

    minimum_ms: float
    alpha: float = 2.0

    def draw_ms(self, uniform: float) -> float:
        """The latency at a quantile."""
        return self.minimum_ms * float((1 - uniform) ** (-1 / self.alpha))


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """Always the same latency.

    Attributes:
        latency_ms: The latency.
    """

    latency_ms: float

    def draw_ms(self, uniform: float) -> float:  # noqa: ARG002  # a law without chance
        """The latency at any quantile."""
        return self.latency_ms


class Confidence(Protocol):
    """A law of stated confidence."""

    def draw(self, accuracy: float, *, right: bool, chance: random.Random) -> float:
        """The confidence in [0, 1] of an answer that is right or not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """A confidence that means what it says: of all answers with confidence p, the share p is right.

    Each answer has its own probability p of being right, from a beta distribution whose mean is the
    accuracy, and states p. Given whether the answer is right, p again follows a beta distribution
    (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.4), and is drawn from that: stating a
    confidence changes no answer.

    Attributes:
        concentration: How alike the answers are. The smaller, the better a confidence tells right
            answers from wrong ones.
    """

    concentration: float = 4.0

    def __post_init__(self) -> None:
        if not 0 < self.concentration < math.inf:
            raise ValueError(f"concentration: {self.concentration!r} is not above 0")

    def draw(self, accuracy: float, *, right: bool, chance: random.Random) -> float:
        """The confidence of an answer that is right or not."""
        if accuracy in (0.0, 1.0):
            return accuracy
        alpha = accuracy * self.concentration + right
        beta = (1 - accuracy) * self.concentration + (not right)
        return chance.betavariate(alpha, beta)
