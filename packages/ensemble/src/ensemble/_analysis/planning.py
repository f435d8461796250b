"""The accuracy to expect of a panel before any call."""

import math
from collections.abc import Sequence

from .._core.values import Value


class PanelPlan(Value):
    """The accuracy to expect of a majority.

    Attributes:
        size: How many members.
        accuracy: Their mean accuracy.
        rho: The correlation of their errors.
        majority: The accuracy of the majority, for errors correlated by ``rho`` (beta-binomial).
        independent: What independent errors would promise; do not expect it.
        effective: How many independent members the panel is worth, N / (1 + (N-1) rho).
    """

    size: int
    accuracy: float
    rho: float
    majority: float
    independent: float
    effective: float

    def __str__(self) -> str:
        return (
            f"{self.size} members of accuracy {self.accuracy:.3f}, error correlation"
            f" {self.rho:.2f}: majority {self.majority:.3f} (independent errors would give"
            f" {self.independent:.3f}; the panel is worth {self.effective:.1f} members)"
        )


def plan_panel(accuracies: Sequence[float], rho: float) -> PanelPlan:
    """Estimate the accuracy of a majority whose wrong answers agree.

    The number of right members is beta-binomial with mean accuracy p and correlation rho, a tie
    counts half. It holds for questions with two answers, and is a lower bound where wrong answers
    scatter.

    Args:
        accuracies: The accuracy of each member.
        rho: The mean correlation of their errors, as ``analyze`` measures it (``mean_phi``).

    Returns:
        The accuracy to expect, and that of independent errors; print it.

    Raises:
        ValueError: An accuracy or the correlation is outside [0, 1], or there are no members.

    Example:
        >>> from ensemble import plan_panel
        >>> print(plan_panel([0.8] * 5, rho=0.5))
        5 members of accuracy 0.800, error correlation 0.50: majority 0.8...
    """
    if not accuracies or not all(0 <= each <= 1 for each in accuracies):
        raise ValueError(f"accuracies: {accuracies!r} are not all between 0 and 1")
    if not 0 <= rho <= 1:
        raise ValueError(f"rho: {rho!r} is outside [0, 1]")
    size, share = len(accuracies), math.fsum(accuracies) / len(accuracies)
    return PanelPlan(
        size=size,
        accuracy=share,
        rho=rho,
        majority=1 - majority_error(size, share, rho),
        independent=1 - majority_error(size, share),
        effective=size / (1 + (size - 1) * rho),
    )


def majority_error(size: int, accuracy: float, rho: float = 0.0) -> float:
    """The probability that a majority is wrong; a tie counts half.

    Beta-binomial with mean ``accuracy`` and intra-class correlation ``rho``; 0 is the binomial.

    Args:
        size: How many members.
        accuracy: The accuracy of each.
        rho: The correlation of their errors.

    Returns:
        A probability.
    """
    if rho >= 1 or not 0 < accuracy < 1:
        return 1 - accuracy
    error = 0.0
    for right in range(size + 1):
        if 2 * right > size:
            break
        weight = 0.5 if 2 * right == size else 1.0
        error += weight * math.exp(_log_probability(right, size, accuracy, rho))
    return error


def _log_probability(right: int, size: int, accuracy: float, rho: float) -> float:
    ways = math.lgamma(size + 1) - math.lgamma(right + 1) - math.lgamma(size - right + 1)
    if rho <= 0:
        return ways + right * math.log(accuracy) + (size - right) * math.log(1 - accuracy)
    spread = 1 / rho - 1
    alpha, beta = accuracy * spread, (1 - accuracy) * spread
    return ways + _log_beta(right + alpha, size - right + beta) - _log_beta(alpha, beta)


def _log_beta(first: float, second: float) -> float:
    return math.lgamma(first) + math.lgamma(second) - math.lgamma(first + second)
