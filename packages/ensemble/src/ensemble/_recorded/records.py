"""A recorded response with its request, as a row of the cache file and as JSON."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from .._core.costs.prices import Price
from .._core.responses import Response, TokenLogprob, ToolCall
from .._core.values import Value

# A recorded answer: its text, a response, or None for one without content.
Recorded = str | Response | None
_FIELDS = {field.name for field in dataclasses.fields(Response)} - {"raw"}


class Record(Value):
    """An answer with what was asked.

    Attributes:
        key: The hash of the request.
        model: The model's name.
        question: The question's id; None for a bare prompt.
        prompt: The prompt; messages as JSON.
        sample: The number of the sample.
        settings: The sampling parameters.
        response: The answer, without ``raw``.
        recorded_at: When, in seconds since 1970.
    """

    key: str
    model: str
    question: str | None
    prompt: str
    sample: int
    settings: Mapping[str, Any]
    response: Response
    recorded_at: float


def record_of(given: Mapping[str, Any]) -> Record:
    """A record as it was written.

    Raises:
        TypeError, KeyError: It lacks a field, or a field has another type.
    """
    for name in ("key", "model", "prompt"):
        if not isinstance(given[name], str):
            raise TypeError(f"{name} is {given[name]!r}, no text")
    return Record(**{**given, "response": response_of(given["response"])})


def row_of(record: Record) -> tuple[Any, ...]:
    values = record.to_dict()
    values["settings"] = json.dumps(values["settings"], sort_keys=True)
    values["response"] = json.dumps(values["response"])
    return tuple(values.values())


def response_of(given: Mapping[str, Any]) -> Response:
    """A response as it was; what a later version may have added is left out."""
    known = {name: value for name, value in given.items() if name in _FIELDS}
    if isinstance(known.get("price"), dict):
        known["price"] = Price.from_dict(known["price"])
    if known.get("logprobs") is not None:
        known["logprobs"] = _tokens(known["logprobs"])
    if known.get("top_logprobs") is not None:
        known["top_logprobs"] = tuple(map(_tokens, known["top_logprobs"]))
    known["tool_calls"] = tuple(ToolCall(**each) for each in known.get("tool_calls") or ())
    known["left_out"] = tuple(known.get("left_out") or ())
    return Response(**known)


def _tokens(given: Any) -> tuple[TokenLogprob, ...]:
    return tuple(TokenLogprob(*each) for each in given)
