"""Full-text search, archives and redaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from causal_trace import (
    Chain,
    CorruptChainError,
    InvalidTraceError,
    JsonStore,
    SearchIndex,
    TraceEvent,
    archive_chains,
    read_archive,
    redact,
    restore_chains,
)

from ..chains import chain


def _chain(name: str, decision: str, reasoning: str = "") -> Chain:
    return Chain(
        name=name,
        events=(TraceEvent(type="decision_made", decision=decision, reasoning=reasoning),),
        id=name,
    )


def test_all_words_are_found_as_beginnings_in_any_case() -> None:
    with SearchIndex(":memory:") as index:
        index.rebuild([_chain("a", "Use Redis", "fast reads"), _chain("b", "Use a file")])

        assert [hit.chain_id for hit in index.search("redis READ")] == ["a"]
        assert {hit.chain_id for hit in index.search("use")} == {"a", "b"}
        assert index.search("redis file") == ()
        assert index.search("") == ()


@pytest.mark.parametrize("words", ['"', "a OR", "NEAR(", "*", "a*b", "-x", "col:x", "\0", "\ud800"])
def test_signs_are_not_operators(words: str) -> None:
    with SearchIndex(":memory:") as index:
        index.rebuild([_chain("a", "plain")])
        index.search(words)


def test_adding_a_chain_again_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with SearchIndex(path) as index:
        index.add(_chain("a", "old"))
        index.add(_chain("a", "new"))
    with SearchIndex(path) as index:
        assert index.search("old") == ()
        assert len(index.search("new")) == 1


def test_a_damaged_index_says_that_it_can_be_built_again(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    path.write_bytes(b"not a database, but long enough to be read as one" * 100)

    with pytest.raises(InvalidTraceError, match="rebuild"):
        SearchIndex(path)


def test_a_rebuild_that_fails_keeps_the_old_index() -> None:
    def chains() -> Iterator[Chain]:
        yield _chain("b", "new")
        raise OSError("the disk is gone")

    with SearchIndex(":memory:") as index:
        index.rebuild([_chain("a", "old")])
        with pytest.raises(OSError, match="disk"):
            index.rebuild(chains())
        assert len(index.search("old")) == 1
    with pytest.raises(sqlite3.ProgrammingError):
        index.search("old")


NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_old_chains_move_into_an_archive_and_back(tmp_path: Path) -> None:
    store = JsonStore(tmp_path / "store")
    old = chain("old", id="old", updated_at="2026-01-01T00:00:00Z")
    older = chain("older", id="older", updated_at="2025-01-01T00:00:00Z")
    new = chain("new", id="new", updated_at="2026-02-28T00:00:00Z")
    for each in (old, older, new):
        store.save(each)
    path = tmp_path / "archive.zip"

    assert archive_chains(store, path, min_age_days=365, now=NOW) == ("older",)
    assert archive_chains(store, path, min_age_days=30, now=NOW) == ("old",)
    assert archive_chains(store, path, min_age_days=30, now=NOW) == ()
    assert {each.id for each in read_archive(path)} == {"old", "older"}
    assert [each.id for each in store.list()] == ["new"]

    restore_chains(path, store)
    assert store.load("old") == old
    assert store.load("older") == older


def test_a_damaged_archive_keeps_the_store(tmp_path: Path) -> None:
    store = JsonStore(tmp_path)
    store.save(chain("old", id="old", updated_at="2025-01-01T00:00:00Z"))
    path = tmp_path / "archive.zip"
    path.write_bytes(b"damaged")

    with pytest.raises(CorruptChainError):
        archive_chains(store, path, min_age_days=1, now=NOW)
    assert len(store.list()) == 1


@pytest.mark.parametrize(
    "secret",
    [
        "sk-" + "ant-" + "a1" * 20,
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a" * 36,
        "eyJhbGciOiJI" + ".eyJzdWIiOiIx" + ".abcdefgh",
        "AIza" + "b" * 35,
    ],
)
def test_secrets_are_replaced_in_every_text(secret: str) -> None:
    event = TraceEvent(
        type="x",
        decision=f"use {secret}",
        reasoning=secret,
        alternatives=(secret,),
        metadata={secret: [{"deep": f"a {secret}"}]},
    )
    found = redact(Chain(name=secret, description=secret, events=(event,), metadata={"k": secret}))

    assert secret not in found.to_json()
    assert "use [redacted]" in found.to_json()


def test_named_secrets_and_passwords_are_replaced() -> None:
    made = _chain("a", "postgres://user:hunter22@host/db", "Bearer abcdefghijklmnop123 tiger")

    text = redact(made, secrets=["tiger"]).to_json()

    for secret in ("hunter22", "abcdefghijklmnop123", "tiger"):
        assert secret not in text
    assert "@host/db" in text


def test_ordinary_text_stays() -> None:
    made = _chain("a", "the task-oriented risk-averse approach", "sk-learn is fine; password rules")

    assert redact(made) == made


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TRIGGER t AFTER INSERT ON events_config BEGIN DELETE FROM events_config; END",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE more (id INTEGER)",
    ],
)
def test_an_index_with_anything_beside_it_is_refused(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "index.db"
    SearchIndex(path).close()
    connection = sqlite3.connect(path)
    connection.execute(schema)
    connection.commit()
    connection.close()

    with pytest.raises(InvalidTraceError, match="more than the index"):
        SearchIndex(path)


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE events (body, chain_id, event_id, name, type, evidence AS (1))",
        "CREATE VIEW events AS SELECT 1 AS body",
        "CREATE VIRTUAL TABLE events USING fts5(body, content='other')",
        "CREATE TABLE events_data (id INTEGER PRIMARY KEY, block BLOB CHECK (block IS NULL))",
    ],
    ids=["table", "view", "content", "shadow"],
)
def test_an_index_whose_parts_are_something_else_is_refused(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "index.db"
    connection = sqlite3.connect(path)
    connection.execute(schema)
    connection.commit()
    connection.close()

    with pytest.raises(InvalidTraceError, match="index"):
        SearchIndex(path)


def test_a_damaged_index_gives_our_error_in_every_call(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    with SearchIndex(path) as index:
        index.rebuild([_chain("a", "use redis")])
    connection = sqlite3.connect(path)
    connection.execute("UPDATE events_data SET block = x'ff00ff00ff00'")
    connection.commit()
    connection.close()

    with SearchIndex(path) as index:
        for use in (lambda: index.search("redis"), lambda: index.rebuild([_chain("b", "c")])):
            with pytest.raises(InvalidTraceError, match="rebuild the index"):
                use()


def test_an_index_of_an_earlier_version_is_read_and_made_anew_by_rebuild(tmp_path: Path) -> None:
    path = tmp_path / "i.sqlite"
    chain = Chain(name="c", events=(TraceEvent(type="decision_made", decision="use Redis"),))
    with closing(sqlite3.connect(path)) as made, made:
        made.execute(
            "\nCREATE VIRTUAL TABLE events USING fts5(\n"
            "  body, chain_id UNINDEXED, event_id UNINDEXED, name UNINDEXED, type UNINDEXED,\n"
            "  evidence UNINDEXED, tokenize = 'unicode61 remove_diacritics 2'\n)"
        )
        made.execute("INSERT INTO events VALUES ('use a list', 'old', 'e', 'n', 't', 'v')")

    with SearchIndex(path) as index:
        assert [hit.chain_id for hit in index.search("l")] == ["old"]
        index.rebuild([chain])
        assert index.search("list") == ()
    with SearchIndex(path) as index:
        assert [hit.chain_id for hit in index.search("re")] == [chain.id]
    with closing(sqlite3.connect(path)) as read:
        (sql,) = read.execute("SELECT sql FROM sqlite_master WHERE name = 'events'").fetchone()
    assert "prefix = '1 2 3'" in sql
