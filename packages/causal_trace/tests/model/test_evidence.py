"""Kinds of evidence are kept apart, also in statistics."""

import pytest

from causal_trace import Chain, InvalidTraceError, TraceEvent, chain_from_dict

STATED = TraceEvent(type="decision_made", decision="d", confidence=0.4)
NATIVE = TraceEvent(type="reasoning", decision="", reasoning="w", evidence="native_reasoning")


def test_confidences_of_other_evidence_do_not_enter_the_mean() -> None:
    other = TraceEvent(type="reasoning", decision="x", confidence=1.0, evidence="summary")

    statistics = Chain(name="c", events=(STATED, NATIVE, other)).statistics()

    assert statistics["avg_confidence"] == 0.4
    assert statistics["stated_confidences"] == 1
    assert statistics["evidence_counts"] == {
        "self_reported": 1,
        "native_reasoning": 1,
        "summary": 1,
        "redacted": 0,
        "observed": 0,
    }


def test_only_self_reported_events_have_low_confidence() -> None:
    native = TraceEvent(type="r", decision="x", confidence=0.1, evidence="native_reasoning")

    assert Chain(name="c", events=(STATED, native)).low_confidence() == (STATED,)


def test_redacted_reasoning_may_be_empty_and_other_events_may_not() -> None:
    redacted = TraceEvent(type="reasoning_redacted", decision="", evidence="redacted")

    assert redacted.category == "native reasoning"
    with pytest.raises(InvalidTraceError, match="both empty"):
        TraceEvent(type="reasoning", decision="", evidence="native_reasoning")


def test_an_unknown_kind_of_evidence_is_refused() -> None:
    with pytest.raises(InvalidTraceError, match="use one of self_reported"):
        TraceEvent(type="x", decision="d", evidence="guess")  # type: ignore[arg-type]


@pytest.mark.parametrize(("position", "end"), [(5, 4), (None, 3), (0, -1)])
def test_a_span_that_ends_before_it_begins_is_refused(position: int | None, end: int) -> None:
    with pytest.raises(InvalidTraceError, match="end"):
        TraceEvent(type="x", decision="d", position=position, end=end)


@pytest.mark.parametrize("name", ["input_tokens", "output_tokens", "latency_ms", "cost_usd"])
def test_a_quantity_below_zero_is_refused(name: str) -> None:
    fields: dict[str, float] = {name: -1}
    with pytest.raises(InvalidTraceError, match=name):
        TraceEvent(type="x", decision="d", **fields)  # type: ignore[arg-type]


def test_a_chain_takes_the_id_and_the_keys_of_its_row() -> None:
    chain = Chain(name="c", events=(STATED,)).for_row(
        "row-7", experiment="e", condition="baseline", item="q1", repeat=2
    )

    again = chain_from_dict(chain.to_dict())

    assert again == chain
    assert (again.id, again.condition, again.item, again.repeat) == ("row-7", "baseline", "q1", 2)


def test_all_problems_of_a_file_are_listed_at_once() -> None:
    values = {"events": [{"decision": 3}, {"type": "x", "decision": "d", "depends_on": "a"}]}

    with pytest.raises(InvalidTraceError) as caught:
        chain_from_dict(values)

    for part in ("name is missing", "events.0.type is missing", "events.0.decision is int"):
        assert part in str(caught.value)
    assert "events.1.depends_on" in str(caught.value)
