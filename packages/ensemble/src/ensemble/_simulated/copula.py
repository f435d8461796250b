"""Errors of several models that are correlated as asked: a Gaussian copula.

Each model has a normal number for each question and errs when it is too large for its accuracy. The
numbers are correlated. What users ask for, and measure, is the correlation of the errors themselves
(phi, of the two-by-two table); the correlation of the numbers that leads to it is solved for.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from .._core.errors import InfeasibleCorrelationError
from .._core.streams import standard_normal, steady_normal

_STEPS = 64  # of Simpson's rule: the integral is right to six digits, to four at the extremes
_ROUNDING = 1e-9
# What is left of a variance that others explain fully, and of a covariance that nothing explains:
# the first is the square of the rounding of a solved correlation, hence the difference.
_NO_VARIANCE = 1e-6
_NO_COVARIANCE = 1e-3
_HALVINGS = 12

Accuracies = tuple[float, ...]
Matrix = list[list[float]]


class Copula:
    """The luck of several models.

    Args:
        names: Their names.
        groups: How often each set of accuracies, one for each model, occurs among the questions.
        asked: The correlation of errors of each pair, over all questions.
        seed: Selects the luck.
        steadiness: How much of it is the same in every sample.
        lenient: Takes the nearest correlation that a pair can have, and draws those that contradict
            each other towards their mean, by as little as makes them fit, instead of refusing.

    Raises:
        InfeasibleCorrelationError: A pair cannot have its correlation at its accuracies, or the
            pairs cannot all have theirs at once.
    """

    def __init__(
        self,
        names: Sequence[str],
        groups: Mapping[Accuracies, float],
        asked: Sequence[Sequence[float]],
        *,
        seed: int,
        steadiness: float,
        lenient: bool = False,
    ) -> None:
        self._seed = seed
        self._steadiness = steadiness
        latent = [[1.0 if row == column else 0.0 for column in names] for row in names]
        for one in range(len(names)):
            for other in range(one):
                pairs = [
                    (accuracies[one], accuracies[other], count)
                    for accuracies, count in groups.items()
                ]
                wanted = asked[one][other]
                found = _latent(pairs, wanted, (names[other], names[one]), lenient=lenient)
                latent[one][other] = latent[other][one] = found
        self._factor = _nearest(latent, names) if lenient else _cholesky(latent, names)

    def luck(self, index: int, question_id: str, sample: int) -> float:
        """The luck of a model with a question: uniform in (0, 1), correlated with the others'."""
        score = sum(
            weight
            * steady_normal(
                self._steadiness, "panel", self._seed, number, question_id, sample=sample
            )
            for number, weight in enumerate(self._factor[index][: index + 1])
            if weight
        )
        return standard_normal().cdf(score)


def both_wrong(one: float, other: float, angle: float) -> float:
    """The probability that two models err at once.

    The bivariate normal integral over the angle whose sine is the correlation (Drezner and
    Wesolowsky 1990, On the computation of the bivariate normal integral, equation 5), by Simpson's
    rule.

    Args:
        one: The threshold of one model, the normal quantile of its error rate.
        other: The threshold of the other.
        angle: The arc sine of the latent correlation.
    """
    apart = standard_normal().cdf(one) * standard_normal().cdf(other)
    step = angle / _STEPS
    total = _density(one, other, 0.0) + _density(one, other, angle)
    for index in range(1, _STEPS):
        total += (4 if index % 2 else 2) * _density(one, other, index * step)
    return apart + total * step / 3


def _density(one: float, other: float, angle: float) -> float:
    """How fast the probability grows with the angle."""
    across = math.cos(angle) ** 2
    distance = one * one + other * other - 2 * one * other * math.sin(angle)
    if across < _ROUNDING**2:
        return 0.0 if distance > _ROUNDING else math.exp(-one * one / 2) / math.tau
    return math.exp(-distance / (2 * across)) / math.tau


