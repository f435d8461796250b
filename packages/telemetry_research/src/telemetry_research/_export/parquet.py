"""Events as Parquet files, in one file or partitioned by experiment."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from .._core.columns import with_codes_that_exist
from .lines import spans_as_text
from .replacing import replacing
from .transform import with_columns

_MAX_NAME = 200
# So many batches are joined at a time.
_MOST_WAITING = 128


def write_parquet(path: Path, batches: Iterable[Any]) -> None:
    """Write delta-coded integers, split floats and dictionary-coded texts, compressed with zstd."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it
    import pyarrow.parquet as pq  # noqa: PLC0415  # same

    writer: Any = None
    try:
        for batch in _large_tables(batches):
            if writer is None:
                integers = [f.name for f in batch.schema if pa.types.is_integer(f.type)]
                floats = [f.name for f in batch.schema if pa.types.is_floating(f.type)]
                texts = [f.name for f in batch.schema if f.name not in {*integers, *floats}]
                encodings = dict.fromkeys(integers, "DELTA_BINARY_PACKED")
                encodings |= dict.fromkeys(floats, "BYTE_STREAM_SPLIT")
                dictionaries = [each for each in texts if each != "attributes"]
                encodings |= {
                    each: "DELTA_LENGTH_BYTE_ARRAY" for each in texts if each == "attributes"
                }
                writer = pq.ParquetWriter(
                    path,
                    batch.schema,
                    compression="zstd",
                    write_statistics=[f.name for f in batch.schema if f.name != "attributes"],
                    use_dictionary=cast("Any", dictionaries),  # the stubs know only the flag
                    column_encoding=encodings,
                )
            writer.write_table(batch.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()


def write_partitions(
    path: Path, batches: Callable[[], Iterator[Any]], columns: Sequence[str] | None
) -> None:
    """Write one file for each experiment; what else is in the folder stays."""
    import pyarrow.compute as pc  # noqa: PLC0415  # only an export needs it

    ids = dict.fromkeys(
        each for batch in batches() for each in batch.column("experiment_id").unique().to_pylist()
    )
    for number, name in zip(ids, _names(list(map(str, ids))), strict=True):
        folder = _partition(path, name)
        own = (
            with_columns(
                batch.filter(pc.equal(batch.column("experiment_id").cast("string"), number)),
                columns,
            )
            for batch in batches()
        )
        with replacing(folder / "events.parquet") as temporary:
            write_parquet(temporary, (spans_as_text(batch) for batch in own if batch.num_rows))


def _names(ids: Sequence[str]) -> list[str]:
    """A name for each id, which no system takes for that of another one.

    An id that is cut, or differs from another one in upper and lower case alone, has a part of its
    hash.
    """
    plain = [re.sub(r"\.$", "%2E", quote(each, safe="")) for each in ids]
    folded = Counter(each.casefold() for each in plain)
    return [
        each
        if len(each) <= _MAX_NAME and folded[each.casefold()] == 1
        else f"{each[:_MAX_NAME]}-{sha256(number.encode()).hexdigest()[:16]}"
        for number, each in zip(ids, plain, strict=True)
    ]


def _partition(path: Path, name: str) -> Path:
    """The folder of one experiment, inside of the folder of the export and nowhere else.

    Raises:
        ValueError: A link leads out of the folder.
    """
    folder = path / f"experiment_id={name}"
    folder.mkdir(parents=True, exist_ok=True)
    if not folder.resolve().is_relative_to(path.resolve()):
        raise ValueError(f"{folder} leads out of {path}; remove the link, or export elsewhere")
    return folder


def _large_tables(batches: Iterable[Any], rows: int = 65_536) -> Iterator[Any]:
    """Batches as tables of at least 65,536 rows, which compress better than small ones."""
    parts: list[Any] = []
    waiting: list[Any] = []
    count = 0
    for batch in batches:
        waiting.append(with_codes_that_exist(batch))
        count += batch.num_rows
        if len(waiting) >= _MOST_WAITING:
            parts.append(_joined(waiting))
            waiting = []
        if count >= rows:
            yield _together([*parts, *([_joined(waiting)] if waiting else [])])
            parts, waiting, count = [], [], 0
    if parts or waiting:
        yield _together([*parts, *([_joined(waiting)] if waiting else [])])


def _joined(batches: list[Any]) -> Any:
    """Small batches as one table; each column of a batch takes more memory than its values."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    return pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()


def _together(tables: list[Any]) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    return pa.concat_tables(tables).unify_dictionaries()
