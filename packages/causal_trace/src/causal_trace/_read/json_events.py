"""Events that a model writes as JSON, in the text or as arguments of a tool call."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .._core.warnings import WarningList
from .reader import RawEvent
from .tags import FIELDS, Tag

TOOL_NAME = "record_events"
_OTHER_NAMES = {
    "event_type": "type",
    "rationale": "reasoning",
    "reason": "reasoning",
    "choice": "decision",
    "options": "alternatives",
}
_ATTRIBUTES = ("type", "id", "parent_id", "depends_on", "stage_id", "experiment_id", "timestamp")
_MARKS = {"type", "reasoning", "confidence", "alternatives"}  # one of them makes it an event
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
    named = {_OTHER_NAMES.get(str(key), str(key)): value for key, value in values.items()}
    alternatives = named.pop("alternatives", None)
    attributes, fields = {}, {}
    for key, value in named.items():
        if value is None:
            continue
        written = value if type(value) is str else _text(value)
        if key in FIELDS:
            fields[key] = written.strip()
        else:
            attributes[key] = written
    raw = RawEvent(Tag("event", start, end, False, False, attributes), fields, end=end)
    if isinstance(alternatives, list):
        raw.alternatives = [_text(each).strip() for each in alternatives]
    elif alternatives is not None:
        raw.values["alternatives"] = _text(alternatives)
    return raw


def _is_event(value: Mapping[str, Any]) -> bool:
    if "decision" not in value and "choice" not in value:
        return False
    return any(_OTHER_NAMES.get(str(key), str(key)) in _MARKS for key in value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False, default=str)


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
