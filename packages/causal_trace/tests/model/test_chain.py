"""Events and chains are checked when they are made."""

from typing import Any

import pytest

from causal_trace import (
    Chain,
    Event,
    InvalidTraceError,
    chain_from_dict,
    merge,
)

from ..chains import chain


def test_events_of_different_zones_have_a_duration() -> None:
    made = Chain(
        name="c",
        events=tuple(
            Event(type="synthesis", decision="d", timestamp=each)
            for each in ("2026-01-01T12:00:10Z", "2026-01-01T12:00:00", "2026-01-01T13:00:05+01:00")
        ),
    )

    assert made.statistics()["duration_seconds"] == 10


def test_unknown_keys_of_an_event_are_kept_in_its_metadata() -> None:
    found = chain_from_dict(
        {"name": "c", "events": [{"type": "synthesis", "decision": "d", "tokens": 7}]}
    )

    assert found.events[0].metadata == {"tokens": 7}


def test_statistics_count_only_stated_confidences() -> None:
    made = chain(events=2).add(Event(type="synthesis", decision="x"))

    statistics = made.statistics()

    assert statistics["avg_confidence"] == 0.5
    assert statistics["stated_confidences"] == 2
    assert statistics["event_type_counts"] == {"decision_made": 2, "synthesis": 1}
    assert Chain(name="empty").statistics()["avg_confidence"] is None


def test_chains_can_be_merged_and_searched() -> None:
    merged = merge(
        chain(events=1, metadata={"a": 1, "b": 1}), chain(events=2, metadata={"b": 2})
    ).add(Event(type="ambiguity_flagged", decision="open", confidence=0.9))

    assert len(merged) == 4
    assert merged.metadata == {"a": 1, "b": 2}
    assert len(merged.low_confidence(0.7)) == 3
    assert len(merged.of_type("uncertainty flagging")) == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"type": "x", "decision": "d", "confidence": 1.2}, "between 0 and 1"),
        ({"type": "x", "decision": " "}, "decision or a reasoning"),
        ({"type": " ", "decision": "d"}, "type is empty"),
        ({"type": "x", "decision": None}, "decision is missing, not text"),
        ({"type": "x", "decision": "d", "confidence": "high"}, "confidence is str"),
        ({"type": "x", "decision": "d", "confidence": float("nan")}, "confidence is float"),
        ({"type": "x", "decision": "d", "alternatives": "a"}, "alternatives is str"),
        ({"type": "x", "decision": "d", "timestamp": "noon"}, "no ISO 8601 time"),
        ({"type": "x", "decision": "d", "position": -1}, "count of characters"),
    ],
)
def test_an_impossible_event_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidTraceError, match=message):
        Event(**values)
