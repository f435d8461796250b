"""Events and chains are checked when they are made."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from causal_trace import (
    Chain,
    InvalidTraceError,
    JsonStore,
    TraceEvent,
    chain_from_dict,
    merge,
    parse,
    parse_events,
    to_atif,
    to_prov,
    visualize,
)

from ..chains import chain


def test_events_of_different_zones_have_a_duration() -> None:
    made = Chain(
        name="c",
        events=tuple(
            TraceEvent(type="synthesis", decision="d", timestamp=each)
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
    made = chain(events=2).add(TraceEvent(type="synthesis", decision="x"))

    statistics = made.statistics()

    assert statistics["avg_confidence"] == 0.5
    assert statistics["stated_confidences"] == 2
    assert statistics["event_type_counts"] == {"decision_made": 2, "synthesis": 1}
    assert Chain(name="empty").statistics()["avg_confidence"] is None


def test_chains_can_be_merged_and_searched() -> None:
    merged = merge(
        chain(events=1, metadata={"a": 1, "b": 1}), chain(events=2, metadata={"b": 2})
    ).add(TraceEvent(type="ambiguity_flagged", decision="open", confidence=0.9))

    assert len(merged) == 4
    assert merged.metadata == {"a": 1, "b": 2}
    assert len(merged.low_confidence(0.7)) == 3
    assert len(merged.of_type("uncertainty flagging")) == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"type": "x", "decision": "d", "confidence": 1.2}, "between 0 and 1"),
        ({"type": "x", "decision": " "}, "decision and reasoning are both empty"),
        ({"type": " ", "decision": "d"}, "type is empty"),
        ({"type": "x", "decision": None}, "decision is missing, not text"),
        ({"type": "x", "decision": "d", "confidence": "high"}, "confidence is str"),
        ({"type": "x", "decision": "d", "confidence": float("nan")}, "confidence is float"),
        ({"type": "x", "decision": "d", "alternatives": "a"}, "alternatives is str"),
        ({"type": "x", "decision": "d", "timestamp": "noon"}, "not an ISO 8601 time"),
        ({"type": "x", "decision": "d", "position": -1}, "count of characters"),
    ],
)
def test_an_impossible_event_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidTraceError, match=message):
        TraceEvent(**values)


def test_a_chain_prints_the_number_of_its_decisions() -> None:
    assert str(chain(events=1)) == "c: 1 decision, mean stated confidence 0.50"
    assert str(chain(events=2)) == "c: 2 decisions, mean stated confidence 0.50"
    assert str(chain(events=0)) == "c: 0 decisions"


def test_reasoning_and_what_was_observed_are_no_decisions() -> None:
    stated = TraceEvent(type="decision_made", decision="Use a cache", confidence=0.5)
    others: list[TraceEvent] = [
        replace(stated, id=kind, confidence=None, evidence=kind)
        for kind in ("native_reasoning", "summary", "redacted", "observed")
    ]

    assert str(parse("<think>weigh it</think>", "m")) == "m: 1 block of reasoning"
    assert (
        str(Chain(name="c", events=tuple(others))) == "c: 3 blocks of reasoning, 1 observed event"
    )
    assert str(Chain(name="c", events=(stated, *others[:1]))) == (
        "c: 1 decision, 1 block of reasoning, mean stated confidence 0.50"
    )


def test_a_chain_is_the_same_after_a_way_through_json() -> None:
    made = chain(name="a\ud83d", metadata={"limit": float("inf"), "tags": {"b", "a"}})

    text = made.to_json()

    assert text.encode("utf-8")
    restored = chain_from_dict(json.loads(text))
    assert restored.name == made.name
    assert restored.events == made.events
    assert restored.metadata == {"limit": "inf", "tags": ["a", "b"]}


def test_a_notebook_shows_the_events_and_escapes_their_text() -> None:
    event = TraceEvent(type="synthesis", decision="<script>alert(1)</script>", confidence=0.5)

    shown = Chain(name="<b>", events=(event,))._repr_html_()  # for notebooks

    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>" in shown
    assert "<caption>&lt;b&gt;: 1 decision, mean stated confidence 0.50</caption>" in shown
    assert "<script" not in shown


def test_every_value_becomes_plain_values(tmp_path: Path) -> None:
    parsed = parse_events('<event type="synthesis"><decision>d</decision>')
    store = JsonStore(tmp_path)
    store.save(chain())

    for value in (parsed, parsed.warnings[0], parsed.events[0], chain(), *store.list()):
        assert json.loads(json.dumps(value.to_dict(), allow_nan=False)) == value.to_dict()


@pytest.mark.parametrize("digits", [400, 5000])
@pytest.mark.parametrize("name", ["confidence", "input_tokens", "latency_ms", "cost_usd"])
def test_a_number_that_no_float_holds_is_an_error_of_the_library(name: str, digits: int) -> None:
    values: dict[str, Any] = {"type": "synthesis", "decision": "d", name: 10**digits}

    with pytest.raises(InvalidTraceError, match=name):
        TraceEvent(**values)


@pytest.mark.parametrize("show", [Chain.to_json, visualize, to_atif, to_prov])
def test_metadata_that_no_json_holds_are_text_or_an_error_of_the_library(
    show: Callable[[Chain], object],
) -> None:
    knot: dict[str, Any] = {}
    knot["itself"] = knot

    assert show(Chain(name="c", metadata={"large": 10**5_000, "parse_warnings": None}))
    for tied in (
        Chain(name="c", metadata=knot),
        Chain(name="c", events=(TraceEvent(type="x", decision="d", metadata=knot),)),
    ):
        with pytest.raises(InvalidTraceError, match="hold themselves"):
            show(tied)


@pytest.mark.parametrize("values", [{"position": 1 << 53}, {"position": 0, "end": 10**5_000}])
def test_a_position_that_readers_of_json_change_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidTraceError, match="not a count of characters"):
        TraceEvent(type="x", decision="d", **values)

    with pytest.raises(InvalidTraceError, match="not a whole number"):
        Chain(name="c", repeat=values.get("end", values["position"]))


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_outside_of_the_calendar_in_utc_is_refused(time: str) -> None:
    with pytest.raises(InvalidTraceError, match="not an ISO 8601 time"):
        TraceEvent(type="x", decision="d", timestamp=time)
