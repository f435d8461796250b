"""Columns that become Arrow arrays without another pass in Python.

They are built from buffers: ``pyarrow.array`` would import pandas on its first call wherever pandas
is installed, in the middle of somebody's measurement.
"""

from array import array
from collections.abc import Iterable
from typing import Any, cast

_NO_INTEGER = -(2**63)
_NO_CODE = -1
_NO_FLOAT = float("nan")


class IntegerColumn:
    """64-bit integers, with one value set aside for unknown."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values = array("q")

    def extend(self, values: Iterable[int | None]) -> None:
        """Add values."""
        self.values.extend([_NO_INTEGER if value is None else value for value in values])

    def to_arrow(self) -> Any:
        """The column as an Arrow array."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        return _with_nulls(_from_buffer(pa.int64(), self.values), _NO_INTEGER, pa.int64())


class FloatColumn:
    """Floating-point numbers; not-a-number stands for unknown."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values = array("d")

    def extend(self, values: Iterable[float | None]) -> None:
        """Add values."""
        self.values.extend([_NO_FLOAT if value is None else value for value in values])

    def to_arrow(self) -> Any:
        """The column as an Arrow array."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        found = _from_buffer(pa.float64(), self.values)
        return pc.if_else(pc.is_nan(found), pa.nulls(1, pa.float64())[0], found)


class _Codes(dict[Any, int]):
    """A number for each text, in the order of their first appearance."""

    def __missing__(self, text: Any) -> int:
        code = self[text] = len(self) - 1
        return code


class TextColumn:
    """Texts that repeat, each kept once."""

    __slots__ = ("_codes", "values")

    def __init__(self) -> None:
        self.values = array("i")
        self._codes = _Codes({None: _NO_CODE})

    def extend(self, values: Iterable[str | None]) -> None:
        """Add values."""
        self.values.extend(map(self._codes.__getitem__, values))

    def to_arrow(self) -> Any:
        """The column as an Arrow dictionary array."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        codes = _with_nulls(_from_buffer(pa.int32(), self.values), _NO_CODE, pa.int32())
        texts = [
            text.encode("utf-8", "backslashreplace") for text in self._codes if text is not None
        ]
        return pa.DictionaryArray.from_arrays(codes, bytes_to_arrow(texts))


def bytes_to_arrow(values: list[bytes]) -> Any:
    """UTF-8 texts as an Arrow array."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    ends = array("i", [0])
    total = 0
    for value in values:
        total += len(value)
        ends.append(total)
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def _with_nulls(found: Any, unknown: int, kind: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    return pc.if_else(pc.equal(found, whole(unknown, kind)), pa.nulls(1, kind)[0], found)


def whole(number: int, kind: Any) -> Any:
    """An Arrow scalar; ``pyarrow.scalar`` would import pandas as well."""
    code = "q" if kind.bit_width == 64 else "i"  # the widths of q and i
    return _from_buffer(kind, array(code, [number]))[0]


def _from_buffer(kind: Any, values: "array[Any]") -> Any:
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values.tobytes())])


def to_list(column: Any) -> list[Any]:
    """The values of an Arrow array, some ten times faster than by ``to_pylist``."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    kind = column.type
    if pa.types.is_dictionary(kind):
        texts = [*column.dictionary.to_pylist(), None]
        return [texts[code] for code in _numbers(column.indices.fill_null(_NO_CODE), "i")]
    if pa.types.is_int64(kind):
        numbers = _numbers(column.fill_null(_NO_INTEGER), "q")
        return [None if n == _NO_INTEGER else n for n in numbers] if column.null_count else numbers
    if pa.types.is_float64(kind):
        found = _numbers(column.fill_null(_NO_FLOAT), "d")
        return [None if x != x else x for x in found] if column.null_count else found  # noqa: PLR0124  # not-a-number
    if pa.types.is_boolean(kind):
        answers = (False, True, None)
        return [answers[n] for n in _numbers(column.cast(pa.int8()).fill_null(2), "b")]
    plain: list[Any] = column.to_pylist()
    return plain


def _numbers(column: Any, code: str) -> list[Any]:
    values = memoryview(column.buffers()[1]).cast("B").cast(cast("Any", code))
    numbers: list[Any] = values[column.offset : column.offset + len(column)].tolist()
    return numbers
