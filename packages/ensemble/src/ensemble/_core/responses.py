"""The response of a model, and where it comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from .costs.ledger import Try, known_cost_usd
from .costs.prices import Price

Source = Literal["live", "recorded", "simulated"]
FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "unknown"]
ReasoningKind = Literal["full", "summary", "redacted"]
_SOURCES: tuple[Source, ...] = ("simulated", "live", "recorded")


class TokenLogprob(NamedTuple):
    """A token of an answer, and the logarithm of the probability that it had."""

    token: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool that the model asks for; it is not called.

    Attributes:
        id: The id that the result refers to; None where the provider gives none.
        name: The name of the tool.
        arguments: Its arguments; None where their text is not a JSON object.
        arguments_text: The text of the arguments, as it came.
        kind: ``function``, or ``custom``: a tool of OpenAI's that takes a text.
    """

    id: str | None
    name: str
    arguments: dict[str, Any] | None
    arguments_text: str = ""
    kind: Literal["function", "custom"] = "function"

    def to_dict(self) -> dict[str, Any]:
        """The call as plain values.

        Returns:
            Each field by its name.
        """
        return {name: getattr(self, name) for name in self.__slots__}

    def message_part(self, id_: str) -> dict[str, Any]:
        """The call as a part of a chat message, to be sent back.

        Args:
            id_: The id where the provider gave none.
        """
        call: dict[str, Any] = {"id": self.id or id_, "type": self.kind}
        if self.kind == "custom":
            return {**call, "custom": {"name": self.name, "input": self.arguments_text}}
        return {**call, "function": {"name": self.name, "arguments": self.arguments_text or "{}"}}


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
        finish_reason: Why it stopped: ``stop``, ``length`` (it is cut off), ``tool_calls``,
            ``content_filter`` or ``unknown``; None where nothing is reported at all.
        provider_finish_reason: The same in the provider's own word.
        reasoning: What the model wrote while it reasoned, where the provider shows it.
        reasoning_kind: Whether that is the ``full`` text, a ``summary`` or ``redacted``.
        refusal: What it said instead of an answer, where the provider marks it as a refusal.
        tool_calls: The functions that it asks for.
        parsed: The value of an answer that was asked for as JSON.
        left_out: Parameters that were not sent, because the model's family does not take them.
        confidence: The probability in [0, 1] that it is right, where the model gives one.
        logprobs: Its tokens with their log-probabilities, where they were asked for.
        top_logprobs: For each of these tokens the most probable ones in its place, where
            ``top_logprobs`` asked for them.
        model_version: The exact version, as the provider reports it.
        request_id: The provider's id of the request.
        source: ``live``, ``recorded`` or ``simulated``.
        attempts: How often it was asked until it answered.
        cached: Whether a cache gave it again.
        original_cost_usd: What a cached one cost when it was first given; None when unknown.
        batch_id: The batch job that it was asked in, at the price of such jobs; None for others.
        native: The answer in the form of its interface, with signatures of reasoning; ``message``
            carries it back.
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
    finish_reason: FinishReason | None = None
    provider_finish_reason: str | None = None
    reasoning: str | None = None
    reasoning_kind: ReasoningKind | None = None
    refusal: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    parsed: Any = None
    left_out: tuple[str, ...] = ()
    confidence: float | None = None
    logprobs: tuple[TokenLogprob, ...] | None = None
    top_logprobs: tuple[tuple[TokenLogprob, ...], ...] | None = None
    model_version: str | None = None
    request_id: str | None = None
    source: Source = "live"
    attempts: int = 1
    cached: bool = False
    original_cost_usd: float | None = None
    batch_id: str | None = None
    native: Mapping[str, Any] | None = field(default=None, repr=False)
    tries: tuple[Try, ...] = field(default=(), repr=False)
    raw: Any = None

    def __post_init__(self) -> None:
        if self.confidence is not None:
            check_confidence(self.confidence, f"the response of {self.model!r}")

    @property
    def known_cost_usd(self) -> float | None:
        """The cost as far as it is known: of several tries, the sum of those with a known one."""
        if self.cost_usd is None and any(each.cost_usd is not None for each in self.tries):
            return known_cost_usd(self.tries)
        return self.cost_usd

    def message(self) -> dict[str, Any]:
        """The response as a chat message, to be sent back before what comes next.

        Returns:
            The message of the assistant, with its tool calls. Reasoning and its signatures go back
            to the interface they came from, and to no other.
        """
        message: dict[str, Any] = {"role": "assistant", "content": self.text or self.refusal}
        if self.tool_calls:
            message["tool_calls"] = [
                call.message_part(f"call_{number}") for number, call in enumerate(self.tool_calls)
            ]
        if self.native is not None:
            message["native"] = dict(self.native)
        return message

    def to_dict(self) -> dict[str, Any]:
        """The response as plain values, without ``raw`` and ``tries``.

        Returns:
            Each field by its name.
        """
        left_out = ("raw", "tries")
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in left_out}
        plain["tool_calls"] = [call.to_dict() for call in self.tool_calls]
        plain["price"] = None if self.price is None else self.price.to_dict()
        return plain


_set = object.__setattr__


def filled(response: Response, **fields: Any) -> Response:
    """A response that was just made, with more fields; quicker than a copy.

    Args:
        response: It was not given out yet.
        **fields: Values that are known to fit.
    """
    for name, value in fields.items():
        _set(response, name, value)
    return response


def check_confidence(confidence: object, where: str) -> None:
    """Refuse a confidence that is not a probability.

    Raises:
        ValueError: It is not a number between 0 and 1.
    """
    try:
        fits = 0 <= confidence <= 1  # type: ignore[operator]  # what is no number raises
    except TypeError:
        fits = False
    if not fits:
        raise ValueError(
            f"confidence of {where}: {confidence!r} is not a probability; give a number from 0 to 1"
        )


def joint_source(sources: Iterable[Source]) -> Source | None:
    """The source of a combination: simulated if any part is, else live if any is.

    Returns:
        The source; None of nothing.
    """
    found = set(sources)
    return next((source for source in _SOURCES if source in found), None)
