"""The response of a model, and where it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from .costs.ledger import Try, known_cost_usd
from .costs.prices import Price

Source = Literal["live", "recorded", "simulated"]
_SOURCES: tuple[Source, ...] = ("simulated", "live", "recorded")


class TokenLogprob(NamedTuple):
    """A token of an answer, and the logarithm of the probability that it had."""

    token: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer of a model, with its time, cost and provenance.

    Attributes:
        text: The answer.
        model: The model's name.
        latency_ms: How long it took; None when unknown, as in most recordings.
        time_to_first_token_ms: How long its first piece took, in ``stream``, from the question on;
            None where it was not read in pieces.
        cost_usd: What it cost with all tries that a provider bills; None when unknown, never a
            guess.
        price: The price that the cost was worked out with, and of when it is.
        input_tokens: All tokens read.
        cache_read_tokens: Those of them that came from the provider's cache.
        cache_write_tokens: Those of them that were written to it.
        output_tokens: All tokens written.
        reasoning_tokens: Those of them that are reasoning.
        finish_reason: Why it stopped, in the provider's word.
        confidence: The probability in [0, 1] that it is right, where the model gives one.
        logprobs: Its tokens with their log-probabilities, where they were asked for.
        model_version: The exact version, as the provider reports it.
        request_id: The provider's id of the request.
        source: ``live``, ``recorded`` or ``simulated``.
        attempts: How often it was asked until it answered.
        cached: Whether a cache gave it again.
        original_cost_usd: What a cached one cost when it was first given; None when unknown.
        tries: The requests that were sent to a provider for it, as ``Ledger`` books them.
        raw: The provider's answer as it came.
    """

    text: str
    model: str
    latency_ms: float | None = None
    time_to_first_token_ms: float | None = None
    cost_usd: float | None = None
    price: Price | None = None
    input_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    finish_reason: str | None = None
    confidence: float | None = None
    logprobs: tuple[TokenLogprob, ...] | None = None
    model_version: str | None = None
    request_id: str | None = None
    source: Source = "live"
    attempts: int = 1
    cached: bool = False
    original_cost_usd: float | None = None
    tries: tuple[Try, ...] = field(default=(), repr=False)
    raw: Any = None

    @property
    def known_cost_usd(self) -> float | None:
        """The cost as far as it is known: of several tries, the sum of those with a known one."""
        if self.cost_usd is None and any(each.cost_usd is not None for each in self.tries):
            return known_cost_usd(self.tries)
        return self.cost_usd

    def to_dict(self) -> dict[str, Any]:
        """The response as plain values, without ``raw`` and ``tries``.

        Returns:
            Each field by its name.
        """
        left_out = ("raw", "tries")
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in left_out}
        plain["price"] = None if self.price is None else self.price.to_dict()
        return plain


def joint_source(sources: Iterable[Source]) -> Source | None:
    """The source of a combination: simulated if any part is, else live if any is.

    Returns:
        The source; None of nothing.
    """
    found = set(sources)
    return next((source for source in _SOURCES if source in found), None)
