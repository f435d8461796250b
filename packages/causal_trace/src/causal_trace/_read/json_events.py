"""Events that a model writes as JSON, in the text or as arguments of a tool call."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .._core.json_values import json_value
from .._core.warnings import WarningList
from .reader import RawEvent
from .tags import FIELDS, OTHER_NAMES, Tag

TOOL_NAME = "record_events"
_ATTRIBUTES = ("type", "id", "parent_id", "depends_on", "stage_id", "experiment_id", "timestamp")
_MARKED = {"type", "reasoning", "confidence", "alternatives"}  # one of them makes it an event
_MARKS = _MARKED | {other for other, name in OTHER_NAMES.items() if name in _MARKED}
# A failed attempt is tried again from inside it. Each failure costs time in proportion to the
# text, because json counts the lines up to it.
_MAX_FAILURES = 100


def read_json_events(text: str, offset: int, warnings: WarningList) -> list[RawEvent]:
    """Return the events that stand as JSON in a text, in time linear in its length.

    Args:
        text: A text without event tags.
        offset: The position of the text in the whole answer.
        warnings: Takes one for each object that cannot be read.
    """
    if '"decision"' not in text and '"choice"' not in text:
        return []
    events: list[RawEvent] = []
    for value, start, end in _objects(text):
        if value is None:
            warnings.add("json_malformed", offset + start)
        else:
            events += (
                raw_event(each, offset + start, offset + end) for each in event_objects(value)
            )
    return events


def event_objects(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a decoded value that have the fields of an event."""
    if isinstance(value, Mapping):
        if _is_event(value):
            return [value]
        value = value.get("events", value.get("decisions"))
    if not isinstance(value, list):
        return []
    return [each for each in value if isinstance(each, Mapping) and _is_event(each)]


def raw_event(values: Mapping[str, Any], start: int, end: int) -> RawEvent:
    """Return an object as an event with its values as texts."""
    attributes: dict[str, str] = {}
    fields: dict[str, str] = {}
    listed: list[str] | None = None
    for key, value in values.items():
        name = key if type(key) is str else str(key)
        name = OTHER_NAMES.get(name, name)
        if value is None:
            continue
        if name == "alternatives" and isinstance(value, list):
            listed = [_text(each).strip() for each in value]
        elif name in FIELDS:
            fields[name] = (value if type(value) is str else _text(value)).strip()
        else:
            attributes[name] = value if type(value) is str else _text(value)
    raw = RawEvent(Tag("event", start, end, False, False, attributes), fields, end)
    raw.alternatives = listed
    return raw


def _is_event(value: Mapping[str, Any]) -> bool:
    return ("decision" in value or "choice" in value) and not _MARKS.isdisjoint(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
        return ", ".join(map(str, value))
    return json.dumps(json_value(value), ensure_ascii=False)


def _objects(text: str) -> Iterator[tuple[Any, int, int]]:
    """Yield the decoded objects with their spans, and None for one that cannot be decoded."""
    decoder = json.JSONDecoder(parse_int=_whole)
    position, failures, failed_until = text.find("{"), 0, -1
    while position >= 0 and failures < _MAX_FAILURES:
        try:
            value, end = decoder.raw_decode(text, position)
        except RecursionError:
            yield None, position, position
            return
        except json.JSONDecodeError as error:
            if position > failed_until and '"decision"' in text[position : error.pos]:
                yield None, position, error.pos
            failed_until = max(failed_until, error.pos)
            failures += 1
            end = position + 1
        else:
            yield value, position, end
        position = text.find("{", end)


def _whole(digits: str) -> int | str:
    """Return a whole number; one with more digits than Python reads stays a text."""
    try:
        return int(digits)
    except ValueError:
        return digits
