"""A full-text index over stored chains, which can always be built again from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from .._core.errors import InvalidTraceError
from .._core.json_values import Value
from .._model.chain import Chain
from .._model.event import TraceEvent

_MAX_RANKED = 2000
_SCHEMA = """
CREATE VIRTUAL TABLE IF NOT EXISTS events USING fts5(
  body, chain_id UNINDEXED, event_id UNINDEXED, name UNINDEXED, type UNINDEXED,
  evidence UNINDEXED, tokenize = 'unicode61 remove_diacritics 2'
);
"""
_FOREIGN = (
    "SELECT type, name FROM sqlite_master WHERE type <> 'table'"
    " OR (name <> 'events' AND name NOT IN ('events_data', 'events_idx', 'events_content',"
    " 'events_docsize', 'events_config'))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit(Value):
    """An event that holds the words that were searched.

    Attributes:
        chain_id: The id of its chain.
        name: The name of its chain.
        event_id: The id of the event.
        type: Its type.
        evidence: Its kind of evidence.
        excerpt: The text around the words.
    """

    chain_id: str
    name: str
    event_id: str
    type: str
    evidence: str
    excerpt: str


class SearchIndex:
    """An SQLite file with the words of all events.

    The index holds nothing that the chains do not: it may be removed and built again.

    Args:
        path: The file; ``:memory:`` keeps it in memory.

    Example:
        >>> from causal_trace import TraceEvent
        >>> chain = Chain(name="c", events=(TraceEvent(type="x", decision="use Redis"),))
        >>> with SearchIndex(":memory:") as index:
        ...     index.rebuild([chain])
        ...     [hit.excerpt for hit in index.search("redis")]
        ['use Redis']
    """

    def __init__(self, path: str | Path) -> None:
        import sqlite3  # noqa: PLC0415  # slow to import

        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path)
        self._no_words = sqlite3.OperationalError
        try:
            # What others wrote into the schema is not run.
            self._connection.execute("PRAGMA trusted_schema = OFF")
            foreign = self._connection.execute(_FOREIGN).fetchall()
            if not foreign:
                self._connection.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            advice = (
                "remove the file and rebuild the index; full-text search needs SQLite with FTS5"
            )
            raise InvalidTraceError("index", f"{path}: {error}; {advice}") from error
        if foreign:
            self._connection.close()
            names = ", ".join(f"{kind} {name}" for kind, name in foreign)
            raise InvalidTraceError("index", f"{path}: it holds more than the index ({names})")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def rebuild(self, chains: Iterable[Chain]) -> None:
        """Replace the index by one over these chains, in one transaction.

        Args:
            chains: All chains, such as ``TraceLog.chains()``.
        """
        with self._connection:
            self._connection.execute("DELETE FROM events")
            for chain in chains:
                self._insert(chain)

    def add(self, chain: Chain) -> None:
        """Add a chain, or replace the one with its id.

        Args:
            chain: The chain.
        """
        with self._connection:
            self._connection.execute("DELETE FROM events WHERE chain_id = ?", (chain.id,))
            self._insert(chain)

    def search(self, words: str, *, limit: int = 100) -> tuple[SearchHit, ...]:
        """Return the events that hold all words, best first.

        Words that more than 2,000 events hold are not ranked: the events come as they were stored.

        Args:
            words: Words; each also finds longer words that begin with it. Signs are not operators.
            limit: The largest number of hits.

        Returns:
            The hits.
        """
        terms = " ".join(f'"{word.replace(chr(34), chr(34) * 2)}"*' for word in words.split())
        if not terms:
            return ()
        try:
            rows = self._connection.execute(
                "SELECT chain_id, name, event_id, type, evidence,"  # noqa: S608  # nothing of the words is in it
                " snippet(events, 0, '', '', '…', 16)"
                f" FROM events WHERE events MATCH ? {self._order(_clean(terms))} LIMIT ?",
                (_clean(terms), limit),
            ).fetchall()
        except self._no_words:  # only signs
            return ()
        names = ("chain_id", "name", "event_id", "type", "evidence", "excerpt")
        return tuple(SearchHit(**dict(zip(names, row, strict=True))) for row in rows)

    def _order(self, terms: str) -> str:
        """Return the order of the hits: ranking takes time for each event that holds the words."""
        query = "SELECT count(*) FROM (SELECT 1 FROM events WHERE events MATCH ? LIMIT ?)"
        (found,) = self._connection.execute(query, (terms, _MAX_RANKED + 1)).fetchone()
        return "ORDER BY rank" if found <= _MAX_RANKED else ""

    def _insert(self, chain: Chain) -> None:
        self._connection.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    _clean(
                        "\n".join(
                            filter(None, (event.decision, event.reasoning, *event.alternatives))
                        )
                    ),
                    chain.id,
                    event.id,
                    _clean(chain.name),
                    event.type,
                    event.evidence,
                )
                for event in chain
            ),
        )


def _texts(event: TraceEvent) -> tuple[str, ...]:
    return event.decision, event.reasoning, *event.alternatives


def _clean(text: str) -> str:
    """Return a text that SQLite can hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
