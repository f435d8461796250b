"""Make events from the values as they are written in a text."""

import re
from collections.abc import Iterable
from typing import Any

from .._core.ids import position_ids
from .._core.parse_warning import ParseWarning
from .._core.times import read_time
from .._core.warnings import WarningList
from .._model.event import TraceEvent, checked_event
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
        self._own_types: set[str] = set()

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
        attributes, stated = raw.tag.attributes, raw.values
        for name in ("decision", "reasoning"):
            if not stated.get(name):
                self._warn("field_missing", raw, name=name)
        metadata: dict[str, Any] = {}
        values: dict[str, Any] = {
            "type": self._type(raw),
            "decision": stated.get("decision", ""),
            "reasoning": stated.get("reasoning", ""),
            "metadata": metadata,
            "position": raw.tag.start,
            "end": max(raw.end, raw.tag.start),
            "timestamp": self._timestamp,
            "id": self._id_at(raw.tag.start),
        }
        if "confidence" in stated:
            values["confidence"] = self._confidence(raw, metadata)
        if raw.alternatives or "alternatives" in stated:
            values["alternatives"] = _alternatives(raw)
        for name in ("code_section", "spec_reference"):
            if stated.get(name):
                values[name] = stated[name]
        if attributes.keys() - {"type"}:
            values |= self._attributes(raw, metadata)
        if raw.in_reasoning:
            metadata["in_reasoning"] = True
        return checked_event(values)

    def _confidence(self, raw: RawEvent, metadata: dict[str, Any]) -> float | None:
        confidence, problem = read_confidence(raw.values["confidence"])
        if problem:
            self._warn("confidence_malformed", raw, problem=problem)
            metadata["stated_confidence"] = raw.values["confidence"]
        return confidence

    def _attributes(self, raw: RawEvent, metadata: dict[str, Any]) -> dict[str, Any]:
        """Return the fields that attributes of the tag state."""
        attributes = raw.tag.attributes
        if attributes.get("id"):
            metadata["stated_id"] = attributes["id"]
        if not attributes.keys() <= _KNOWN_ATTRIBUTES:
            metadata["attributes"] = {
                name: text for name, text in attributes.items() if name not in _KNOWN_ATTRIBUTES
            }
        parents = self._references(raw, "parent_id", metadata)
        return {
            "parent_id": parents[0] if parents else None,
            "depends_on": self._references(raw, "depends_on", metadata),
            "stage_id": attributes.get("stage_id") or None,
            "experiment_id": attributes.get("experiment_id") or None,
            "timestamp": self._time(raw),
        }

    def _type(self, raw: RawEvent) -> str:
        given = raw.tag.attributes.get("type", "")
        if given in EVENT_TYPES:
            return given
        given = given.strip()
        if given in EVENT_TYPES:
            return given
        if not given:
            self._warn("type_missing", raw)
            return "decision_made"
        if given in self._own_types:
            self._warn("type_unknown", raw, given=given)
            return given
        normalized = _SEPARATORS.sub("_", given).lower()
        if normalized in EVENT_TYPES:
            self._warn("type_spelling", raw, given=given, name=normalized)
            return normalized
        self._own_types.add(given)
        self._warn("type_unknown", raw, given=given)
        return given

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


def _alternatives(raw: RawEvent) -> tuple[str, ...]:
    listed = [each for each in raw.alternatives if each]
    return tuple(listed or read_alternatives(raw.values.get("alternatives", "")))


def sorted_by_position(*warnings: Iterable[ParseWarning]) -> tuple[ParseWarning, ...]:
    """Return all warnings in the order of their positions."""
    return tuple(sorted((each for some in warnings for each in some), key=lambda w: w.position))
