"""What a call is recorded with so that it can be replayed: the key of its request, and details."""

import contextlib
import functools
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ensemble import ModelCall, Response

# Fields of a response that have columns of their own, or that no replay needs.
_ELSEWHERE = frozenset(
    {
        *("text", "model", "latency_ms", "time_to_first_token_ms", "cost_usd", "input_tokens"),
        *("output_tokens", "finish_reason", "confidence", "model_version", "request_id", "source"),
        *("attempts", "cached", "tries", "raw"),
    }
)
_OF_ERRORS = ("status", "retryable", "cost_usd")
_as_json = json.JSONEncoder(sort_keys=True, default=repr).encode


class NamedRequest(NamedTuple):
    """What a request key takes of a model: its name and provider, not its code or address."""

    name: str
    provider: str | None


def key_of_request(model: Any, item: Any, sampling: Any) -> str:
    """The key of a request, the same for every object that stands for the same model."""
    import ensemble

    named: Any = NamedRequest(model.name, getattr(model, "provider", None))
    return ensemble.request_key(named, item, sampling)


def recorded_request(call: "ModelCall") -> dict[str, str]:
    """The key and the details of a call; empty texts where there are none."""
    if call.asked is None:
        return {}
    import ensemble

    found = {}
    # What cannot be sent, such as a query that is no text, has no key.
    with contextlib.suppress(ensemble.BadRequestError):
        found["request_key"] = key_of_request(*call.asked)
    details = _details(call)
    if details:
        found["details"] = _as_json(details)
    return found


def _details(call: "ModelCall") -> dict[str, Any]:
    if call.error is not None:
        given = {name: getattr(call.error, name, None) for name in _OF_ERRORS}
        found = {name: value for name, value in given.items() if _is_plain(value)}
        return found | _tries(call.error)
    response = call.response
    return {} if response is None else _of_response(call, response) | _tries(response)


def _tries(ended: Any) -> dict[str, Any]:
    """The requests of a call and their costs, where these are known in part."""
    if ended is None or getattr(ended, "cost_usd", None) is not None:
        return {}
    tries = getattr(ended, "tries", ())
    if all(each.cost_usd is None for each in tries):
        return {}
    return {"tries": [{"status": each.status, "cost_usd": each.cost_usd} for each in tries]}


def _of_response(call: "ModelCall", response: "Response") -> dict[str, Any]:
    kind: Any = type(response)
    differing = [
        name for name, default in _compared(kind) if getattr(response, name) not in (default, None)
    ]
    if response.model != call.model:
        differing.append("model")
    if not _is_encodable(response.text):  # its column has an escape
        differing.append("text")
    if not differing:
        return {}
    plain = response.to_dict()
    return {name: plain[name] for name in differing}


@functools.lru_cache(maxsize=64)
def _compared(kind: type) -> tuple[tuple[str, object], ...]:
    """The fields of a kind of response that belong to the details, with their defaults."""
    return tuple((each.name, each.default) for each in fields(kind) if each.name not in _ELSEWHERE)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | float)
