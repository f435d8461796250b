"""Chains are stored as files, and an id cannot name a file outside the folder."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import (
    Chain,
    ChainNotFoundError,
    CorruptChainError,
    InvalidTraceError,
    JsonStore,
    TraceEvent,
    UnsafeIdError,
    chain_from_dict,
    load_chain,
    save_chain,
)

from ..chains import chain


def test_a_chain_comes_back_as_it_was(tmp_path: Path) -> None:
    original = chain(description="more", metadata={"model": "m", "tags": ["a"]})

    path = save_chain(original, tmp_path)

    assert load_chain(original.id, tmp_path) == original
    assert json.loads(path.read_text())["statistics"]["avg_confidence"] == 0.5
    assert [entry.name for entry in tmp_path.iterdir()] == [f"{original.id}.json"]


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@given(decision=texts.filter(str.strip), alternatives=st.lists(texts, max_size=3), name=texts)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, decision: str, alternatives: list[str], name: str
) -> None:
    folder = tmp_path_factory.mktemp("store")
    event = TraceEvent(type="synthesis", decision=decision, alternatives=tuple(alternatives))
    original = Chain(name=name, events=(event,))

    save_chain(original, folder)

    assert load_chain(original.id, folder) == original


@pytest.mark.parametrize("bad", ["../escape", "a/b", "", ".hidden", "a" * 101, "nul\x00", "ü"])
def test_an_id_that_cannot_be_a_file_name_is_refused(tmp_path: Path, bad: str) -> None:
    store = JsonStore(tmp_path / "store")

    with pytest.raises(UnsafeIdError, match="cannot be a file name"):
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
        '{"name": "c", "events": ["x"]}',
        '{"name": "c", "metadata": 5}',
        '{"name": "c", "created_at": "noon"}',
        '{"name": "c", "id": "another"}',
        '{"name": "c", "events": [{"type": "x", "decision": "d", "timestamp": 5}]}',
        '{"name": "c", "events": [{"type": "x", "decision": "d", "alternatives": "a"}]}',
        '{"name": "c", "events": [{"type": "x", "decision": "d", "position": "0"}]}',
        "[" * 100_000,
        "\x00",
    ],
    ids=range(15),
)
def test_the_error_for_a_damaged_file_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "torn.json").write_text(text)

    with pytest.raises(CorruptChainError, match=r"torn\.json"):
        JsonStore(tmp_path).load("torn")


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*TraceEvent.__slots__, "name", "events", "created_at", "x"]), inner
        )
    ),
    max_leaves=12,
)


known_fields = {
    name: json_values for name in TraceEvent.__slots__ if name not in ("type", "decision")
}
event_values = st.fixed_dictionaries(
    {"type": st.text(max_size=5), "decision": st.text(max_size=5)}, optional=known_fields
)
chain_values = st.fixed_dictionaries(
    {"name": st.text(max_size=5)},
    optional={"events": st.lists(event_values, max_size=2), "metadata": json_values},
)


@given(chain_values | json_values)
def test_whatever_a_file_holds_it_is_a_chain_or_a_clear_error(values: Any) -> None:
    try:
        found = chain_from_dict(values)
    except InvalidTraceError:
        return

    again = chain_from_dict(json.loads(json.dumps(found.to_dict(), allow_nan=False)))
    assert again.to_dict() == found.to_dict()


def test_a_file_without_an_id_has_that_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text('{"name": "c"}')

    assert JsonStore(tmp_path).load("old").id == "old"


def test_metadata_that_json_does_not_know_is_stored_as_text(tmp_path: Path) -> None:
    original = chain(
        metadata={"path": Path("a"), "tags": {"b", "a"}, "nan": float("nan"), 7: (1, 2)}
    )

    path = save_chain(original, tmp_path)

    assert load_chain(original.id, tmp_path).metadata == {
        "path": "a",
        "tags": ["a", "b"],
        "nan": "nan",
        "7": [1, 2],
    }
    assert "NaN" not in path.read_text()


def test_half_a_surrogate_pair_comes_back(tmp_path: Path) -> None:
    original = Chain(name="c\ud83d", events=(TraceEvent(type="synthesis", decision="d\udc00"),))

    save_chain(original, tmp_path)

    assert load_chain(original.id, tmp_path) == original


def test_a_write_that_fails_leaves_the_old_chain_and_nothing_else(tmp_path: Path) -> None:
    original = chain(id="c")
    (tmp_path / "blocked.json").mkdir()
    save_chain(original, tmp_path)

    with pytest.raises(OSError, match="blocked"):
        save_chain(chain(id="blocked"), tmp_path)

    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["blocked.json", "c.json"]
    assert load_chain("c", tmp_path) == original


def test_a_chain_is_on_the_disk_before_it_takes_the_place_of_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    replace = Path.replace

    def note_replace(self: Path, target: Path) -> Path:
        steps.append(f"replace {target.name}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", lambda _: steps.append("fsync"))
    monkeypatch.setattr(Path, "replace", note_replace)

    save_chain(chain(id="c"), tmp_path)

    assert steps == ["fsync", "replace c.json"]


def test_others_may_read_a_stored_chain_as_they_may_read_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "any").write_text("")

    path = save_chain(chain(), tmp_path)

    assert path.stat().st_mode == (tmp_path / "any").stat().st_mode


def test_times_are_compared_as_moments_in_any_zone(tmp_path: Path) -> None:
    store = JsonStore(tmp_path)
    store.save(chain("early", created_at="2026-01-01T23:30:00-05:00"))
    store.save(chain("late", created_at="2026-01-02T05:00:00"))

    assert [each.name for each in store.list()] == ["early", "late"]
    assert [each.name for each in store.search(created_after="2026-01-02T04:45:00Z")] == ["late"]
    moment = datetime(2026, 1, 2, 4, 30, tzinfo=UTC)
    assert [each.name for each in store.search(created_before=moment)] == ["early"]
    with pytest.raises(ValueError, match="soon"):
        store.search(created_after="soon")


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
