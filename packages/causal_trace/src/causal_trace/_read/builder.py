"""Make events from the values as they are written in a text."""

import re
from collections.abc import Iterable
from typing import Any

from .._core.ids import position_ids
from .._core.parse_warning import ParseWarning
from .._core.times import read_time
from .._core.warnings import WarningList
from .._model.event import TraceEvent, draft_event, frozen_event
from .._model.event_types import EVENT_TYPES
from .reader import RawEvent
from .tags import FIELDS
from .values import read_alternatives, read_confidence

_KNOWN_ATTRIBUTES = {
    *FIELDS,
    "type",
    "id",
    "timestamp",
    "parent_id",
    "depends_on",
    "stage_id",
    "experiment_id",
}

_MAIN_FIELDS = {"decision", "reasoning"}
_SEPARATORS = re.compile(r"[\s-]+")


class Builder:
    """Makes the events of one text.

    An id that a model writes is valid within its answer only. It is replaced by a unique id, also
    in references to it. The metadata keep the id as written.
    """

    def __init__(self, origin: str, timestamp: str, warnings: WarningList) -> None:
        self._warnings = warnings
        self._id_at = position_ids(f"{origin}/")
        self._timestamp = timestamp
        self._ids: dict[str, str] = {}
        self._types: dict[str, tuple[str, str]] = {}

    def build(self, raw_events: list[RawEvent]) -> list[TraceEvent]:
        """Return the events. Those with neither decision nor reasoning are left out."""
        kept, empty = [], []
        for raw in raw_events:
            stated = raw.values
            if stated and (stated.get("decision") or stated.get("reasoning")):
                kept.append(raw)
            else:
                empty.append(raw.tag.start)
        self._warnings.add_each("event_empty", empty)
        for raw in kept:
            if "id" in raw.tag.attributes:
                self._register_id(raw)
        return [self._event(raw) for raw in kept]

    def _register_id(self, raw: RawEvent) -> None:
        given = raw.tag.attributes.get("id", "").strip()
        if given in self._ids:
            self._warn("id_twice", raw, given=given)
        elif given:
            self._ids[given] = self._id_at(raw.tag.start)

    def _event(self, raw: RawEvent) -> TraceEvent:
        attributes, stated, start = raw.tag.attributes, raw.values, raw.tag.start
        decision, reasoning = stated.get("decision", ""), stated.get("reasoning", "")
        if not decision:
            self._warnings.add("field_missing", start, name="decision")
        if not reasoning:
            self._warnings.add("field_missing", start, name="reasoning")
        span = start, max(start, raw.end)
        event = draft_event(self._type(raw), decision, reasoning, span, self._timestamp)
        event.id = self._id_at(start)
        if raw.alternatives or (len(stated) > 1 and not stated.keys() <= _MAIN_FIELDS):
            self._add_fields(event, raw)
        if len(attributes) > 1 or (attributes and "type" not in attributes):
            self._add_attributes(event, raw)
        if raw.in_reasoning:
            event.metadata["in_reasoning"] = True
        return frozen_event(event)

    def _add_fields(self, event: Any, raw: RawEvent) -> None:
        """Set the fields that few events state."""
        stated = raw.values
        if "confidence" in stated:
            event.confidence, problem = read_confidence(stated["confidence"])
            if problem:
                self._warn("confidence_malformed", raw, problem=problem)
                event.metadata["stated_confidence"] = stated["confidence"]
        if raw.alternatives or "alternatives" in stated:
            event.alternatives = _alternatives(raw)
        event.code_section = stated.get("code_section") or None
        event.spec_reference = stated.get("spec_reference") or None

    def _add_attributes(self, event: Any, raw: RawEvent) -> None:
        """Set the fields that attributes of the tag state."""
        attributes, metadata = raw.tag.attributes, event.metadata
        if attributes.get("id"):
            metadata["stated_id"] = attributes["id"]
        if not attributes.keys() <= _KNOWN_ATTRIBUTES:
            metadata["attributes"] = {
                name: text for name, text in attributes.items() if name not in _KNOWN_ATTRIBUTES
            }
        parents = self._references(raw, "parent_id", metadata)
        event.parent_id = parents[0] if parents else None
        event.depends_on = self._references(raw, "depends_on", metadata)
        event.stage_id = attributes.get("stage_id") or None
        event.experiment_id = attributes.get("experiment_id") or None
        event.timestamp = self._time(raw)

    def _type(self, raw: RawEvent) -> str:
        given = raw.tag.attributes.get("type", "")
        read = self._types.get(given)
        if read is None:
            read = self._types[given] = _read_type(given.strip())
        kind, problem = read
        if problem:
            self._warnings.add(problem, raw.tag.start, given=given.strip(), name=kind)
        return kind

    def _time(self, raw: RawEvent) -> str:
        given = raw.tag.attributes.get("timestamp", "").strip()
        if not given:
            return self._timestamp
        try:
            read_time(given)
        except ValueError:
            self._warn("time_malformed", raw, given=given)
            return self._timestamp
        return given

    def _references(self, raw: RawEvent, name: str, metadata: dict[str, Any]) -> tuple[str, ...]:
        given = raw.tag.attributes.get(name, "")
        if not given:
            return ()
        ids = []
        for each in dict.fromkeys(re.split(r"[\s,;]+", given.strip())):
            if each in self._ids:
                ids.append(self._ids[each])
            elif each:
                self._warn("reference_unknown", raw, name=name, given=each)
                metadata[f"stated_{name}"] = given
        return tuple(ids)

    def _warn(self, code: str, raw: RawEvent, **values: str) -> None:
        self._warnings.add(code, raw.tag.start, **values)


def _read_type(given: str) -> tuple[str, str]:
    """Return the type that is meant, and the code of a warning or an empty text."""
    if given in EVENT_TYPES:
        return given, ""
    if not given:
        return "decision_made", "type_missing"
    normalized = _SEPARATORS.sub("_", given).lower()
    return (normalized, "type_spelling") if normalized in EVENT_TYPES else (given, "type_unknown")


def _alternatives(raw: RawEvent) -> tuple[str, ...]:
    listed = [each for each in raw.alternatives or () if each]
    return tuple(listed or read_alternatives(raw.values.get("alternatives", "")))


def sorted_by_position(*warnings: Iterable[ParseWarning]) -> tuple[ParseWarning, ...]:
    """Return all warnings in the order of their positions."""
    return tuple(sorted((each for some in warnings for each in some), key=lambda w: w.position))
