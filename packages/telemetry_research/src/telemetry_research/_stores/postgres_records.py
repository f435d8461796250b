"""The tables of the PostgreSQL store, and conversion between Arrow batches and records."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from .._core.chunk import FIELDS, Chunk, StoredChunk, schema
from .._core.columns import to_list

Record = tuple[Any, ...]
MIGRATIONS = (
    """
    CREATE TABLE crucible_experiments (
        experiment_id text PRIMARY KEY, description json NOT NULL);
    CREATE TABLE crucible_sources (
        experiment_id text NOT NULL, source text NOT NULL, next bigint NOT NULL,
        hash text NOT NULL, PRIMARY KEY (experiment_id, source));
    CREATE TABLE crucible_events (
        experiment_id text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL,
        host text, pid bigint, name text NOT NULL, timestamp_us bigint NOT NULL,
        monotonic_ns bigint NOT NULL, condition text, item_id text, repeat bigint, thread text,
        task text, span_id bigint, parent_id bigint, duration_ns bigint, cost_usd double precision,
        input_tokens bigint, output_tokens bigint, success boolean, model text, error_type text,
        probability double precision NOT NULL, attributes text NOT NULL,
        PRIMARY KEY (experiment_id, source, sequence));
    """,
    "CREATE INDEX crucible_events_by_time ON crucible_events (experiment_id, timestamp_us);",
)


def by_source(chunks: Sequence[Chunk | StoredChunk]) -> dict[tuple[str, str], list[Record]]:
    found: dict[tuple[str, str], list[Record]] = {}
    for chunk in chunks:
        key = (chunk.source.experiment_id, chunk.source.name)
        found.setdefault(key, []).extend(records_of(chunk.table))
    return found


def records_of(batch: Any) -> Iterator[Record]:
    return zip(*(_values(batch.column(name)) for name in FIELDS), strict=True)


def _values(column: Any) -> list[Any]:
    """The values; the zero character, which a PostgreSQL text cannot hold, is replaced."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if pa.types.is_dictionary(column.type) and "\x00" in "".join(column.dictionary.to_pylist()):
        texts = [text.replace("\x00", "\ufffd") for text in column.dictionary.to_pylist()]
        column = pa.DictionaryArray.from_arrays(column.indices, texts)
    return to_list(column)


def batch_of(records: Sequence[Any]) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    kinds = schema()
    columns = zip(*(tuple(record) for record in records), strict=True)
    plain = {f.name: pa.string() if pa.types.is_dictionary(f.type) else f.type for f in kinds}
    arrays = [
        pa.array(values, plain[name]).cast(kinds.field(name).type)
        for name, values in zip(FIELDS, columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=kinds)


def chained(previous: str, record: Record) -> str:
    return sha256(previous.encode() + msgspec.msgpack.encode(record)).hexdigest()
