"""Columns that become Arrow arrays without another pass in Python.

They are built from buffers: ``pyarrow.array`` would import pandas on its first call wherever pandas
is installed, in the middle of somebody's measurement.
"""

from array import array
from collections.abc import Iterable
from typing import Any

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
        return pc.if_else(pc.is_nan(found), pa.scalar(None, pa.float64()), found)


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

    return pc.if_else(pc.equal(found, pa.scalar(unknown, kind)), pa.scalar(None, kind), found)


def _from_buffer(kind: Any, values: "array[Any]") -> Any:
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values.tobytes())])
