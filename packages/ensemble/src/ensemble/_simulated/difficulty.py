"""Accuracies that depend on how hard a question is, and answers as long as the question needs."""

import math
from collections.abc import Mapping
from typing import Any

from .._core.errors import QuestionError
from .._core.queries import Question
from .._core.streams import normal
from .._core.values import Value


class Ability(Value):
    """An accuracy by item response theory: the abler the model and the easier the question.

    P(right) = guess + (1 - guess) / (1 + exp(-discrimination (ability - difficulty))), the
    three-parameter logistic model (Birnbaum 1968). The difficulty is the number in the question's
    metadata. A question without one draws it from the standard normal distribution: the same for
    all models of one seed.

    Attributes:
        ability: Equal to the difficulty, half of the answers are right, guesses aside.
        discrimination: How steeply accuracy falls with difficulty.
        guess: How often a guess is right, such as 0.25 for four choices.
        seed: Selects the difficulties of questions that have none.
    """

    ability: float
    discrimination: float = 1.0
    guess: float = 0.0
    seed: int = 0

    def _check(self) -> None:
        if not 0 <= self.guess < 1:
            raise ValueError(f"guess: {self.guess!r} is not between 0 and 1")

    def __call__(self, question: Question) -> float:
        """The probability of a right answer.

        Raises:
            QuestionError: The difficulty in the metadata is not a number.
        """
        metadata: Mapping[str, Any] = getattr(question, "metadata", {})
        difficulty = metadata.get("difficulty")
        if difficulty is None:
            difficulty = normal("difficulty", self.seed, question.id)
        if not isinstance(difficulty, int | float):
            raise QuestionError(
                f"Ability needs numbers as difficulties; that of {question.id!r} is {difficulty!r}"
            )
        lead = self.discrimination * (self.ability - difficulty)
        return self.guess + (1 - self.guess) * (1 + math.tanh(lead / 2)) / 2


class OutputLengths(Value):
    """How many tokens an answer has: log-normal, and much the same for all models.

    Attributes:
        median: The median.
        sigma: The standard deviation of the logarithm.
        shared: How much of its variance belongs to the question and is the same for all models of
            the same seed: 1 all of it, 0 nothing.
        seed: Selects the lengths.
    """

    median: float = 200.0
    sigma: float = 0.6
    shared: float = 1.0
    seed: int = 0

    def _check(self) -> None:
        if not 0 <= self.shared <= 1:
            raise ValueError(f"shared: {self.shared!r} is not between 0 and 1")

    def tokens(self, model: str, question_id: str, sample: int) -> int:
        """The length of an answer, at least one token.

        Args:
            model: The name of the model.
            question_id: The id of the question.
            sample: The number of the sample.

        Returns:
            The number of tokens.
        """
        common = normal("length", self.seed, question_id)
        own = normal("length", self.seed, question_id, model, sample)
        score = math.sqrt(self.shared) * common + math.sqrt(1 - self.shared) * own
        return max(1, round(self.median * math.exp(self.sigma * score)))
