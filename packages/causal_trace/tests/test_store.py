"""Chains survive on disk, and no id reaches outside the folder."""

import json
from pathlib import Path
from typing import Any

import blinker
import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import (
    EVENTS,
    Chain,
    ChainNotFoundError,
    CorruptChainError,
    Event,
    JsonStore,
    UnsafeIdError,
    chain_from_dict,
    load,
    merge,
    parse,
    save,
)


def chain(name: str = "c", events: int = 2, **options: Any) -> Chain:
    made = tuple(
        Event(type="decision_made", decision=f"d{number}", reasoning="r", confidence=0.5)
        for number in range(events)
    )
    return Chain(name=name, events=made, **options)


def test_a_chain_comes_back_as_it_was(tmp_path: Path) -> None:
    original = chain(description="more", metadata={"model": "m", "tags": ["a"]})

    path = save(original, tmp_path)

    assert load(original.id, tmp_path) == original
    assert json.loads(path.read_text())["statistics"]["avg_confidence"] == 0.5
    assert [entry.name for entry in tmp_path.iterdir()] == [f"{original.id}.json"]


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@given(decision=texts.filter(str.strip), alternatives=st.lists(texts, max_size=3), name=texts)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, decision: str, alternatives: list[str], name: str
) -> None:
    folder = tmp_path_factory.mktemp("store")
    event = Event(type="synthesis", decision=decision, alternatives=tuple(alternatives))
    original = Chain(name=name, events=(event,))

    save(original, folder)

    assert load(original.id, folder) == original


@pytest.mark.parametrize("bad", ["../escape", "a/b", "", ".hidden", "a" * 101, "nul\x00", "ü"])
def test_an_id_that_is_no_file_name_is_refused(tmp_path: Path, bad: str) -> None:
    store = JsonStore(tmp_path / "store")

    with pytest.raises(UnsafeIdError, match="no plain file name"):
        store.save(chain(id=bad))
    with pytest.raises(UnsafeIdError):
        store.load(bad)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_chain_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ChainNotFoundError, match="no chain 'nope'"):
        JsonStore(tmp_path).load("nope")


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "c", "ev',
        "[]",
        "{}",
        '{"name": "c", "events": [{}]}',
        '{"name": "c", "events": 5}',
        '{"name": "c", "events": [{"type": "x", "decision": "d", "confidence": "high"}]}',
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "torn.json").write_text(text)

    with pytest.raises(CorruptChainError, match=r"torn\.json"):
        JsonStore(tmp_path).load("torn")


def test_chains_are_listed_searched_and_deleted(tmp_path: Path) -> None:
    store = JsonStore(tmp_path)
    store.save(chain("First plan", 1, created_at="2026-01-01T00:00:00Z"))
    second = chain("Second plan", 5, created_at="2026-02-01T00:00:00Z")
    store.save(second)

    assert [each.name for each in store.list()] == ["First plan", "Second plan"]
    assert [each.name for each in store.search(name_contains="SECOND")] == ["Second plan"]
    assert [each.event_count for each in store.search(max_events=1)] == [1]
    assert [each.event_count for each in store.search(min_events=2)] == [5]
    assert len(store.search(created_after="2026-01-15")) == 1
    assert len(store.search(created_before="2026-01-15")) == 1
    store.delete(second.id)
    assert len(store.list()) == 1


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
    ],
)
def test_an_impossible_event_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Event(**values)


def test_every_event_on_the_bus_is_in_the_list(tmp_path: Path) -> None:
    seen: list[str] = []

    def receive(name: str, **_: object) -> None:
        seen.append(name)

    with blinker.signal("crucible").connected_to(receive):
        made = parse("nothing", "c").add(Event(type="synthesis", decision="d"))
        save(made, tmp_path)
        load(made.id, tmp_path)

    assert seen == list(EVENTS)
