"""Columns of texts that Arrow can map onto each other, whatever is missing."""

from array import array
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from telemetry_research._core.columns import texts, with_codes_that_exist

TEXTS = st.lists(st.none() | st.sampled_from(["a", "b", "c"]), max_size=40)


def codes_of(column: Any) -> list[int]:
    """The codes as they lie in memory, those of missing values too."""
    data = column.indices.buffers()[1]
    return list(memoryview(data).cast("i"))[: len(column)] if len(column) else []


@given(TEXTS)
def test_a_missing_text_has_a_code_that_exists(values: list[str | None]) -> None:
    column = texts(values)

    assert column.to_pylist() == values
    assert all(0 <= code < max(1, len(column.dictionary)) for code in codes_of(column))


@given(TEXTS, st.integers(0, 10))
def test_codes_of_others_are_mended_where_a_value_is_missing(
    values: list[str | None], start: int
) -> None:
    words = ["a", "b", "c"]
    codes = array("i", [-77_777 if value is None else words.index(value) for value in values])
    bits = sum((value is not None) << place for place, value in enumerate(values))
    valid = pa.py_buffer(bits.to_bytes(len(values) // 8 + 1, "little"))
    indices = pa.Array.from_buffers(pa.int32(), len(values), [valid, pa.py_buffer(codes.tobytes())])
    column = pa.DictionaryArray.from_arrays(indices, pa.array(words)).slice(start)
    batch = pa.RecordBatch.from_arrays([column], names=["text"])

    mended = with_codes_that_exist(batch)

    mended.validate(full=True)
    assert mended.column(0).to_pylist() == values[start:]
    if mended.column(0).null_count:
        assert all(0 <= code < 3 for code in codes_of(mended.column(0)))
