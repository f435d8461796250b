"""A confidence for every model: from token probabilities, its own words or its other answers."""

import asyncio
import math
import re
from collections.abc import Collection, Hashable
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Literal

from .._core.costs.ledger import booked
from .._core.costs.requests import RequestCost, both
from .._core.errors import BadRequestError
from .._core.models import Model, NamedModel, SamplingParameters
from .._core.observers import note_sent
from .._core.queries import Query, rephrased
from .._core.responses import Response
from .._normalization.normalizers import (
    Normalizer,
    NormalizerName,
    find_normalizer,
    read_answer,
)
from .conversion import ModelLike, as_model, cost_of
from .writing import Writing, writing_of

ConfidenceMethod = Literal["logprob", "verbalized", "sampling"]
METHODS: tuple[ConfidenceMethod, ...] = ("logprob", "verbalized", "sampling")
_ASKED = (
    "\n\nAfter your answer, on a last line of its own, write how probable it is that your answer is"
    " correct, as: Confidence: N%"
)
_SAID = re.compile(
    r"^[^\w\n]*confidence(?:\s+level)?[^\w\n]*?(?P<number>\d+(?:[.,]\d+)?)\s*"
    r"(?:(?P<percent>%)|/\s*(?P<of>\d+)|)[^\w\n]*$",
    re.IGNORECASE | re.MULTILINE,
)


