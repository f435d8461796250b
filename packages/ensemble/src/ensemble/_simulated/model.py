"""Simulated models, with a given accuracy, latency and price.

Whether an answer is right, what a wrong one is, how long it takes and whether it fails depend on
the seed, the model's name, the question's id and the sample number alone: no order of calls and no
number of concurrent ones changes anything (but where a latency changes with the time). Latency is
slept, so that under simulated time it costs nothing. Everything is marked ``simulated``.
"""

import asyncio
import dataclasses
import math
import random
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import anyio

from .._core.costs.prices import Price
from .._core.errors import QuestionError
from .._core.models import NamedModel, SamplingParameters
from .._core.queries import Query, Question, RephrasedQuestion, right_answer
from .._core.responses import Response
from .._core.streams import standard_normal, steady_normal, uniform, whole
from .answer_space import wrong_answer
from .bare_question import BareQuestion
from .confidence import Confidence
from .difficulty import OutputLengths
from .failures import Failures
from .latency import AnyLatency, Call, LogNormal, latency_ms

_CHARACTERS_PER_TOKEN = 4
_BEGAN: WeakKeyDictionary[asyncio.AbstractEventLoop, float] = WeakKeyDictionary()

Accuracy = float | Mapping[Any, float] | Callable[[Question], float]
Luck = Callable[[str, int], float]


