"""What stands out in one chain."""

from typing import Any

import pytest

from causal_trace import (
    Chain,
    TraceEvent,
    ambiguities,
    chain_issues,
    contradictions,
    decision_points,
    near_failure,
)


def _event(decision: str, **fields: Any) -> TraceEvent:
    return TraceEvent(**{"type": "decision_made", "decision": decision, **fields})


def _chain(*events: TraceEvent) -> Chain:
    return Chain(name="c", events=events)


def test_decision_points_are_stated_choices_only() -> None:
    chosen = _event("a", alternatives=("b",))
    native = TraceEvent(type="r", decision="a", alternatives=("b",), evidence="native_reasoning")

    assert decision_points(_chain(chosen, _event("c"), native)) == (chosen,)


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        (_event("Use a file", alternatives=("Redis",)), _event("Use Redis"), "takes_rejected"),
        (_event("Use Redis"), _event("Use a file", alternatives=("Redis",)), "rejects_taken"),
        (_event("Use Redis"), _event("Redis", type="alternative_rejected"), "rejects_taken"),
        (_event("cache the user tokens"), _event("do not cache the user tokens"), "negates"),
    ],
)  # fmt: skip
def test_a_contradiction_has_its_rule(first: TraceEvent, second: TraceEvent, rule: str) -> None:
    (found,) = contradictions(_chain(first, second))

    assert (found.first, found.second, found.rule) == (first, second, rule)
    assert found.shared


def test_a_revision_is_not_a_contradiction() -> None:
    first = _event("Use a file", alternatives=("Redis",))
    child = _event("Use Redis", parent_id=first.id)
    updated = TraceEvent(type="confidence_updated", decision="Use Redis")
    branch = _event("Use Redis", branch="other")

    for later in (child, updated, branch):
        assert contradictions(_chain(first, later)) == ()


def test_unrelated_decisions_do_not_contradict() -> None:
    events = [
        _event("Use Redis", alternatives=("a file",)),
        _event("Expire after an hour", alternatives=("never", "a day")),
        _event("Return None for a missing token", alternatives=("raise KeyError",)),
        _event("Do not log tokens"),
    ]

    assert contradictions(_chain(*events)) == ()


def test_issues_name_the_events_and_a_remedy() -> None:
    low = _event("guess", confidence=0.2, alternatives=("ask",))
    open_ = TraceEvent(type="ambiguity_flagged", decision="expiry?")
    closed = TraceEvent(type="ambiguity_flagged", decision="format?")
    answer = _event("JSON", parent_id=closed.id)
    broken = _event("x", parent_id="gone")

    issues = chain_issues(_chain(low, open_, closed, answer, broken))

    assert [each.kind for each in issues] == [
        "low_confidence",
        "unresolved_ambiguity",
        "broken_relation",
    ]
    assert issues[0].event_ids == (low.id,)
    assert "ask" in issues[0].remedy
    assert ambiguities(_chain(low, open_)) == (open_,)


def test_the_planted_ambiguity_is_nearest_to_the_failure() -> None:
    planted = TraceEvent(
        type="ambiguity_flagged",
        decision="The spec does not give the expiry of a JWT token",
        confidence=0.4,
        code_section="verify_token",
    )
    others = [_event(f"Decision {n} about storage of users", confidence=0.9) for n in range(20)]
    chain = _chain(*others[:10], planted, _event("Sign the token with HS256"), *others[10:])

    ranked = near_failure(chain, "AssertionError in verify_token: token accepted after expiry")

    assert ranked[0][0] == planted
    assert len(ranked) == 2
    assert near_failure(chain, "zzzz") == ()