class ConfidentModel(NamedModel):
    """A model whose responses have a confidence, for cascades, weights and selective answers.

    A confidence that the model states already stays. It says how sure the model is, not how often
    it is right: ``VoteTable.calibrations`` learns the latter, and ``Recalibrated`` applies it.

    Args:
        model: The model.
        confidence: Where it comes from. ``logprob``: the geometric mean of the probabilities of the
            answer's tokens (Malinin and Gales 2021, "Uncertainty estimation in autoregressive
            structured prediction"); needs a provider that gives them, and costs nothing more.
            ``verbalized``: the model is asked for it on a last line, which is taken out of the
            answer (Tian et al. 2023, "Just ask for calibration"). ``sampling``: it is asked
            ``samples`` times, the most frequent answer is given, and the confidence is its share
            (Wang et al. 2023, "Self-consistency").
        samples: How often it is asked for ``sampling``.
        normalize: When two samples are the same answer.

    Raises:
        ValueError: The method is not one of these, or there are fewer than two samples.
    """

    def __init__(
        self,
        model: ModelLike,
        confidence: ConfidenceMethod,
        *,
        samples: int = 5,
        normalize: NormalizerName | Normalizer = "text",
    ) -> None:
        if confidence not in METHODS:
            raise ValueError(f"confidence: {confidence!r} is not one of {', '.join(METHODS)}")
        if samples < 2:  # a single one agrees with itself
            raise ValueError(f"samples: {samples!r} is below 2")
        self._model = as_model(model)
        self._method: ConfidenceMethod = confidence
        self._samples = samples
        self._normalize = normalize
        self._normalizer, _ = find_normalizer(normalize)
        self.name: str = self._model.name
        self.provider: str | None = getattr(self._model, "provider", None)

    @property
    def cache_identity(self) -> dict[str, Any]:
        """What distinguishes its answers from those of another model of its name."""
        inner = [getattr(self._model, each, None) for each in ("cache_identity", "model")]
        own: list[Any] = [self._method]
        if self._method == "sampling":
            own += [self._samples, self._normalizer]
        return {"confidence": own, "of": [*inner, getattr(self._model, "base_url", None)]}

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Ask the model, and give its answer a confidence; None where there is no sign of one.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response; of several samples with the cost of all.

        Raises:
            BadRequestError: The model or the parameters do not go with the method.
            ModelError: The model failed; of several samples all.
        """
        if self._method == "sampling":
            return await self._sampled(query, sampling)
        query, sampling = self._own(query, sampling)
        response = await self._model.generate(query, sampling)
        return _from_logprobs(response) if self._method == "logprob" else _from_words(response)

    async def write(self, query: Query, sampling: SamplingParameters) -> Writing:
        """The pieces of the answer and the response; in one piece where the whole is needed first.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.
        """
        if self._method != "logprob":
            response = await self.generate(query, sampling)
            yield response.text
            yield response
            return
        query, sampling = self._own(query, sampling)
        async with aclosing(writing_of(self._model, query, sampling)) as writing:
            async for part in writing:
                yield part if isinstance(part, str) else _from_logprobs(part)

    def request_cost(self, query: Query, sampling: SamplingParameters) -> RequestCost:
        """What a call may cost at most.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The cost with its own prompt, or of all samples.
        """
        if self._method == "sampling":
            cost = cost_of(self._model, query, sampling)
            return both(self.name, *[cost] * self._samples)
        query = rephrased(query, _with_question) if self._method == "verbalized" else query
        return cost_of(self._model, query, sampling)

    def _own(self, query: Query, sampling: SamplingParameters) -> tuple[Query, SamplingParameters]:
        """What the method makes of the item and the parameters.

        Raises:
            BadRequestError: The answer is asked for as JSON, which has no last line.
        """
        if self._method == "logprob":
            sampling = replace(sampling, logprobs=True)
        elif sampling.response_format is not None:
            raise BadRequestError(
                "confidence: 'verbalized' needs an answer in plain text; leave response_format out,"
                " or use 'sampling'"
            )
        else:
            query = rephrased(query, _with_question)
        note_sent(query, sampling)
        return query, sampling

    async def _sampled(self, query: Query, sampling: SamplingParameters) -> Response:
        if sampling.temperature == 0:
            raise BadRequestError(
                "confidence: 'sampling' at temperature 0 draws one answer again and again; leave"
                " temperature out, or use 'logprob' or 'verbalized'"
            )
        first = sampling.sample * self._samples
        drawn = [replace(sampling, sample=first + number) for number in range(self._samples)]
        with booked():
            ends = await asyncio.gather(
                *(self._model.generate(query, each) for each in drawn), return_exceptions=True
            )
            responses = [each for each in ends if isinstance(each, Response)]
            failures = [each for each in ends if not isinstance(each, Response)]
            if not responses:
                raise failures[0]
        keys = [read_answer(each.text, self._normalize).key for each in responses]
        return _joined(responses, keys, failures)


def _from_logprobs(response: Response) -> Response:
    if response.confidence is not None or not response.logprobs:
        return response
    mean = math.fsum(each.logprob for each in response.logprobs) / len(response.logprobs)
    confidence = math.exp(mean)
    return replace(response, confidence=confidence) if 0 <= confidence <= 1 else response


def _with_question(prompt: str) -> str:
    return prompt + _ASKED


def _from_words(response: Response) -> Response:
    """The response without the line that states a confidence, and with its number."""
    said = list(_SAID.finditer(response.text))
    if not said:
        return response
    last = said[-1]
    confidence = _stated(last)
    text = (response.text[: last.start()] + response.text[last.end() :]).strip()
    if response.confidence is not None:
        confidence = response.confidence
    return replace(response, text=text, confidence=confidence)


def _stated(said: re.Match[str]) -> float | None:
    """The probability that is stated; None where it is not one, or may be a percentage or not."""
    number = float(said["number"].replace(",", "."))
    if said["percent"]:
        number /= 100
    elif said["of"]:
        number = number / float(said["of"]) if float(said["of"]) else math.inf
    elif number >= 1:  # 85 is meant as 85 %, 1 may be all or one in a hundred
        number = number / 100 if number > 1 else math.inf
    return number if 0 <= number <= 1 else None


def _joined(
    responses: list[Response],
    keys: list[Hashable],
    failures: Collection[BaseException],
) -> Response:
    """The first response with the most frequent answer, with the share of that and all costs."""
    counts = {key: keys.count(key) for key in keys if key is not None}
    leading = max(counts, key=lambda key: counts[key], default=None)
    chosen = responses[keys.index(leading)] if counts else responses[0]
    costs = [each.cost_usd for each in responses]
    costs += [getattr(error, "cost_usd", None) for error in failures]
    known = [cost for cost in costs if cost is not None]
    tries = [each for part in (*responses, *failures) for each in getattr(part, "tries", ())]
    times = [each.latency_ms for each in responses if each.latency_ms is not None]
    return replace(
        chosen,
        confidence=counts[leading] / len(keys) if counts else None,
        cost_usd=math.fsum(known) if len(known) == len(costs) else None,
        latency_ms=max(times, default=None),
        attempts=sum(each.attempts for each in responses) + len(failures),
        tries=tuple(tries),
    )


def with_confidence(
    model: Model, method: ConfidenceMethod | None, normalize: NormalizerName | Normalizer = "text"
) -> Model:
    """The model with a confidence, where a method is given."""
    return model if method is None else ConfidentModel(model, method, normalize=normalize)
