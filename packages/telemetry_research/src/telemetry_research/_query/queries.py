"""Queries over the events of an experiment, whatever store they are in."""

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._core.catalogue import LEVELS, Level
from .._core.chunk import schema
from .._core.columns import to_list
from .._core.deprecated import renamed_arguments
from .._core.errors import MissingExtraError, require_choice
from .._core.event import Event, attributes_of, event_from
from .._core.renamed import durations_in_ms
from .._export.export import Format, export
from .._export.lines import objects_of, with_span_texts
from .._export.redact import Anonymize
from .._export.transform import Transformer
from .._metrics.measure import measure
from .._metrics.metrics import Calculator, Metrics
from .._metrics.windows import WindowMetrics, measure_windows
from .filter import Filter
from .window import Window

if TYPE_CHECKING:
    from pandas import DataFrame
    from pyarrow import RecordBatch, Table


class Queries:
    """Queries over anything that gives its events in batches.

    Attributes:
        id: The id of the experiment.
        name: Its name.
    """

    id: str
    name: str

    def batches(self) -> "Iterator[RecordBatch]":
        """All events as ``pyarrow.RecordBatch``, oldest first."""
        raise NotImplementedError

    def named(self, pattern: str) -> "Iterator[RecordBatch]":
        """The events with a name, and possibly others: a store may select them.

        Args:
            pattern: A name, or a pattern with ``*``.
        """
        del pattern  # nothing selects
        return self.batches()

    def counters(self) -> dict[str, int]:
        """The number of events that were not stored, by reason."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Event]:
        for batch in self.batches():
            yield from events_of(batch)

    def events(
        self,
        name: str = "*",
        *,
        success: bool | None = None,
        condition: str | None = None,
        since_us: int | None = None,
        until_us: int | None = None,
        window: Window | None = None,
        where: Callable[[Event], bool] | None = None,
        **fields: object,
    ) -> list[Event]:
        """The captured events that match all filters.

        Args:
            name: A name, or a pattern with ``*``.
            success: Only successes (True) or only failures (False).
            condition: Only events of this condition.
            since_us: Not before this time, in microseconds since the epoch.
            until_us: Not after this time.
            window: A window over the events that match; applied last.
            where: A function that returns True for the events to keep.
            fields: Any field of an event, or any attribute, and its required value.

        Returns:
            The events, oldest first.

        Warns:
            UserWarning: No event has this attribute, and a field of events has almost this name.

        Example:
            >>> with recording("search") as experiment:
            ...     record("a.stop", {"duration_ns": 1}, {"user": "u1"})
            >>> len(experiment.events("a.*", user="u1"))
            1
        """
        fields = {key: _as_stored(key, value) for key, value in fields.items()}
        chosen = Filter(
            name=name,
            success=success,
            condition=condition,
            since_us=since_us,
            until_us=until_us,
            fields=fields,
        )
        found = [
            event
            for batch in self.named(name)
            for event in events_of(chosen.of(batch))
            if all(_value(event, key) == value for key, value in fields.items())
            and (where is None or where(event))
        ]
        if fields and not found:
            self._warn_of_misspelt(fields)
        return found if window is None else window.of(found)

    def _warn_of_misspelt(self, fields: Mapping[str, object]) -> None:
        from difflib import get_close_matches  # noqa: PLC0415  # only a search without results

        for key in sorted(fields.keys() - _FIELDS):
            nearest = get_close_matches(key, _FIELDS, n=1, cutoff=0.8)
            if nearest and not any(key in event.attributes for event in self):
                text = f"events: no event has the attribute {key!r}; did you mean {nearest[0]!r}?"
                warnings.warn(text, UserWarning, stacklevel=3)

    def table(self) -> "Table":
        """All events as a ``pyarrow.Table``; the column ``attributes`` holds JSON."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        table = pa.Table.from_batches(list(self.batches()), schema=schema())
        return table.unify_dictionaries()

    def rows(self) -> list[dict[str, object]]:
        """All events as plain values."""
        return [event.to_dict() for event in self]

    def frame(self) -> "DataFrame":
        """All events as a ``pandas.DataFrame`` (extra ``pandas``); the attributes are dicts.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415, F401  # an optional dependency
        except ImportError:
            raise MissingExtraError("pandas", "pandas") from None
        table: Any = self.table()
        attributes: list[dict[str, Any]] = []
        for texts in table["attributes"].chunks:  # in pieces, of which each takes little memory
            attributes += objects_of(texts.to_pylist())
        table = with_span_texts(table.drop_columns(["attributes"]))
        frame: Any = table.to_pandas(split_blocks=True)
        frame["attributes"] = attributes
        frame["latency_ms"] = frame["duration_ns"] / 1e6
        return frame

    def sql(self, query: str) -> "Table":
        """Run a SQL query over the events (extra ``duckdb``), which are the table ``events``.

        Args:
            query: Such as ``SELECT model, avg(duration_ns) FROM events GROUP BY model``. An
                attribute is ``attributes->>'$.key'``.

        Returns:
            The result as a ``pyarrow.Table``.

        Raises:
            MissingExtraError: duckdb is not installed.
        """
        try:
            import duckdb  # noqa: PLC0415  # an optional dependency
        except ImportError:
            raise MissingExtraError("duckdb", "duckdb") from None
        with duckdb.connect() as connection:
            connection.register("events", self.table())
            table: Table = connection.sql(query).to_arrow_table()
            return table

    def metrics(
        self,
        *,
        condition: str | None = None,
        custom: Sequence[Calculator] = (),
        level: float = 0.95,
    ) -> Metrics:
        """Latency, cost and reliability, one level of events at a time.

        Args:
            condition: Only the events of this condition.
            custom: Metrics of your own: objects with a ``name`` and ``calculate(events)``.
            level: The confidence level of the intervals.

        Returns:
            The metrics of each level that has finished requests.

        Raises:
            ValueError: The level is not in (0, 1).

        Example:
            >>> with recording("pilot") as experiment:
            ...     record("a.stop", {"duration_ns": 2_000_000})
            >>> experiment.metrics().level("custom").latency_ms["mean"]
            2.0
        """
        return measure(
            self.batches,
            events=lambda: self,
            condition=condition,
            custom=custom,
            counters=self.counters(),
            confidence=level,
        )

    @renamed_arguments(level="event_level")
    @durations_in_ms(("size_us", "step_us"), size_us="size_ms", step_us="step_ms")
    def windowed_metrics(
        self, *, size_ms: float, step_ms: float | None = None, event_level: Level | None = None
    ) -> list[WindowMetrics]:
        """Metrics of one level over time, in windows that include their start and not their end.

        Args:
            size_ms: The length of a window in milliseconds.
            step_ms: From the start of one window to the next; None is ``size_ms``.
            event_level: The level of the requests; None is the outermost that has any.

        Returns:
            The windows that have a request, by time. The last may be cut short.

        Raises:
            ValueError: A duration is not positive, or the level does not exist.
        """
        require_choice("event_level", event_level, LEVELS)
        return measure_windows(self.batches(), size_ms, step_ms or size_ms, event_level)

    def export(
        self,
        path: str | os.PathLike[str],
        format: Format | None = None,
        *,
        columns: Sequence[str] | None = None,
        transform: Sequence[Transformer] = (),
        anonymize: Anonymize | None = None,
        partition: bool = False,
    ) -> Path:
        """Write all events to a file, a batch at a time.

        Args:
            path: The file; an existing one is replaced.
            format: ``csv``, ``jsonl`` or ``parquet``; None is the ending of the path.
            columns: Only these, in this order; ``attributes.key`` is one attribute, and
                ``event_id``, ``level`` and ``latency_ms`` are those of an event.
            transform: Functions from a row (a dict) to a row, or to None to omit it.
            anonymize: What to hash or drop.
            partition: Parquet only: write a folder with one folder for each experiment.

        Returns:
            The path that was written.

        Raises:
            UnknownExportFormatError: The format is none of the three, or has no partitions.
            NoDataError: There are no events.
            ValueError: ``columns`` or ``anonymize`` names a field that no event has.
        """
        return export(
            Path(path),
            self.batches,
            format=format,
            columns=columns,
            transform=transform,
            anonymize=anonymize,
            partition=partition,
        )


def events_of(batch: Any) -> Iterator[Event]:
    """The events of one Arrow batch or table."""
    columns = {name: to_list(batch.column(name)) for name in batch.schema.names}
    for index in range(batch.num_rows):
        values = {name: column[index] for name, column in columns.items()}
        yield event_from(values, attributes_of(values["attributes"]))


def _as_stored(key: str, value: object) -> object:
    """The value of a field as ``scope`` stores it: an item is a text, also when its id is 5."""
    return str(value) if key == "item_id" and value is not None else value


def _value(event: Event, key: str) -> object:
    return getattr(event, key) if key in _FIELDS else event.attributes.get(key)


_FIELDS = frozenset(Event.__slots__) | {"level", "latency_ms"}
