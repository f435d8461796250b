"""``responses.parquet``: every call to a model of a run, with its prompt and answer.

Texts are dictionary-encoded: one that comes again costs a number.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from .._core.errors import OutputError, RunNotFoundError
from .._core.files import is_there, replacing
from .._core.text import error_text
from .._outcome.responses import FIELDS, ResponseRecord
from .._rows.parquet_files import parquet_rows
from .folder import find_run
from .tables import arrow_array

RESPONSES = "responses.parquet"
_GROUP_ROWS = 20_000
# Room for the texts of a group of rows; Parquet writes a text in full once it is used up.
_DICTIONARY_BYTES = 64 * 2**20


def read_responses(
    run: str | Path, *, output_dir: str | Path = "results"
) -> tuple[ResponseRecord, ...]:
    """The calls to models of a finished run, so that votes can be audited and counted again.

    Args:
        run: The run's id, or the path of its folder.
        output_dir: The folder of all runs, for ids.

    Returns:
        The calls in the order of the plan, and within a row in the order of its members.

    Raises:
        RunNotFoundError: There is no such run, or it is not finished, or it is of a version before
            0.2, which kept no responses.

    Example:
        A vote counted again, without the member ``c``::

            votes = Counter(
                each.vote
                for each in read_responses("vote_or_not")
                if each.item_id == "arithmetic_7" and each.model != "c"
            )
    """
    path = find_run(run, Path(output_dir)).file(RESPONSES)
    if not is_there(path):
        raise RunNotFoundError(path)
    return tuple(read_response_file(path))


def read_response_file(path: Path) -> Iterator[ResponseRecord]:
    """The calls in a file, group by group.

    Raises:
        OutputError: It is damaged, or no table of calls.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows = parquet_rows(path, at_once=_GROUP_ROWS)
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(rows):
                yield from (ResponseRecord(**row) for row in batch.to_pylist())
    except OutputError:
        raise
    except (pa.ArrowException, OSError, TypeError, ValueError) as error:
        reason = f"it has no calls to models ({error_text(error)})"
        raise OutputError(path, reason, reading=True) from error


def write_responses(path: Path, records: Iterable[ResponseRecord]) -> None:
    """Write the calls of a run.

    Args:
        path: The file.
        records: The calls in their order; they are not held in memory all at once.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    with (
        replacing(path) as temporary,
        pq.ParquetWriter(
            temporary,
            schema,
            compression="zstd",
            use_dictionary=True,
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
        ) as writer,
    ):
        for group in _groups(records):
            columns = [[getattr(each, name) for each in group] for name in FIELDS]
            arrays = [
                arrow_array(column, field.type)
                for column, field in zip(columns, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _groups(records: Iterable[ResponseRecord]) -> Iterator[list[ResponseRecord]]:
    iterator = iter(records)
    while group := list(islice(iterator, _GROUP_ROWS)):
        yield group


def _schema() -> Any:
    import pyarrow as pa

    integers = ("index", "repeat", "call", "sample", "input_tokens", "output_tokens", "attempts")
    floats = ("cost_usd", "confidence", "temperature", "started_ms", "latency_ms", "duration_ms")
    types: dict[str, pa.DataType] = {
        **dict.fromkeys((*integers, "max_tokens", "seed"), pa.int64()),
        **dict.fromkeys((*floats, "time_to_first_token_ms"), pa.float64()),
        "cached": pa.bool_(),
    }
    return pa.schema([(name, types.get(name, pa.string())) for name in FIELDS])
