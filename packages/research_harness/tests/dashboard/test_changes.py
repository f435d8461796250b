"""A watcher that applies the changes has the state, however often it was away."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research_harness._dashboard.changes import MAX_LOG_BYTES, Topic, changes, place_of

_values = st.recursive(
    st.one_of(st.integers(0, 3), st.booleans(), st.text(max_size=3), st.lists(st.integers(0, 2))),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=8,
)
_states = st.dictionaries(st.sampled_from("abcd"), _values, max_size=4)


def patched(target: Any, patch: dict[str, Any]) -> dict[str, Any]:
    """RFC 7396, section 2."""
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = patched(result.get(name), value)
        else:
            result[name] = value
    return result


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(_states, _states)
def test_a_change_makes_the_new_state_of_the_old(before: Any, after: Any) -> None:
    found = patched(before, changes(before, after))

    assert json.dumps(found, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert changes(after, after) == {}


def _apply(events: list[bytes], state: Any) -> Any:
    for event in events:
        lines = event.decode().strip().split("\n")
        data = json.loads(lines[2].removeprefix("data: "))
        state = data["state"] if lines[1] == "event: state" else patched(state, data)
    return state


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(_states, st.integers(0, 2)), min_size=1, max_size=30))
def test_watchers_that_look_now_and_then_have_the_state(steps: list[tuple[Any, int]]) -> None:
    async def watch() -> None:
        topic = Topic()
        places: list[Any] = [None] * 3
        known: list[Any] = [None] * 3
        for state, watcher in steps:
            topic.publish(state)
            events, places[watcher] = topic.since(places[watcher])
            known[watcher] = _apply(events, known[watcher])
            assert json.dumps(known[watcher], sort_keys=True) == json.dumps(state, sort_keys=True)

    asyncio.run(watch())


def test_a_state_that_does_not_change_sends_nothing() -> None:
    topic = Topic()
    topic.publish({"a": 1})
    _, place = topic.since(None)
    topic.publish({"a": 1})

    assert topic.since(place) == ([], place)


def test_the_log_is_bounded_and_who_lags_gets_the_whole_state() -> None:
    topic = Topic()
    topic.publish({"text": "", "n": 0})
    _, place = topic.since(None)
    for n in range(400):
        topic.publish({"text": "x" * 4_000 + str(n), "n": n})

    events, _ = topic.since(place)

    assert sum(map(len, topic._log)) <= MAX_LOG_BYTES
    assert len(events) == 1
    assert _apply(events, None)["n"] == 399


def test_a_place_of_another_server_is_not_taken_for_one_of_this() -> None:
    first, second = Topic(), Topic()
    first.publish({"a": 1})
    second.publish({"a": 2})

    events, _ = second.since(first.place)

    assert _apply(events, None) == {"a": 2}


@pytest.mark.parametrize("text", ["", "x", "-1", "a-", "a-b", "a-٣", "a-1" + "0" * 60])
def test_an_id_of_another_form_is_no_place(text: str) -> None:
    assert place_of(text) is None
