"""Finished requests as Arrow columns, read in blocks: what every metric is computed from."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Literal

from .._core.catalogue import LEVELS, Level, event_info
from .._core.columns import booleans, scalar

# Blocks of a fixed size: sums are equal, to the last digit, for every store and batch size.
BLOCK_ROWS = 65_536
WEIGHT = "weight"


def request_blocks(
    batches: Iterable[Any],
    columns: Iterable[str],
    names: Counter[str],
    *,
    condition: str | None = None,
    settled: Callable[[Level, Any], None] | None = None,
) -> Iterator[tuple[Level, Any]]:
    """The finished requests, block by block and level by level.

    Args:
        batches: The events.
        columns: The wanted columns; ``weight``, one over the probability, is added.
        names: Counts the events of each name.
        condition: Only events of this condition.
        settled: Takes a level and the batch of events with costs of requests that other events
            count, of one block.

    Yields:
        A level and the batch of its requests in one block.
    """
    wanted = list(dict.fromkeys(columns))
    needed = dict.fromkeys([*wanted, "name", "condition", "probability"])
    for block in blocks(batches, list(needed)):
        chosen = block
        if condition is not None:
            chosen = block.filter(
                matching(block.column("condition"), lambda text: text == condition)
            )
        count_names(chosen.column("name"), names)
        yield from requests_in(chosen, wanted)
        if settled is not None:
            for level, costs in _settled_in(chosen, wanted):
                settled(level, costs)


def count_names(column: Any, names: Counter[str]) -> None:
    """Add the number of events of each name."""
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    known = column.dictionary.to_pylist()
    for each in pc.value_counts(column.indices).to_pylist():
        if each["values"] is not None:
            names[known[each["values"]]] += each["counts"]


def requests_in(block: Any, wanted: list[str]) -> Iterator[tuple[Level, Any]]:
    """The finished requests of one block, level by level, with their weight.

    Args:
        block: Events with the wanted columns, ``name`` and ``probability``.
        wanted: Names of columns.
    """
    return _chosen(block, wanted, _counts)


def _settled_in(block: Any, wanted: list[str]) -> Iterator[tuple[Level, Any]]:
    """The costs of one block whose requests other events count, level by level."""
    return _chosen(block, wanted, _settles)


def _chosen(
    block: Any, wanted: list[str], accept: Callable[[str, Level], bool]
) -> Iterator[tuple[Level, Any]]:
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    names = block.column("name")
    known = names.dictionary.to_pylist()
    for level in LEVELS:
        if not any(accept(name, level) for name in known):
            continue
        mask = matching(names, partial(_at, accept, level))
        chosen = block.filter(mask)
        if not chosen.num_rows:
            continue
        weight = pc.divide(scalar(1.0), chosen.column("probability"))
        yield level, chosen.select(wanted).append_column(WEIGHT, weight)


def _counts(name: str, level: Level) -> bool:
    info = event_info(name)
    return info.counts and info.level == level


def _settles(name: str, level: Level) -> bool:
    info = event_info(name)
    return info.settles_cost and info.level == level


def _at(accept: Callable[[str, Level], bool], level: Level, name: str) -> bool:
    return accept(name, level)


def matching(column: Any, accept: Callable[[str], bool]) -> Any:
    """Which rows have an accepted text, null without a text; each distinct text is checked once.

    Args:
        column: A dictionary column of texts.
        accept: The check.
    """
    accepted = [int(each is not None and accept(each)) for each in column.dictionary.to_pylist()]
    return booleans(accepted).take(column.indices)


def blocks(batches: Iterable[Any], columns: list[str]) -> Iterator[Any]:
    """The events in batches of a fixed size, with these columns only."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    waiting: list[Any] = []
    count = 0
    for batch in batches:
        waiting.append(batch.select(columns))
        count += batch.num_rows
        while count >= BLOCK_ROWS:
            whole = _joined(pa.Table.from_batches(waiting))
            for start in range(0, count - BLOCK_ROWS + 1, BLOCK_ROWS):
                yield whole.slice(start, BLOCK_ROWS)
            rest = whole.slice(count - count % BLOCK_ROWS)
            waiting, count = ([rest] if rest.num_rows else []), rest.num_rows
    if count:
        yield _joined(pa.Table.from_batches(waiting))


def _joined(table: Any) -> Any:
    """A table as one batch, its dictionaries unified."""
    return table.unify_dictionaries().combine_chunks().to_batches()[0]


def all_one(weights: Any) -> bool:
    """Whether no request was sampled: all weights are one."""
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    found: Any = pc.min_max(weights).as_py()
    return bool(found["min"] == found["max"] == 1.0)


def numbers_of(column: Any, code: Literal["q", "d"]) -> "memoryview[Any]":
    """A column of numbers without nulls as a sequence, without an object for each.

    Args:
        column: An Arrow array or chunked array.
        code: ``q`` for 64-bit integers, ``d`` for floats.
    """
    if not len(column):
        return memoryview(b"").cast(code)
    if hasattr(column, "combine_chunks"):
        column = column.combine_chunks()
    values = memoryview(column.buffers()[1]).cast("B").cast(code)
    return values[column.offset : column.offset + len(column)]
