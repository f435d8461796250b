"""Anonymisation of Arrow batches: each distinct value of a column is looked at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from .._core.columns import to_list
from .._core.event import attributes_of
from .redact import Anonymize

_encode = msgspec.json.Encoder().encode


def anonymized(batch: Any, hide: Anonymize) -> Any:
    """The batch as ``hide`` gives its rows; its columns have the same types in every batch.

    Args:
        batch: An Arrow batch of events.
        hide: What to hide.
    """
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    found: dict[str, Any] = {}
    for name in batch.schema.names:
        column = batch.column(name)
        if name == "attributes":
            found[name] = _mapped(
                column, lambda text: _encode(hide.fields(attributes_of(text))).decode()
            )
        elif hide.drops(name):
            continue
        elif hide.hashes(name):
            found[name] = _mapped(column, hide.digest)
        elif pa.types.is_dictionary(column.type) or pa.types.is_string(column.type):
            found[name] = _mapped(column, partial(hide.column, name))
        else:
            found[name] = column
    return pa.RecordBatch.from_arrays(list(found.values()), names=list(found))


def _mapped(column: Any, change: Callable[[Any], str]) -> Any:
    """A column of texts, made of the distinct values of another."""
    import pyarrow as pa  # noqa: PLC0415  # only an export needs it

    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    distinct = [None if each is None else change(each) for each in to_list(coded.dictionary)]
    return pa.array(distinct, pa.string()).take(coded.indices)
