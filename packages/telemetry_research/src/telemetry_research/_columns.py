"""Columns in memory: numbers in arrays, repeated texts as codes, the rest as one block of bytes.

An event takes about 150 bytes instead of the 800 of a dict, and becomes an Arrow table without
another pass in Python. The columns are built from buffers: ``pyarrow.array`` would import pandas on
its first call wherever pandas is installed, in the middle of somebody's measurement.
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

    def get(self, index: int) -> int | None:
        """The value at a place."""
        value = self.values[index]
        return None if value == _NO_INTEGER else value

    def to_arrow(self) -> Any:
        """The column as an Arrow array."""
        import pyarrow as pa  # noqa: PLC0415  # 30 ms that a capture does not need
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        found = _from_buffer(pa.int64(), self.values)
        return pc.if_else(
            pc.equal(found, pa.scalar(_NO_INTEGER, pa.int64())), pa.scalar(None, pa.int64()), found
        )


class FloatColumn:
    """Floating-point numbers; not-a-number stands for unknown."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values = array("d")

    def extend(self, values: Iterable[float | None]) -> None:
        """Add values."""
        self.values.extend([_NO_FLOAT if value is None else value for value in values])

    def get(self, index: int) -> float | None:
        """The value at a place."""
        value = self.values[index]
        return None if value != value else value  # noqa: PLR0124  # the test for not-a-number

    def to_arrow(self) -> Any:
        """The column as an Arrow array."""
        import pyarrow as pa  # noqa: PLC0415  # 30 ms that a capture does not need
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        found = _from_buffer(pa.float64(), self.values)
        return pc.if_else(pc.is_nan(found), pa.scalar(None, pa.float64()), found)


class TextColumn:
    """Texts that repeat, each kept once."""

    __slots__ = ("_codes", "_texts", "values")

    def __init__(self) -> None:
        self.values = array("i")
        self._codes: dict[str | None, int] = {None: _NO_CODE}
        self._texts: list[str] = []

    def extend(self, values: Iterable[str | None]) -> None:
        """Add values."""
        codes = self._codes
        self.values.extend(
            [codes[value] if value in codes else self._learn(value) for value in values]
        )

    def _learn(self, text: Any) -> int:
        code = self._codes[text] = len(self._texts)
        self._texts.append(text)
        return code

    def get(self, index: int) -> str | None:
        """The value at a place."""
        code = self.values[index]
        return None if code == _NO_CODE else self._texts[code]

    def to_arrow(self) -> Any:
        """The column as an Arrow dictionary array."""
        import pyarrow as pa  # noqa: PLC0415  # 30 ms that a capture does not need
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        codes = _from_buffer(pa.int32(), self.values)
        codes = pc.if_else(
            pc.equal(codes, pa.scalar(_NO_CODE, pa.int32())), pa.scalar(None, pa.int32()), codes
        )
        return pa.DictionaryArray.from_arrays(codes, _texts_array(self._texts))


class BytesColumn:
    """Texts that do not repeat, one behind the other in one block."""

    __slots__ = ("_data", "_ends")

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = array("q", [0])

    def extend(self, values: Iterable[bytes]) -> None:
        """Add values."""
        for value in values:
            self._data += value
            self._ends.append(len(self._data))

    def get(self, index: int) -> bytes:
        """The value at a place."""
        return bytes(self._data[self._ends[index] : self._ends[index + 1]])

    def to_arrow(self) -> Any:
        """The column as an Arrow array of texts."""
        import pyarrow as pa  # noqa: PLC0415  # 30 ms that a capture does not need

        buffers = [None, pa.py_buffer(self._ends.tobytes()), pa.py_buffer(bytes(self._data))]
        return pa.Array.from_buffers(pa.large_string(), len(self._ends) - 1, buffers)


def _from_buffer(kind: Any, values: "array[Any]") -> Any:
    import pyarrow as pa  # noqa: PLC0415  # 30 ms that a capture does not need

    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values.tobytes())])


def _texts_array(texts: list[str]) -> Any:
    column = BytesColumn()
    column.extend(text.encode("utf-8", "backslashreplace") for text in texts)
    return column.to_arrow()
