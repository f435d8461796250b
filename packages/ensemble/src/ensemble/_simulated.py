"""Models that do not exist, with the accuracy, latency and price they are given.

Whether an answer is right, what a wrong one is, and how long it takes depend on the seed, the
model's name, the question's id and the sample number alone: drawn from a hash (BLAKE2b) of these,
so that no order of calls and no number of concurrent ones changes anything. Latency is slept, so
that under simulated time it costs nothing. Everything is marked ``simulated``.
"""

import math
import random
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import anyio

from ._errors import QuestionError, ServerError
from ._laws import Confidence, Latency, LogNormal
from ._model import Query, Question, Response, Sampling
from ._prices import Price
from ._wrong import right_answer, wrong_answer

_CHARACTERS_PER_TOKEN = 4


class SimulatedModel:
    """A model that is right as often as it is told to be.

    Args:
        name: Its name; two models of different names err independently.
        accuracy: The probability of a right answer: a number, one for each ``difficulty`` in the
            questions' metadata, or a function of the question.
        latency: The law of its latency.
        input_price: Dollars per million tokens read; a token is taken as four characters.
        output_price: Dollars per million tokens written.
        cost_per_call: Dollars per call, on top of the tokens.
        output_tokens: How many tokens it writes.
        confidence: The law of its confidence, such as ``Calibrated()``; None states none.
        failure_rate: The probability that a call fails.
        seed: Selects its answers.

    Raises:
        ValueError: A probability is not between 0 and 1, or a price is none.
    """

    provider = "simulated"

    def __init__(
        self,
        name: str,
        *,
        accuracy: float | Mapping[Any, float] | Callable[[Question], float] = 0.9,
        latency: Latency | None = None,
        input_price: float = 0.0,
        output_price: float = 0.0,
        cost_per_call: float = 0.0,
        output_tokens: int = 50,
        confidence: Confidence | None = None,
        failure_rate: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.name = name
        self.accuracy = accuracy
        self.latency: Latency = latency or LogNormal(median_ms=800)
        self.price = Price(
            input_per_million=input_price,
            output_per_million=output_price,
            per_request=cost_per_call,
        )
        self.output_tokens = output_tokens
        self.confidence = confidence
        self.failure_rate = _probability("failure_rate", failure_rate)
        self.seed = seed
        if isinstance(accuracy, Mapping):
            for difficulty, share in accuracy.items():
                _probability(f"accuracy of {difficulty!r}", share)
        elif not callable(accuracy):
            _probability("accuracy", accuracy)

    async def generate(self, query: Query, sampling: Sampling) -> Response:
        """Answer a question after its latency.

        Raises:
            QuestionError: The query is no question with a known answer, or of no known difficulty.
            ServerError: The call is one of those that fail.
        """
        if not isinstance(query, Question):
            raise QuestionError(
                f"simulated model {self.name!r} must know the right answer to give one: ask it an"
                " item with id, input and expected (such as dataset_manager.Item), not a bare text"
            )
        accuracy = self._accuracy(query)
        label = (self.seed, self.name, query.id, sampling.sample)
        latency_ms = round(self.latency.draw_ms(_uniform("latency", *label)), 3)
        await anyio.sleep(latency_ms / 1000)
        if _uniform("failure", *label) < self.failure_rate:
            raise ServerError(f"{self.name}: simulated failure", status=503)
        right = _uniform("answer", *label) < accuracy
        text = right_answer(query) if right else wrong_answer(query, _uniform("wrong", *label))
        input_tokens = math.ceil(len(str(query)) / _CHARACTERS_PER_TOKEN)
        return Response(
            text=text,
            model=self.name,
            latency_ms=latency_ms,
            cost_usd=self.price.cost_usd(input_tokens, self.output_tokens),
            input_tokens=input_tokens,
            output_tokens=self.output_tokens,
            finish_reason="stop",
            confidence=self._confidence(accuracy, right=right, label=label),
            model_version="simulated",
            source="simulated",
        )

    def cancelled_cost_usd(self, query: Query, sampling: Sampling, ran_ms: float) -> float:  # noqa: ARG002  # as for any model
        """What a cancelled call costs: all of it, for a provider may go on without the caller."""
        input_tokens = math.ceil(len(str(query)) / _CHARACTERS_PER_TOKEN)
        return self.price.cost_usd(input_tokens, self.output_tokens) or 0.0

    def _accuracy(self, question: Question) -> float:
        if isinstance(self.accuracy, Mapping):
            metadata: Mapping[str, Any] = getattr(question, "metadata", {})
            difficulty = metadata.get("difficulty")
            if difficulty not in self.accuracy:
                raise QuestionError(
                    f"simulated model {self.name!r} has no accuracy for {question.id!r}: its"
                    f" metadata has difficulty {difficulty!r}, known are {list(self.accuracy)}"
                )
            return self.accuracy[difficulty]
        if callable(self.accuracy):
            return _probability(f"accuracy for {question.id!r}", self.accuracy(question))
        return self.accuracy

    def _confidence(self, accuracy: float, *, right: bool, label: tuple[Any, ...]) -> float | None:
        if self.confidence is None:
            return None
        chance = random.Random(_whole("confidence", *label))
        return self.confidence.draw(accuracy, right=right, chance=chance)


def _probability(name: str, share: float) -> float:
    if not 0 <= share <= 1:
        raise ValueError(f"{name}: {share!r} is not between 0 and 1")
    return share


def _whole(*label: Any) -> int:
    """A whole number below 2 ** 64 that belongs to this label and to no other."""
    text = "/".join(map(str, label)).encode("utf-8", "replace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def _uniform(*label: Any) -> float:
    """A number in (0, 1), ends excluded, that belongs to this label."""
    return ((_whole(*label) >> 12) + 0.5) / 2**52
