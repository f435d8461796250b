"""A full-text index over stored chains, which can always be built again from them."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from .._core.errors import InvalidTraceError
from .._core.json_values import Value
from .._model.chain import Chain
from .._model.event import TraceEvent

_MAX_RANKED = 2000
_TABLE = """
CREATE VIRTUAL TABLE IF NOT EXISTS events USING fts5(
  body, chain_id UNINDEXED, event_id UNINDEXED, name UNINDEXED, type UNINDEXED,
  evidence UNINDEXED, %stokenize = 'unicode61 remove_diacritics 2'
);
"""
_BEFORE = _TABLE % ""
# A short beginning of a word fits thousands of words. Without lists of its own for them, a search
# for one takes hundreds of milliseconds over 50,000 events.
_SCHEMA = _TABLE % "prefix = '1 2 3', "
_PARTS = "SELECT type, name, sql FROM sqlite_master"


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
            if Path(path).is_symlink():
                reason = f"{path}: it is a symbolic link; give the file that it names"
                raise InvalidTraceError("index", reason)
            for beside in (path, *(f"{path}-{each}" for each in ("journal", "wal", "shm"))):
                # SQLite would wait for the writer of a pipe.
                if Path(beside).exists() and not Path(beside).is_file():
                    raise InvalidTraceError("index", f"{beside}: it is not a plain file")
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._problems = (sqlite3.Error, UnicodeDecodeError)
        try:
            self._connection = sqlite3.connect(path)
        except sqlite3.OperationalError as error:
            reason = f"{path}: {error}; let this user write the file and its folder"
            raise InvalidTraceError("index", reason) from error
        self._closed = sqlite3.ProgrammingError
        try:
            with self._own_errors():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        """Make the table. What others wrote into the schema is not run, and not accepted."""
        self._connection.execute("PRAGMA trusted_schema = OFF")
        found = set(self._connection.execute(_PARTS))
        self._connection.executescript(_SCHEMA)
        known = _expected(_SCHEMA)
        self._outdated = bool(found) and found <= _expected(_BEFORE) and not found <= known
        foreign = found - set(self._connection.execute(_PARTS))
        if not foreign and not self._outdated:
            foreign = found - known
        if foreign:
            names = ", ".join(sorted(f"{kind} {name}" for kind, name, _ in foreign))
            raise InvalidTraceError(
                "index", f"{self._path}: it holds more than the index ({names})"
            )

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        """Turn the errors of SQLite into ours; the file may be damaged, or from others."""
        try:
            yield
        except self._closed:
            raise
        except self._problems as error:
            advice = (
                "remove the file and rebuild the index; full-text search needs SQLite with FTS5"
            )
            raise InvalidTraceError("index", f"{self._path}: {error}; {advice}") from error

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

        An index of an earlier version, which is slow for short words, becomes one of this version.

        Args:
            chains: All chains, such as ``TraceLog.chains()``.
        """
        with self._own_errors(), self._connection:
            self._connection.execute("DELETE FROM events")
            if self._outdated:
                self._connection.execute("DROP TABLE events")
                self._connection.execute(_SCHEMA)
            for chain in chains:
                self._insert(chain)
        self._outdated = False

    def add(self, chain: Chain) -> None:
        """Add a chain, or replace the one with its id.

        Args:
            chain: The chain.
        """
        with self._own_errors(), self._connection:
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
        with self._own_errors():
            rows = self._connection.execute(
                "SELECT chain_id, name, event_id, type, evidence,"  # noqa: S608  # nothing of the words is in it
                " snippet(events, 0, '', '', '…', 16)"
                f" FROM events WHERE events MATCH ? {self._order(_clean(terms))} LIMIT ?",
                (_clean(terms), limit),
            ).fetchall()
        names = ("chain_id", "name", "event_id", "type", "evidence", "excerpt")
        return tuple(
            SearchHit(**{name: _text(each) for name, each in zip(names, row, strict=True)})
            for row in rows
        )

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


def _expected(schema: str) -> set[tuple[str, str, str | None]]:
    """The parts that an index of a schema has in this version of SQLite."""
    import sqlite3  # noqa: PLC0415  # slow to import

    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(schema)
        return set(made.execute(_PARTS))


def _text(value: object) -> str:
    """A text of the file; another type, which others may have written, is shown as text."""
    return value if isinstance(value, str) else str(value)


def _texts(event: TraceEvent) -> tuple[str, ...]:
    return event.decision, event.reasoning, *event.alternatives


def _clean(text: str) -> str:
    """Return a text that SQLite can hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
