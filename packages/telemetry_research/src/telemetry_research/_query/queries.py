"""Looking at the events of an experiment, whatever store they are in."""

import os
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from .._core.chunk import schema
from .._core.columns import to_list
from .._core.errors import MissingExtraError
from .._core.event import Event, event_from
from .._export.export import export
from .._export.redact import Anonymize
from .._export.transform import Transformer
from .._metrics.measure import measure
from .._metrics.metrics import Calculator, Metrics
from .._metrics.windows import WindowMetrics, measure_windows
from .window import Window

_decode = msgspec.json.Decoder().decode


class Queries:
    """What can be asked of anything that gives its events in batches."""

    id: str
    name: str

    def batches(self) -> Iterator[Any]:
        """All events as ``pyarrow.RecordBatch``, oldest first."""
        raise NotImplementedError

    def counters(self) -> dict[str, int]:
        """What was not stored, by reason."""
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
        **fields: Any,
    ) -> list[Event]:
        """The captured events that fit.

        Args:
            name: A name, or a pattern with ``*``.
            success: Only successes, or only failures.
            condition: Only those of one condition.
            since_us: Not before this time, in microseconds since the epoch.
            until_us: Not after this time.
            window: The last so many, or a stretch of time; applied last.
            where: Any further test.
            fields: Any field of an event, or any attribute, and the value it must have.
        """
        found = [
            event
            for event in self
            if fnmatchcase(event.name, name)
            and (success is None or event.success is success)
            and (condition is None or event.condition == condition)
            and (since_us is None or event.timestamp_us >= since_us)
            and (until_us is None or event.timestamp_us <= until_us)
            and all(_value(event, key) == value for key, value in fields.items())
            and (where is None or where(event))
        ]
        return found if window is None else window.of(found)

    def table(self) -> Any:
        """All events as a ``pyarrow.Table``; the attributes are JSON in a column of their own."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        found = pa.Table.from_batches(list(self.batches()), schema=schema())
        return found.unify_dictionaries()

    def rows(self) -> list[dict[str, Any]]:
        """All events as plain values."""
        return [event.to_dict() for event in self]

    def frame(self) -> Any:
        """All events as a ``pandas.DataFrame`` (extra ``pandas``); the attributes are dicts.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415, F401  # an optional dependency
        except ImportError:
            raise MissingExtraError("pandas", "pandas") from None
        frame = self.table().to_pandas()
        frame["attributes"] = [_decode(text) for text in frame["attributes"]]
        return frame.assign(latency_ms=frame["duration_ns"] / 1e6)

    def sql(self, query: str) -> Any:
        """Ask in SQL (extra ``duckdb``); the events are the table ``events``.

        Args:
            query: Such as ``SELECT model, avg(duration_ns) FROM events GROUP BY model``; attributes
                are reached with ``attributes->>'$.key'``.

        Returns:
            A ``pyarrow.Table``.

        Raises:
            MissingExtraError: duckdb is not installed.
        """
        try:
            import duckdb  # noqa: PLC0415  # an optional dependency
        except ImportError:
            raise MissingExtraError("duckdb", "duckdb") from None
        with duckdb.connect() as connection:
            connection.register("events", self.table())
            return connection.sql(query).to_arrow_table()

    def metrics(
        self, *, condition: str | None = None, custom: Sequence[Calculator] = ()
    ) -> Metrics:
        """Latency, cost and reliability, one level of events at a time.

        Args:
            condition: Only the events of one condition.
            custom: Numbers of your own: objects with a ``name`` and ``calculate(events)``.
        """
        return measure(self, condition=condition, custom=custom, counters=self.counters())

    def windowed_metrics(
        self, size_us: int, step_us: int | None = None, *, level: str | None = None
    ) -> list[WindowMetrics]:
        """Metrics of one level over time, in windows that include their start and not their end.

        Args:
            size_us: How long a window is.
            step_us: From the start of one to the next; ``size_us`` when left out.
            level: Which requests; the outermost level that has any when left out.
        """
        return measure_windows(self, size_us, step_us or size_us, level)

    def export(
        self,
        path: str | os.PathLike[str],
        format: str | None = None,
        *,
        columns: Sequence[str] | None = None,
        transform: Sequence[Transformer] = (),
        anonymize: Anonymize | None = None,
        partition: bool = False,
    ) -> Path:
        """Write all events to a file, a batch at a time.

        Args:
            path: The file; replaced when there.
            format: ``csv``, ``jsonl`` or ``parquet``; the ending of the path when left out.
            columns: Only these, in this order; ``attributes.key`` names one attribute.
            transform: Functions from a row (a dict) to a row, or None to leave it out.
            anonymize: What to hash or drop.
            partition: Parquet only: a folder with one folder per experiment.

        Raises:
            UnsupportedFormatError: The format is none of these.
            NoDataError: There are no events.
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
        yield event_from(values, _decode(values["attributes"]))


def _value(event: Event, key: str) -> Any:
    return getattr(event, key) if key in _FIELDS else event.attributes.get(key)


_FIELDS = frozenset(Event.__slots__) | {"level", "latency_ms"}
