"""Models that do not exist, with the accuracy, latency and price they are given.

Whether an answer is right, what a wrong one is, and how long it takes depend on the seed, the
model's name, the question's id and the sample number alone: drawn from a hash (BLAKE2b) of these,
so that no order of calls and no number of concurrent ones changes anything. Latency is slept, so
that under simulated time it costs nothing. Everything is marked ``simulated``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from statistics import NormalDist
from typing import Any, Protocol

import anyio

from ._errors import QuestionError, ServerError
from ._model import Query, Question, Response, Sampling

_NORMAL = NormalDist()
_CHARACTERS_PER_TOKEN = 4
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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
        return self.median_ms * math.exp(self.sigma * _NORMAL.inv_cdf(uniform))


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


class SimulatedModel:
    """A model that is right as often as it is told to be.

    Args:
        name: Its name; two models of different names err independently.
        accuracy: The probability of a right answer, or a function that gives it for a question.
        latency: The law of its latency.
        input_price: Dollars per million tokens read; a token is taken as four characters.
        output_price: Dollars per million tokens written.
        output_tokens: How many tokens it writes.
        failure_rate: The probability that a call fails.
        seed: Selects its answers.

    Raises:
        ValueError: A probability is not between 0 and 1.
    """

    def __init__(
        self,
        name: str,
        *,
        accuracy: float | Callable[[Question], float] = 0.9,
        latency: Latency | None = None,
        input_price: float = 0.0,
        output_price: float = 0.0,
        output_tokens: int = 50,
        failure_rate: float = 0.0,
        seed: int = 0,
    ) -> None:
        for label, share in (("accuracy", accuracy), ("failure_rate", failure_rate)):
            if not callable(share) and not 0 <= share <= 1:
                raise ValueError(f"{label}: {share!r} is not between 0 and 1")
        self.name = name
        self.accuracy = accuracy
        self.latency: Latency = latency or LogNormal(median_ms=800)
        self.input_price = input_price
        self.output_price = output_price
        self.output_tokens = output_tokens
        self.failure_rate = failure_rate
        self.seed = seed

    async def generate(self, query: Query, sampling: Sampling) -> Response:
        """Answer a question after its latency.

        Raises:
            QuestionError: The query is no question with a known answer.
            ServerError: The call is one of those that fail.
        """
        if not isinstance(query, Question):
            raise QuestionError(
                f"simulated model {self.name!r} must know the right answer to give one: ask it an"
                " item with id, input and expected (such as dataset_manager.Item), not a bare text"
            )
        label = (self.seed, self.name, query.id, sampling.sample)
        latency_ms = round(self.latency.draw_ms(_uniform("latency", *label)), 3)
        await anyio.sleep(latency_ms / 1000)
        if _uniform("failure", *label) < self.failure_rate:
            raise ServerError(f"{self.name}: simulated failure", status=503)
        accuracy = self.accuracy(query) if callable(self.accuracy) else self.accuracy
        right = _uniform("answer", *label) < accuracy
        text = _right(query) if right else _wrong(query, _uniform("wrong", *label))
        input_tokens = math.ceil(len(str(query)) / _CHARACTERS_PER_TOKEN)
        return Response(
            text=text,
            model=self.name,
            latency_ms=latency_ms,
            cost_usd=self._cost(input_tokens),
            input_tokens=input_tokens,
            output_tokens=self.output_tokens,
            finish_reason="stop",
            model_version="simulated",
            source="simulated",
        )

    def _cost(self, input_tokens: int) -> float:
        total = input_tokens * self.input_price + self.output_tokens * self.output_price
        return total / 1e6


def _uniform(*label: Any) -> float:
    """A number in (0, 1) that belongs to this label and to no other."""
    text = "/".join(map(str, label)).encode("utf-8", "replace")
    whole = int.from_bytes(blake2b(text, digest_size=8).digest(), "little")
    return (whole + 0.5) / 2**64


def _choices(question: Question) -> int:
    """How many choices a question has; 0 when it is open."""
    given = question.input
    return len(given.get("choices", ())) if isinstance(given, dict) else 0


def _right(question: Question) -> str:
    expected = question.expected
    if _choices(question) and isinstance(expected, int):
        return _LETTERS[expected]
    if isinstance(expected, list | tuple):
        return str(expected[0])
    return str(expected)


def _wrong(question: Question, uniform: float) -> str:
    """A wrong answer of the right kind: another letter, a number near by, or a marked text."""
    count, expected = _choices(question), question.expected
    if count > 1 and isinstance(expected, int):
        others = [letter for place, letter in enumerate(_LETTERS[:count]) if place != expected]
        return others[int(uniform * len(others))]
    try:
        number = float(_right(question))
    except ValueError:
        return f"not {_right(question)}"
    # Near misses are the commoner ones: off by one, then further away, to either side.
    steps = (1, -1, 2, -2, 10, -10, 5, -5, 3, -3)
    wrong = number + steps[int(uniform**2 * len(steps))]
    return str(int(wrong)) if wrong.is_integer() else repr(wrong)
