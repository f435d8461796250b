"""Conditions on events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import Chain, InvalidTraceError, TraceEvent, search_events, where

EVENTS = (
    TraceEvent(
        type="decision_made",
        decision="Use Redis",
        confidence=0.9,
        timestamp="2026-01-01",
        stage_id="s",
        code_section="f",
    ),
    TraceEvent(type="ambiguity_flagged", decision="Expiry?", confidence=0.2, branch="b"),
    TraceEvent(
        type="reasoning", decision="", reasoning="redis is fast", evidence="native_reasoning"
    ),
)
CHAIN = Chain(name="c", events=EVENTS)


@pytest.mark.parametrize(
    ("conditions", "numbers"),
    [
        ({"text": "REDIS"}, [0, 2]),
        ({"regex": "^use|expiry.$"}, [0, 1]),
        ({"type": "decision_made"}, [0]),
        ({"type": ["decision_made", "reasoning"]}, [0, 2]),
        ({"category": "uncertainty flagging"}, [1]),
        ({"evidence": "native_reasoning"}, [2]),
        ({"min_confidence": 0.5}, [0]),
        ({"max_confidence": 0.5}, [1]),
        ({"stated": False}, [2]),
        ({"until": "2026-01-02"}, [0]),
        ({"since": "2026-01-02"}, [1, 2]),
        ({"stage_id": "s"}, [0]),
        ({"branch": "b"}, [1]),
        ({"code_section": "f"}, [0]),
        ({"text": "redis", "stated": True}, [0]),
        ({}, [0, 1, 2]),
    ],
)
def test_all_conditions_must_hold(conditions: dict[str, object], numbers: list[int]) -> None:
    found = search_events(CHAIN, **conditions)  # type: ignore[arg-type]

    assert [EVENTS.index(each) for each in found] == numbers


@given(st.sets(st.sampled_from(["redis", "expiry"]), min_size=2), st.sampled_from(EVENTS))
def test_conditions_combine_as_in_logic(words: set[str], event: TraceEvent) -> None:
    first, second = (where(text=each) for each in sorted(words))

    assert (first & second)(event) == (first(event) and second(event))
    assert (first | second)(event) == (first(event) or second(event))
    assert (~first)(event) == (not first(event))
    assert (~(first & second))(event) == ((~first) | (~second))(event)


@pytest.mark.parametrize(
    "conditions", [{"regex": "("}, {"regex": "a" * 2000}, {"since": "soon"}, {"colour": "red"}]
)
def test_a_condition_that_is_not_valid_is_refused(conditions: dict[str, object]) -> None:
    with pytest.raises(InvalidTraceError):
        where(**conditions)  # type: ignore[arg-type]
