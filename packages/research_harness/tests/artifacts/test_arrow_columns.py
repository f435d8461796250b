"""Columns of Arrow are made without ``pyarrow.array``, which loads pandas, and are the same."""

import sys
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research_harness._artifacts.records import _filled
from research_harness._artifacts.tables import arrow_array

KINDS: dict[Any, Any] = {
    pa.string(): st.text(),
    pa.int32(): st.integers(-(2**31), 2**31 - 1),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float64(): st.floats(allow_nan=False) | st.integers(-(2**53), 2**53),
    pa.bool_(): st.booleans(),
}


@given(st.data())
def test_a_column_is_that_of_pyarrow_whatever_is_missing(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(KINDS)))
    values = data.draw(st.lists(st.none() | KINDS[kind], max_size=20))

    with pytest.MonkeyPatch.context() as patched:
        patched.delitem(sys.modules, "pandas", raising=False)
        found = arrow_array(values, kind)

    found.validate(full=True)
    assert found.equals(pa.array(values, kind))


@pytest.mark.parametrize(
    ("values", "kind", "instead"),
    [
        ([1, None, 3], pa.int64(), 0),
        ([1.5, None], pa.float64(), 0.0),
        ([None, "a", "é"], pa.string(), ""),
        ([b"x", None], pa.binary(), b""),
        ([None, None], pa.timestamp("us"), 0),
        ([None], pa.string(), ""),
    ],
)
def test_what_is_missing_is_filled_as_pyarrow_does(values: Any, kind: Any, instead: object) -> None:
    whole = pa.array(values, kind)

    for column in (whole, whole.slice(1)):
        found = _filled(column)
        found.validate(full=True)
        assert found.equals(pc.fill_null(column, instead))
