"""Python values as Arrow columns, and back.

Columns are built from buffers: the first call of ``pyarrow.array`` imports pandas where pandas is
installed, which would delay the measured program.
"""

from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, cast

_NO_INTEGER = -(2**63)
_NO_CODE = -1
_NO_FLOAT = float("nan")


def integers(values: Sequence[int | None]) -> Any:
    """64-bit integers as an Arrow array."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    unknown = values.count(None)
    if unknown == len(values):
        return pa.nulls(unknown, pa.int64())
    if not unknown:
        return _from_buffer(pa.int64(), array("q", cast("Sequence[int]", values)))
    known = [_NO_INTEGER if value is None else value for value in values]
    return _with_nulls(_from_buffer(pa.int64(), array("q", known)), _NO_INTEGER, pa.int64())


def floats(values: Sequence[float | None]) -> Any:
    """Floating-point numbers as an Arrow array; not-a-number becomes null."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    if values.count(None) == len(values):
        return pa.nulls(len(values), pa.float64())
    known = [_NO_FLOAT if value is None else value for value in values]
    found = _from_buffer(pa.float64(), array("d", known))
    return pc.if_else(pc.is_nan(found), pa.nulls(1, pa.float64())[0], found)


def booleans(values: Sequence[int | None]) -> Any:
    """0 and 1 as an Arrow array of truth values."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    return pc.equal(integers(values), integer_scalar(1, pa.int64()))


class _Codes(dict[Any, int]):
    """A number for each text, in the order of their first appearance."""

    def __missing__(self, text: Any) -> int:
        code = self[text] = len(self) - 1
        return code


def texts(values: Sequence[str | None]) -> Any:
    """Texts as an Arrow dictionary array, each distinct text stored once."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if values and values.count(values[0]) == len(values):
        return same_text(values[0], len(values))
    numbers = _Codes({None: _NO_CODE})
    codes = _from_buffer(pa.int32(), array("i", map(numbers.__getitem__, values)))
    if None in values:
        codes = _with_nulls(codes, _NO_CODE, pa.int32())
    distinct = [text.encode("utf-8", "backslashreplace") for text in numbers if text is not None]
    return pa.DictionaryArray.from_arrays(codes, bytes_to_arrow(distinct))


def same_text(text: str | None, count: int) -> Any:
    """One text so many times, as an Arrow dictionary array.

    Args:
        text: The text; None for none.
        count: How often, at least once.
    """
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if text is None:
        return pa.DictionaryArray.from_arrays(pa.nulls(count, pa.int32()), bytes_to_arrow([]))
    codes = _from_buffer(pa.int32(), array("i", bytes(array("i").itemsize * count)))
    known = bytes_to_arrow([text.encode("utf-8", "backslashreplace")])
    return pa.DictionaryArray.from_arrays(codes, known)


def bytes_to_arrow(values: Sequence[bytes]) -> Any:
    """UTF-8 texts as an Arrow array."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    ends = array("i", accumulate(map(len, values), initial=0))
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def _with_nulls(found: Any, unknown: int, kind: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    known = pc.not_equal(found, integer_scalar(unknown, kind))
    # Arrow maps the codes of two dictionaries onto each other without a look at what is null, so
    # that a slot without a value must hold a code that exists.
    filled = pc.if_else(known, found, integer_scalar(0, kind))
    return pa.Array.from_buffers(kind, len(found), [known.buffers()[1], filled.buffers()[1]])


def with_codes_that_exist(batch: Any) -> Any:
    """A batch whose dictionary columns have a valid code in slots without a value too.

    Files of others may hold anything there, and Arrow reads it when it unifies dictionaries.
    """
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    columns = []
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and column.null_count:
            kind = column.type.index_type
            zero = _from_buffer(pa.int32(), array("i", [0])).cast(kind)[0]
            known = pc.invert(column.is_null())  # of its own, also where the column is a slice
            filled = pc.if_else(known, column.indices, zero)
            buffers = [known.buffers()[1], filled.buffers()[1]]
            codes = pa.Array.from_buffers(kind, len(column), buffers)
            column = pa.DictionaryArray.from_arrays(codes, column.dictionary)  # noqa: PLW2901
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def integer_scalar(number: int, kind: Any) -> Any:
    """An Arrow scalar; ``pyarrow.scalar`` would import pandas as well."""
    code = "q" if kind.bit_width == 64 else "i"  # the widths of q and i
    return _from_buffer(kind, array(code, [number]))[0]


def scalar(number: float | bool) -> Any:
    """A float or a truth value as an Arrow scalar; ``pyarrow.scalar`` would import pandas."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if isinstance(number, bool):
        return booleans([int(number)])[0]
    return _from_buffer(pa.float64(), array("d", [number]))[0]


def _from_buffer(kind: Any, values: "array[Any]") -> Any:
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values.tobytes())])


def outcome_codes(column: Any) -> Any:
    """Truth values as numbers: 0, 1, and 2 for an unknown one."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    return column.cast(pa.int64()).fill_null(integer_scalar(2, pa.int64()))


def text_codes(column: Any) -> Any:
    """The position of each text in its dictionary, plus one; 0 without a text."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    codes = column.indices.fill_null(integer_scalar(_NO_CODE, pa.int32())).cast(pa.int64())
    return pc.add(codes, integer_scalar(1, pa.int64()))


def to_list(column: Any) -> list[Any]:
    """The values of an Arrow array, without a scalar object for each as ``to_pylist`` makes."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    kind = column.type
    if pa.types.is_dictionary(kind):
        known = [*column.dictionary.to_pylist(), None]
        codes = column.indices.fill_null(integer_scalar(_NO_CODE, pa.int32()))
        return [known[code] for code in _numbers(codes, "i")]
    if pa.types.is_int64(kind):
        numbers = _numbers(column.fill_null(integer_scalar(_NO_INTEGER, pa.int64())), "q")
        return [None if n == _NO_INTEGER else n for n in numbers] if column.null_count else numbers
    if pa.types.is_float64(kind):
        found = _numbers(column.fill_null(scalar(_NO_FLOAT)), "d")
        return [None if x != x else x for x in found] if column.null_count else found  # noqa: PLR0124  # not-a-number
    if pa.types.is_boolean(kind):
        answers = (False, True, None)
        return [answers[code] for code in _numbers(outcome_codes(column), "q")]
    plain: list[Any] = column.to_pylist()
    return plain


def _numbers(column: Any, code: str) -> list[Any]:
    values = memoryview(column.buffers()[1]).cast("B").cast(cast("Any", code))
    numbers: list[Any] = values[column.offset : column.offset + len(column)].tolist()
    return numbers
