"""Conversion between Arrow batches and records of PostgreSQL, and the hashes of records."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from .._core.chunk import FIELDS, Chunk, StoredChunk, schema
from .._core.columns import to_list

Record = tuple[Any, ...]
_ZERO = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_MARK = "\ufdd0"  # not a character; before 0 it stands for the zero character, before 1 for itself
# jsonb would write 1e16 as the integer 10000000000000000, and -0.0 as 0.0.
_OTHER_DIGITS = re.compile(r"\d[eE]\+?\d|-0\.0")
_TO_CHANGE = rf"{_OTHER_DIGITS.pattern}|\\u0000|{_MARK}"
_WHOLE = 1e15
_decode = msgspec.json.Decoder().decode
_in_order = msgspec.json.Encoder(order="sorted").encode
_pack = msgspec.msgpack.Encoder().encode


def by_source(chunks: Sequence[Chunk | StoredChunk]) -> dict[tuple[str, str], list[Record]]:
    """The records of chunks, for each experiment and source."""
    found: dict[tuple[str, str], list[Record]] = {}
    for chunk in chunks:
        key = (chunk.source.experiment_id, chunk.source.name)
        found.setdefault(key, []).extend(records_of(chunk.table))
    return found


def records_of(batch: Any) -> Iterator[Record]:
    """The records of an Arrow batch."""
    return zip(*(_values(name, batch.column(name)) for name in FIELDS), strict=True)


def _values(name: str, column: Any) -> list[Any]:
    """The values; the zero character, which PostgreSQL cannot hold, is written otherwise."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if name == "attributes":
        return _all_for_jsonb(column)
    if pa.types.is_dictionary(column.type) and "\x00" in "".join(column.dictionary.to_pylist()):
        texts = [text.replace("\x00", "\ufffd") for text in column.dictionary.to_pylist()]
        column = pa.DictionaryArray.from_arrays(column.indices, texts)
    return to_list(column)


def batch_of(records: Sequence[Any]) -> Any:
    """The Arrow batch of records; the attributes are JSON without spaces, as in other stores."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    kinds = schema()
    columns = dict(zip(FIELDS, zip(*map(tuple, records), strict=True), strict=True))
    columns["attributes"] = tuple(
        _with_zero(msgspec.json.format(text, indent=-1)) for text in columns["attributes"]
    )
    plain = {f.name: pa.string() if pa.types.is_dictionary(f.type) else f.type for f in kinds}
    arrays = [
        pa.array(values, plain[name]).cast(kinds.field(name).type)
        for name, values in columns.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=kinds)


def _all_for_jsonb(column: Any) -> list[str]:
    """JSON that jsonb can hold; one look at all of it spares a look at each."""
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    texts: list[str] = to_list(column)
    found: Any = pc.any(pc.match_substring_regex(column, _TO_CHANGE))
    return [_for_jsonb(text) for text in texts] if found.as_py() else texts


def _for_jsonb(text: str) -> str:
    """JSON that jsonb can hold, and that is the same when it comes back."""
    if _MARK in text:
        text = text.replace(_MARK, f"{_MARK}1")
    if "\\u0000" in text:
        text = _ZERO.sub(rf"\1{_MARK}0", text)
    if _OTHER_DIGITS.search(text):
        text = msgspec.json.encode(_with_digits(_decode(text))).decode()
    return text


def _with_digits(value: Any) -> Any:
    """The same value, with large floats written as digits, which stay floats by their point."""
    if isinstance(value, dict):
        return {key: _with_digits(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_digits(each) for each in value]
    if isinstance(value, float) and abs(value) >= _WHOLE:
        digits = f"{Decimal(repr(value)):f}"
        return msgspec.Raw((digits if "." in digits else f"{digits}.0").encode())
    return value or 0.0 if isinstance(value, float) else value


def _with_zero(text: str) -> str:
    if _MARK not in text:
        return text
    return text.replace(f"{_MARK}0", "\\u0000").replace(f"{_MARK}1", _MARK)


def chained(previous: str, record: Record) -> str:
    """The hash of a record and of the hash before it, whatever the form of its JSON."""
    *fields, attributes = record
    packed = _pack((fields, _in_order(_decode(attributes))))
    return sha256(previous.encode() + packed).hexdigest()
