"""A recorded response with its request, as a row of the cache file and as JSON."""

import dataclasses
import json
import math
from collections.abc import Mapping
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from .._core.costs.prices import Price
from .._core.responses import Response, TokenLogprob, ToolCall
from .._core.values import Value

# A recorded answer: its text, a response, or None for one without content.
Recorded = str | Response | None
_FIELDS = {field.name for field in dataclasses.fields(Response)} - {"raw"}
# What reading a record may raise, where others wrote it or it is damaged.
MISREAD = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)


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
        TypeError, ValueError, KeyError, AttributeError: It lacks a field, or a field has another
            type.
    """
    for name in ("key", "model", "prompt"):
        if not isinstance(given[name], str):
            raise TypeError(f"{name} is {given[name]!r}, no text")
    record = Record(**{**given, "response": response_of(given["response"])})
    _check(record.to_dict(), {"question": str | None, "sample": int, "recorded_at": float})
    dict(record.settings)
    return record


def row_of(record: Record) -> tuple[Any, ...]:
    """The columns of a record.

    Raises:
        OverflowError: A whole number has more than the 64 bits of SQLite.
        UnicodeEncodeError: A text holds half of a surrogate pair, which SQLite cannot keep.
    """
    values = record.to_dict()
    if any(isinstance(each, int) and not -_INT64 <= each < _INT64 for each in values.values()):
        raise OverflowError("a number is too large for a cache")
    values["settings"] = json.dumps(values["settings"], sort_keys=True)
    values["response"] = json.dumps(values["response"])
    for each in values.values():
        if isinstance(each, str):
            each.encode()
    return tuple(values.values())


def response_of(given: Mapping[str, Any]) -> Response:
    """A response as it was; what a later version may have added is left out.

    Raises:
        TypeError, ValueError, KeyError, AttributeError: It lacks a field, or a field has another
            type.
    """
    known = {name: value for name, value in given.items() if name in _FIELDS}
    if isinstance(known.get("price"), dict):
        known["price"] = Price.from_dict(known["price"])
    if known.get("logprobs") is not None:
        known["logprobs"] = _tokens(known["logprobs"])
    if known.get("top_logprobs") is not None:
        known["top_logprobs"] = tuple(map(_tokens, known["top_logprobs"]))
    known["tool_calls"] = tuple(ToolCall(**each) for each in known.get("tool_calls") or ())
    known["left_out"] = tuple(known.get("left_out") or ())
    _check(known, _plain_fields())
    return Response(**known)


def _tokens(given: Any) -> tuple[TokenLogprob, ...]:
    return tuple(TokenLogprob(str(token), float(logprob)) for token, logprob in given)


@lru_cache(maxsize=1)
def _plain_fields() -> dict[str, Any]:
    """The fields of a response that are texts, numbers or one of a few words, with their types."""
    hints = get_type_hints(Response)
    return {name: hints[name] for name in _FIELDS if _is_plain(hints[name])}


def _is_plain(hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return True
    return hint in _PLAIN or (bool(get_args(hint)) and all(map(_is_plain, get_args(hint))))


_INT64 = 2**63
_PLAIN = (str, int, float, bool, NoneType)


def _check(values: Mapping[str, Any], hints: Mapping[str, Any]) -> None:
    """Refuse values of another type than their field's.

    Raises:
        TypeError: One is.
    """
    for name, hint in hints.items():
        if name in values and not _fits(values[name], hint):
            raise TypeError(f"{name} is {str(values[name])[:80]!r}, which is not of its type")


def _fits(value: Any, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_args(hint):
        return any(_fits(value, each) for each in get_args(hint))
    if hint is float:
        return isinstance(value, int | float) and abs(value) < math.inf
    if hint is int and isinstance(value, int) and not -_INT64 <= value < _INT64:
        return False  # SQLite cannot hold it
    return isinstance(value, hint) and (hint is bool or not isinstance(value, bool))