class SimulatedModel(NamedModel):
    """A model with a given accuracy.

    A text or chat messages without a known answer are answered as well: the right answer is then
    ``simulated answer``.

    Args:
        name: Its name; two models of different names err independently, unless ``panel`` made them.
        accuracy: The probability of a right answer: a number, one for each ``difficulty`` in the
            questions' metadata, or a function of the question such as ``Ability``.
        latency: The distribution of its latency; also one with ``quantile(share)`` in milliseconds.
        input_price: Dollars per million tokens read; a token is taken as four characters.
        output_price: Dollars per million tokens written.
        cost_per_call: Dollars per call, on top of the tokens.
        output_tokens: How many tokens it writes: a number, or ``OutputLengths`` by question.
        confidence: How it states its confidence, such as ``Calibrated()``; None for no confidence.
        failure_rate: The probability that a call fails, by an error of the server.
        failures: How calls fail, more exactly than by ``failure_rate``.
        same_wrong: The probability that it and another such model, when both err on a question,
            give the same wrong answer; None for what chance gives.
        steadiness: How much of its luck with a question is the same in every sample, on the normal
            scale: 0 draws each sample anew, 1 gives the same answer always. Samples of real models
            are alike, so voting on them gains less than independence promises.
        luck: A number in (0, 1) for a question's id and a sample number; the answer is right where
            it is below the accuracy. By the seed and the name when left out.
        seed: Selects its answers.

    Raises:
        ValueError: A probability is not between 0 and 1, or a price is negative.
    """

    provider: str = "simulated"

    def __init__(
        self,
        name: str,
        *,
        accuracy: Accuracy = 0.9,
        latency: AnyLatency | None = None,
        input_price: float = 0.0,
        output_price: float = 0.0,
        cost_per_call: float = 0.0,
        output_tokens: int | OutputLengths = 50,
        confidence: Confidence | None = None,
        failure_rate: float = 0.0,
        failures: Failures | None = None,
        same_wrong: float | None = None,
        steadiness: float = 0.0,
        luck: Luck | None = None,
        seed: int = 0,
    ) -> None:
        self.name = name
        self.accuracy = accuracy
        self.latency: AnyLatency = latency or LogNormal(median_ms=800)
        self.price: Price = Price(
            input_per_million=input_price,
            output_per_million=output_price,
            per_request=cost_per_call,
        )
        self.output_tokens = output_tokens
        self.confidence = confidence
        self.failures: Failures = failures or Failures(rate=failure_rate)
        self.same_wrong: float | None = None
        if same_wrong is not None:
            self.same_wrong = _probability("same_wrong", same_wrong)
        self.steadiness: float = _probability("steadiness", steadiness)
        self.seed = seed
        self._luck = luck or self._own_luck
        if isinstance(accuracy, Mapping):
            for difficulty, share in accuracy.items():
                _probability(f"accuracy of {difficulty!r}", share)
        elif not callable(accuracy):
            _probability("accuracy", accuracy)

    @property
    def cache_identity(self) -> dict[str, Any]:
        """What distinguishes its answers from those of another simulated model of its name."""
        accuracy = "function" if callable(self.accuracy) else self.accuracy
        return {
            "seed": self.seed,
            "accuracy": repr(accuracy),
            "same_wrong": self.same_wrong,
            "steadiness": self.steadiness,
        }

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Answer a question after its latency.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.

        Raises:
            QuestionError: The item has no known difficulty.
            ModelError, ModelTimeoutError: The call is one of those that fail.
        """
        if not isinstance(query, Question):
            query = BareQuestion(query)
        if isinstance(query, RephrasedQuestion):  # another prompt draws as another sample does
            other = whole("prompt", query.prompt)
            sampling = dataclasses.replace(sampling, sample=sampling.sample + other)
        accuracy = self.accuracy_of(query)
        label = (self.seed, self.name, query.id, sampling.sample)
        tokens = self._tokens(query, sampling)
        call = Call(output_tokens=tokens, at_ms=_now_ms())
        taken_ms = latency_ms(self.latency, call, uniform("latency", *label))
        cost_usd = self._cost_usd(query, tokens)
        failure = self.failures.draw(self.name, uniform("failure", *label))
        if failure is not None:
            wait_ms = taken_ms if failure.after_ms is None else failure.after_ms
            await anyio.sleep(wait_ms / 1000)
            failure.error.cost_usd = cost_usd if failure.charged else 0.0
            raise failure.error
        await anyio.sleep(taken_ms / 1000)
        right = self._luck(query.id, sampling.sample) < accuracy
        return Response(
            text=right_answer(query) if right else self._wrong(query, label),
            model=self.name,
            latency_ms=taken_ms,
            cost_usd=cost_usd,
            input_tokens=_input_tokens(query),
            output_tokens=tokens,
            finish_reason="stop",
            confidence=self._confidence(accuracy, right=right, label=label),
            model_version="simulated",
            source="simulated",
        )

    def cancelled_cost_usd(
        self,
        query: Query,
        sampling: SamplingParameters,
        ran_ms: float,  # noqa: ARG002  # as for any model
    ) -> float:
        """What a cancelled call costs: all of it, for a provider may go on without the caller.

        Args:
            query: The item of the call.
            sampling: Its parameters.
            ran_ms: How long it ran before it was cancelled.

        Returns:
            The cost in dollars; None when unknown.
        """
        if not isinstance(query, Question):
            query = BareQuestion(query)
        return self._cost_usd(query, self._tokens(query, sampling)) or 0.0

    def accuracy_of(self, question: Question) -> float:
        """The probability that it answers a question right.

        Args:
            question: The question.

        Returns:
            A number between 0 and 1.

        Raises:
            QuestionError: The question is of no known difficulty.
            ValueError: The function of the question gives no probability.
        """
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

    def _own_luck(self, question_id: str, sample: int) -> float:
        label = ("answer", self.seed, self.name, question_id)
        if not self.steadiness:
            return uniform(*label, sample)
        return standard_normal().cdf(steady_normal(self.steadiness, *label, sample=sample))

    def _wrong(self, question: Question, label: tuple[Any, ...]) -> str:
        if uniform("steady", *label) < self.steadiness:
            label = label[:-1]  # a steady model errs in the same way in every sample
        # The attraction has no name in its label: it is the same for all models of a seed.
        return wrong_answer(
            question,
            uniform("wrong", *label),
            attraction=uniform("attractive", self.seed, question.id),
            same_wrong=self.same_wrong,
        )

    def _tokens(self, question: Question, sampling: SamplingParameters) -> int:
        if isinstance(self.output_tokens, int):
            return self.output_tokens
        return self.output_tokens.tokens(self.name, question.id, sampling.sample)

    def _cost_usd(self, question: Question, tokens: int) -> float | None:
        return self.price.cost_usd(_input_tokens(question), tokens)

    def _confidence(self, accuracy: float, *, right: bool, label: tuple[Any, ...]) -> float | None:
        if self.confidence is None:
            return None
        chance = random.Random(whole("confidence", *label))
        return self.confidence.draw(accuracy, right=right, chance=chance)


def _now_ms() -> float:
    """The time since the first simulated call in this event loop."""
    loop = asyncio.get_running_loop()
    now = loop.time()
    return round((now - _BEGAN.setdefault(loop, now)) * 1000, 3)


def _input_tokens(query: Query) -> int:
    return math.ceil(len(str(query)) / _CHARACTERS_PER_TOKEN)


def _probability(name: str, share: float) -> float:
    if not 0 <= share <= 1:
        raise ValueError(f"{name}: {share!r} is not between 0 and 1")
    return share
