"""The calls to models that one row made, with prompts and answers."""

import functools
import json
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from .._core.text import safe_text, type_name
from .outcome import Source
from .plain import MAX_CHARACTERS
from .recorded import recorded_request

if TYPE_CHECKING:
    from ensemble import ModelCall

Status = Literal["answered", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRecord:
    """One call to a model, made by one row of a run.

    Attributes:
        index: The number of the row in the plan.
        condition: The row's condition.
        item_id: The row's item.
        repeat: The row's repeat, from 0.
        call: The number of the call within the row, from 0.
        model: The name of the model.
        role: ``member`` of a vote, ``judge`` of a vote, ``scorer`` for a call that a scorer made,
            or empty for a call outside of a vote.
        sample: The number of the sample that was asked for.
        status: ``answered``, ``failed`` or ``cancelled``.
        prompt: What was sent; None when it was not seen, as for a call in another process.
        answer: The text of the answer; None without one.
        vote: The answer in normalised form, as it was counted; None when it was not counted.
        reading: Where in the answer the vote was found.
        finish_reason: Why the answer ended, in the words of ``ensemble``.
        input_tokens: Tokens read.
        output_tokens: Tokens written.
        cost_usd: What the call cost; None when unknown.
        confidence: The probability in [0, 1] that the answer is right, if the model states one.
        model_version: The exact version, as the provider reports it.
        source: ``live``, ``recorded`` or ``simulated``; empty when unknown.
        attempts: The number of requests until the answer.
        cached: Whether a cache gave it.
        temperature: The temperature; None for the provider's.
        max_tokens: The longest answer; None for the provider's.
        seed: The seed that was sent; None for none.
        options: The other parameters that were sent, such as ``stop``, ``top_p`` and ``extra``, as
            JSON; empty without any.
        strategy: How the votes of the row were counted; empty outside of a vote.
        normalize: How the answers were compared.
        tie_break: How ties were to be settled.
        error_type: The class of the error of a failed call; empty otherwise.
        error: Its message.
        request_key: The hash of the request: model, prompt, parameters and sample; empty when the
            call was not seen.
        details: What else is known of the answer or the error, such as tool calls and the text of
            reasoning, as JSON; a replay needs it.
        duration_ms: How long the call took by the clock of the run, without its wait in the queue
            of the client.
        request_id: The provider's id of the request.
        started_ms: When the call began, from the begin of its row.
        latency_ms: How long it took; None when unknown, as in most recordings.
        time_to_first_token_ms: How long the first piece took; None where it was not measured.
    """

    index: int
    condition: str
    item_id: str
    repeat: int
    call: int
    model: str
    role: Literal["member", "judge", "scorer", ""] = ""
    sample: int = 0
    status: Status = "answered"
    prompt: str | None = None
    answer: str | None = None
    vote: str | None = None
    reading: str = ""
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    confidence: float | None = None
    model_version: str | None = None
    source: Source | Literal[""] = ""
    attempts: int = 1
    cached: bool = False
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    options: str = ""
    strategy: str = ""
    normalize: str = ""
    tie_break: str = ""
    error_type: str = ""
    error: str = ""
    request_key: str = ""
    details: str = ""
    duration_ms: float | None = None
    request_id: str | None = None
    started_ms: float | None = None
    latency_ms: float | None = None
    time_to_first_token_ms: float | None = None

    def to_dict(self) -> dict[str, object]:
        """The record as plain values."""
        return {name: getattr(self, name) for name in FIELDS}


FIELDS: tuple[str, ...] = tuple(each.name for each in fields(ResponseRecord))
_DEFAULTS = {each.name: each.default for each in fields(ResponseRecord)}
_COLUMNS = frozenset({"temperature", "max_tokens", "seed", "sample"})
VOLATILE: tuple[str, ...] = (
    "request_id",
    "started_ms",
    "latency_ms",
    "duration_ms",
    "time_to_first_token_ms",
)


def call_records(
    calls: Sequence["ModelCall"],
    value: object,
    *,
    started: float,
    scoring: Sequence["ModelCall"] = (),
) -> list[dict[str, Any]]:
    """The calls of a row as fields of ``ResponseRecord``, without those of the row itself.

    Args:
        calls: The observed calls.
        value: What the condition returned; an ensemble's result adds the votes, and calls that
            were not observed because another process made them.
        started: When the row began, in seconds of the event loop's clock.
        scoring: The calls that scorers made for the row.

    Returns:
        The members of the result in its order, then the other calls as they began, those of scorers
        last.
    """
    if not calls and not scoring and type(value) is str:
        return []  # so is most of what costs little
    try:
        found = _call_records(calls, value, started)
    except KeyboardInterrupt:
        raise
    except BaseException:  # a foreign result may raise anything
        logging.getLogger("crucible").exception("the votes of a row could not be read")
        found = _readable(calls, started)
    return found + [{**each, "role": "scorer"} for each in _readable(scoring, started)]


def _readable(calls: Sequence["ModelCall"], started: float) -> list[dict[str, Any]]:
    """The calls of a row, without those that cannot be read."""
    records = []
    for call in calls:
        try:
            records.append(_fields(call, None, started))
        except KeyboardInterrupt:
            raise
        except BaseException:  # a foreign model may raise anything
            logging.getLogger("crucible").exception("a call of a row could not be read")
    return records


def _call_records(
    calls: Sequence["ModelCall"], value: object, started: float
) -> list[dict[str, Any]]:
    result = _result(value)
    counting = {
        "strategy": _text(getattr(result, "strategy", "")),
        "normalize": _text(getattr(result, "normalize", "")),
        "tie_break": _text(getattr(result, "tie_break", "")),
    }
    others = sorted(calls, key=lambda call: (call.started_ms, call.model, call.sampling.sample))
    records = []
    for voted in getattr(result, "responses", ()):
        call = _taken(others, voted)
        records.append(_fields(call, voted, started) | counting)
    return records + [_fields(call, None, started) for call in others]


def _result(value: object) -> object:
    """The ensemble's result in what a condition returned, if there is one."""
    if hasattr(value, "hedge_won") and hasattr(value, "value"):
        return _result(value.value)
    return value if hasattr(value, "responses") and hasattr(value, "strategy") else None


def _taken(calls: list["ModelCall"], voted: Any) -> "ModelCall | None":
    """The observed call that a record of the result belongs to, taken from the list."""
    for number, call in enumerate(calls):
        same = call.response is voted.response
        if same and (voted.response is not None or _looks_like(call, voted)):
            return calls.pop(number)
    for number, call in enumerate(calls):
        if _looks_like(call, voted):
            return calls.pop(number)
    return None


def _looks_like(call: "ModelCall", voted: Any) -> bool:
    return (call.model, call.sampling.sample, call.status) == (
        voted.model,
        voted.sample,
        voted.status,
    )


def _fields(call: "ModelCall | None", voted: Any, started: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    response: Any = None
    if call is not None:
        response = call.response
        found |= {
            "model": _text(call.model),
            "status": call.status,
            "prompt": _text(call.prompt),
            "sample": _integer(call.sampling.sample),
            "temperature": _float(call.sampling.temperature),
            "max_tokens": _integer(call.sampling.max_tokens),
            "seed": _integer(call.sampling.seed),
            "options": _options(call.sampling),
            "started_ms": max(0.0, round(call.started_ms - started * 1000, 3)),
            "latency_ms": call.duration_ms,
            "duration_ms": round(call.duration_ms - call.queue_ms, 3),
            **recorded_request(call),
        }
        if call.error is not None:
            found |= {"error_type": type_name(call.error), "error": _text(call.error)}
    if voted is not None:
        response = response or voted.response
        found |= _of_vote(voted)
    if response is not None:
        found |= _of_response(response)
    return {name: value for name, value in found.items() if value != _DEFAULTS[name]}


def _options(sampling: Any) -> str:
    """The parameters without a column of their own, as JSON."""
    kind: Any = type(sampling)
    given = {
        name: value
        for name in _without_column(kind)
        if (value := getattr(sampling, name)) is not None
    }
    return _text(json.dumps(given, sort_keys=True, default=repr)) if given else ""


@functools.lru_cache(maxsize=64)
def _without_column(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name not in _COLUMNS)


def _of_vote(voted: Any) -> dict[str, Any]:
    """What the result of a vote knows about one of its calls."""
    return {
        "model": _text(voted.model),
        "role": voted.role,
        "sample": _integer(voted.sample),
        "status": voted.status,
        "vote": None if voted.key is None else _text(voted.key),
        "reading": _text(voted.reading),
        "cost_usd": _float(voted.cost_usd),
        "latency_ms": _float(voted.latency_ms),
        "error_type": _text(voted.error_type),
        "error": _text(voted.error),
    }


def _of_response(response: Any) -> dict[str, Any]:
    integers = ("input_tokens", "output_tokens", "attempts")
    floats = ("cost_usd", "confidence", "latency_ms", "time_to_first_token_ms")
    texts = ("finish_reason", "model_version", "request_id")
    source = getattr(response, "source", None)
    return {
        "answer": _text(response.text),
        "cached": bool(getattr(response, "cached", False)),
        "source": source if source in ("live", "recorded", "simulated") else None,
        **{name: _integer(getattr(response, name, None)) for name in integers},
        **{name: _float(getattr(response, name, None)) for name in floats},
        **{name: _optional(getattr(response, name, None)) for name in texts},
    }


def _integer(value: Any) -> int | None:
    """A whole number that a column of 64 bits holds; None for anything else."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if -(2**63) <= number < 2**63 else None


def _float(value: Any) -> float | None:
    """A finite number; None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _text(value: object) -> str:
    return safe_text(value, limit=MAX_CHARACTERS)
