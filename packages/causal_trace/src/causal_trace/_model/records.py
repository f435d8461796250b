"""Stored events and chains as they come from outside, checked as a whole.

All problems of a file are listed at once, with the path of each.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from .._core.errors import InvalidTraceError
from .chain import Chain
from .event import TraceEvent

if TYPE_CHECKING:
    from pydantic import ValidationError

    from .record_models import EventRecord, Record

_MAX_LISTED = 10
RecordT = TypeVar("RecordT", bound="Record")


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
    from .record_models import EventRecord  # noqa: PLC0415  # pydantic is slow to import

    return _event(_validated(EventRecord, "event", values))


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
    from .record_models import ChainRecord  # noqa: PLC0415  # pydantic is slow to import

    record = _validated(ChainRecord, "chain", values)
    known = _stated(record, Chain.__slots__)
    known["events"] = tuple(_event(each) for each in record.events or ())
    return Chain(**known)


def _validated(model: "type[RecordT]", what: str, values: Mapping[str, Any]) -> "RecordT":
    from pydantic import ValidationError  # noqa: PLC0415  # slow to import

    if not isinstance(values, Mapping):
        raise InvalidTraceError(what, f"{values!r:.40} is not a mapping of fields by name")
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise InvalidTraceError(what, _problems(error)) from None


def _problems(error: "ValidationError") -> str:
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


def _event(record: "EventRecord") -> TraceEvent:
    known = _stated(record, TraceEvent.__slots__)
    if record.model_extra:
        known["metadata"] = {**known.get("metadata", {}), **record.model_extra}
    known.setdefault("decision", "")
    return TraceEvent(**known)


def _stated(record: "Record", names: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields of a record that have a value."""
    return {
        name: value
        for name in names
        if name != "events" and (value := getattr(record, name, None)) is not None
    }
