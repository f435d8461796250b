"""Stated confidence of simulated models: calibrated, miscalibrated or uninformative."""

import math
import random
from typing import Protocol

from .._core.values import Value


class Confidence(Protocol):
    """How a simulated model states its confidence."""

    def draw(self, accuracy: float, *, right: bool, chance: random.Random) -> float:
        """The confidence in [0, 1] of an answer that is right or not.

        Args:
            accuracy: The probability of a right answer.
            right: Whether this answer is right.
            chance: The source of random numbers.

        Returns:
            The confidence in [0, 1].
        """
        ...


class Calibrated(Value):
    """A confidence that means what it says: of all answers with confidence p, the share p is right.

    Each answer has its own probability p of being right, from a beta distribution whose mean is the
    accuracy, and states p. Given whether the answer is right, p again follows a beta distribution
    (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.4), and is drawn from that: stating a
    confidence changes no answer.

    Attributes:
        concentration: How alike the answers are. The smaller, the better a confidence separates
            right answers from wrong ones.
    """

    concentration: float = 4.0

    def _check(self) -> None:
        if not 0 < self.concentration < math.inf:
            raise ValueError(f"concentration: {self.concentration!r} is not above 0")

    def draw(self, accuracy: float, *, right: bool, chance: random.Random) -> float:
        """The confidence of an answer that is right or not."""
        if accuracy in (0.0, 1.0):
            return accuracy
        alpha = accuracy * self.concentration + right
        beta = (1 - accuracy) * self.concentration + (not right)
        return chance.betavariate(alpha, beta)


class Miscalibrated(Value):
    """A calibrated confidence that is stated too high or too low.

    Its log-odds are divided by a temperature, which temperature scaling undoes (Guo et al.,
    On Calibration of Modern Neural Networks, 2017), and moved.

    Attributes:
        temperature: Below 1 the model boasts: .8 is stated as .94 at a temperature of 0.5. Above 1
            it is timid.
        bias: Added to the log-odds; above 0 every confidence is too high.
        concentration: As of ``Calibrated``.
    """

    temperature: float
    bias: float = 0.0
    concentration: float = 4.0

    def _check(self) -> None:
        if not 0 < self.temperature < math.inf:
            raise ValueError(f"temperature: {self.temperature!r} is not above 0")

    def draw(self, accuracy: float, *, right: bool, chance: random.Random) -> float:
        """The confidence of an answer that is right or not."""
        calibrated = Calibrated(concentration=self.concentration)
        probability = calibrated.draw(accuracy, right=right, chance=chance)
        if probability in (0.0, 1.0):
            return probability
        odds = math.log(probability / (1 - probability)) / self.temperature + self.bias
        return (1 + math.tanh(odds / 2)) / 2


class Uninformative(Value):
    """The same confidence whatever the answer, as of models that are always sure.

    Attributes:
        stated: The confidence.
    """

    stated: float = 0.95

    def _check(self) -> None:
        if not 0 <= self.stated <= 1:
            raise ValueError(f"stated: {self.stated!r} is not between 0 and 1")

    def draw(self, accuracy: float, *, right: bool, chance: random.Random) -> float:  # noqa: ARG002  # it has no chance
        """The confidence of any answer."""
        return self.stated