def _latent(
    pairs: Sequence[tuple[float, float, float]],
    asked: float,
    names: tuple[str, str],
    *,
    lenient: bool,
) -> float:
    """The latent correlation with which two models have the error correlation that is asked."""
    total = sum(count for _, _, count in pairs)
    wrong_one = sum(count * (1 - one) for one, _, count in pairs) / total
    wrong_other = sum(count * (1 - other) for _, other, count in pairs) / total
    spread = math.sqrt(wrong_one * (1 - wrong_one) * wrong_other * (1 - wrong_other))
    if not spread:
        return 0.0  # who is always right, or never, has errors that correlate with nothing

    def shared(one: float, other: float, angle: float) -> float:
        if one in (0.0, 1.0) or other in (0.0, 1.0):
            return (1 - one) * (1 - other)
        if abs(angle) >= math.pi / 2:
            return min(1 - one, 1 - other) if angle > 0 else max(0.0, 1 - one - other)
        return both_wrong(_threshold(one), _threshold(other), angle)

    def phi(angle: float) -> float:
        both = sum(count * shared(one, other, angle) for one, other, count in pairs) / total
        return (both - wrong_one * wrong_other) / spread

    lowest, highest = phi(-math.pi / 2), phi(math.pi / 2)
    if lenient:
        asked = min(max(asked, lowest), highest)
    if not lowest - _ROUNDING <= asked <= highest + _ROUNDING:
        raise InfeasibleCorrelationError(
            f"an error correlation of {asked:g} between {names[0]!r} and {names[1]!r} is out of"
            f" reach: with their accuracies it lies between {lowest:.3f} and {highest:.3f}; ask for"
            " that, with a matrix where pairs differ",
            names=names,
            asked=asked,
            lowest=lowest,
            highest=highest,
        )
    return math.sin(_root(lambda angle: phi(angle) - asked))


def _threshold(accuracy: float) -> float:
    return standard_normal().inv_cdf(1 - accuracy)


def _root(rising: Callable[[float], float]) -> float:
    """Where a function that rises from -pi/2 to pi/2 is zero: by regula falsi, Illinois variant."""
    low, high = -math.pi / 2, math.pi / 2
    below, above = rising(low), rising(high)
    if below >= -_ROUNDING:
        return low
    if above <= _ROUNDING:
        return high
    side, middle = 0, 0.0
    for _ in range(100):
        middle = (low * above - high * below) / (above - below)
        value = rising(middle)
        if abs(value) < _ROUNDING or high - low < _ROUNDING:
            return middle
        if value < 0:
            low, below = middle, value
            above /= 2 if side < 0 else 1
            side = -1
        else:
            high, above = middle, value
            below /= 2 if side > 0 else 1
            side = 1
    return middle


def _nearest(matrix: Matrix, names: Sequence[str]) -> Matrix:
    """The factor of the matrix, or of the nearest one on the way to that of equal correlations."""
    size = len(matrix)
    pairs = [matrix[row][column] for row in range(size) for column in range(row)]
    mean = max(sum(pairs) / len(pairs), 0.0) if pairs else 0.0

    def drawn(share: float) -> Matrix:
        return [
            [
                1.0 if row == column else each + share * (mean - each)
                for column, each in enumerate(cells)
            ]
            for row, cells in enumerate(matrix)
        ]

    low, high = 0.0, 1.0
    try:
        return _cholesky(matrix, names)
    except InfeasibleCorrelationError:
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            try:
                _cholesky(drawn(middle), names)
                high = middle
            except InfeasibleCorrelationError:
                low = middle
    return _cholesky(drawn(high), names)


def _cholesky(matrix: Matrix, names: Sequence[str]) -> Matrix:
    """A lower triangle whose square is the matrix; a matrix without a full rank has one too."""
    factor = [[0.0] * len(matrix) for _ in matrix]
    for row in range(len(matrix)):
        for column in range(row + 1):
            left = matrix[row][column] - sum(
                factor[row][each] * factor[column][each] for each in range(column)
            )
            if row == column:
                if left < -_NO_VARIANCE:
                    raise InfeasibleCorrelationError(
                        f"the error correlations cannot hold all at once: those of {names[row]!r}"
                        " contradict the ones between the models before it",
                        names=tuple(names[: row + 1]),
                    )
                factor[row][row] = math.sqrt(max(left, 0.0))
            elif factor[column][column] > _NO_VARIANCE:
                factor[row][column] = left / factor[column][column]
            elif abs(left) > _NO_COVARIANCE:
                raise InfeasibleCorrelationError(
                    f"the error correlations cannot hold all at once: {names[column]!r} follows"
                    f" from the models before it, and {names[row]!r} contradicts that",
                    names=tuple(names[: row + 1]),
                )
    return factor
