"""Stored events and chains as they come from outside, checked as a whole.

All problems of a file are listed at once, with the path of each.
"""

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from .._core.errors import InvalidTraceError
from .chain import Chain
from .event import TraceEvent

_MAX_LISTED = 10


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="allow", defer_build=True)


class EventRecord(_Record):
    """One event of a file; keys that are not fields go into the metadata."""

    type: str
    decision: str | None = None
    reasoning: str | None = None
    alternatives: list[str] | tuple[str, ...] | None = None
    confidence: float | int | None = None
    code_section: str | None = None
    spec_reference: str | None = None
    metadata: dict[str, Any] | None = None
    parent_id: str | None = None
    depends_on: list[str] | tuple[str, ...] | None = None
    stage_id: str | None = None
    experiment_id: str | None = None
    evidence: str | None = None
    branch: str | None = None
    position: int | None = None
    end: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    latency_ms: float | int | None = None
    cost_usd: float | int | None = None
    timestamp: str | None = None
    id: str | None = None


class ChainRecord(_Record):
    """One chain of a file; its statistics are computed again."""

    name: str
    events: list[EventRecord] | tuple[EventRecord, ...] | None = None
    description: str | None = None
    metadata: dict[str, Any] | None = None
    created_at: str | None = None
    updated_at: str | None = None
    experiment: str | None = None
    condition: str | None = None
    item: str | None = None
    repeat: int | None = None
    id: str | None = None


def event_from_dict(values: Mapping[str, Any]) -> TraceEvent:
    """Return the event that plain values describe, as from ``TraceEvent.to_dict``.

    Args:
        values: The fields by name. Unknown keys go into the metadata.

    Returns:
        The event.

    Raises:
        InvalidTraceError: Values are missing or have the wrong type; all of them are listed.

    Example:
        >>> event_from_dict({"type": "synthesis", "decision": "d", "model": "m"}).metadata
        {'model': 'm'}
    """
    return _event(cast(EventRecord, _validated(EventRecord, "event", values)))


def chain_from_dict(values: Mapping[str, Any]) -> Chain:
    """Return the chain that plain values describe, as from ``Chain.to_dict``.

    Args:
        values: The fields by name. The statistics are computed again.

    Returns:
        The chain.

    Raises:
        InvalidTraceError: Values are missing or have the wrong type; all of them are listed.

    Example:
        >>> chain = Chain(name="session cache")
        >>> chain_from_dict(chain.to_dict()) == chain
        True
    """
    record = cast(ChainRecord, _validated(ChainRecord, "chain", values))
    known = _stated(record, Chain.__slots__)
    known["events"] = tuple(_event(each) for each in record.events or ())
    return Chain(**known)


def _validated(model: type[_Record], what: str, values: Mapping[str, Any]) -> _Record:
    if not isinstance(values, Mapping):
        raise InvalidTraceError(what, f"{values!r:.40} is not a mapping of fields by name")
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise InvalidTraceError(what, _problems(error)) from None


def _problems(error: ValidationError) -> str:
    listed = []
    for each in error.errors(include_url=False)[:_MAX_LISTED]:
        path = ".".join(
            str(part) for part in each["loc"] if not str(part).startswith(("list[", "tuple["))
        )
        if each["type"] == "missing":
            listed.append(f"{path} is missing")
        else:
            listed.append(f"{path} is {type(each['input']).__name__} ({each['input']!r:.40})")
    unique = list(dict.fromkeys(listed))
    more = error.error_count() - _MAX_LISTED
    return "; ".join(unique) + (f"; and {more} more" if more > 0 else "")


def _event(record: EventRecord) -> TraceEvent:
    known = _stated(record, TraceEvent.__slots__)
    if record.model_extra:
        known["metadata"] = {**known.get("metadata", {}), **record.model_extra}
    known.setdefault("decision", "")
    return TraceEvent(**known)


def _stated(record: _Record, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields of a record that have a value."""
    return {
        name: value
        for name in names
        if name != "events" and (value := getattr(record, name, None)) is not None
    }
