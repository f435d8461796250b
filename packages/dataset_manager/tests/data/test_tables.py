"""Data sets as tables of Arrow, Parquet and pandas, and back without loss."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Dataset, DatasetFileError, FieldMapping, Item, load_sync

pa = pytest.importorskip("pyarrow")
pd = pytest.importorskip("pandas")

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)
rows = st.lists(
    st.tuples(
        st.text(min_size=1),
        values,
        values,
        st.dictionaries(st.sampled_from(["a", "b", "input"]), values, max_size=3),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row[0],
)


def same(one: Dataset, two: Dataset) -> bool:
    about = ("name", "version", "split", "scorer", "synthetic", "metadata")
    return one == two and all(getattr(one, each) == getattr(two, each) for each in about)


@pytest.mark.slow
@given(rows)
def test_any_data_set_comes_back_from_arrow_and_pandas(found: list[Any]) -> None:
    data = Dataset(
        [Item(*row) for row in found], name="d", split="s", scorer=None, metadata={"k": [1]}
    )

    assert same(Dataset.from_arrow(data.to_arrow()), data)
    assert same(Dataset.from_pandas(data.to_pandas()), data)


def test_a_parquet_file_of_ours_comes_back_as_what_it_was(tmp_path: Path) -> None:
    data = Dataset([Item("a", "\ud800", 2**80, {"x": 1.5})], name="mine", scorer="number")

    path = data.to_parquet(tmp_path / "f.parquet")

    assert same(load_sync(path), data)
    assert load_sync("other", source=path).name == "other"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["f.parquet"]


def test_a_parquet_file_of_others_is_read_by_its_fields(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"q": ["2+2?", "3+3?"], "answer": [4, 6], "options": [["4"], ["6", "7"]]})
    parquet.write_table(table, tmp_path / "f.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nonsense")

    data = load_sync(tmp_path / "f.parquet", fields=FieldMapping(input="q", choices="options"))

    assert data[1].choices == ("6", "7")
    assert data.ids() == ("f_1", "f_2")
    with pytest.raises(DatasetFileError, match="record 1: the question is missing"):
        load_sync(tmp_path / "f.parquet")
    with pytest.raises(DatasetFileError, match=r"bad\.parquet: is not Parquet"):
        load_sync(tmp_path / "bad.parquet")
    with pytest.raises(DatasetFileError, match="no such file"):
        load_sync(tmp_path / "none.parquet")


def test_tables_of_others_are_data_sets_and_empty_cells_no_fields() -> None:
    frame = pd.DataFrame({"question": ["a", "b"], "answer": [1, 2], "note": ["x", None]})

    data = Dataset.from_pandas(frame, name="mine")

    assert [item.metadata for item in data] == [{"note": "x"}, {}]
    assert (data.ids(), data.scorer) == (("mine_1", "mine_2"), "number")
    arrow = Dataset.from_arrow(pa.Table.from_pandas(frame), fields=FieldMapping(expected="note"))
    assert arrow.column("expected") == ("x", None)


def test_columns_of_one_kind_keep_their_type() -> None:
    data = Dataset(
        [Item(f"i{n}", "q", n, {"share": n / 2, "on": True}) for n in range(3)], name="d"
    )

    schema = data.to_arrow().schema

    assert [str(schema.field(each).type) for each in ("input", "expected", "metadata.share")] == [
        "string",
        "int64",
        "double",
    ]
    assert str(schema.field("metadata.on").type) == "bool"
    assert data.to_pandas()["expected"].sum() == 3


def test_the_arrays_that_pandas_makes_of_lists_are_choices(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"question": ["?"], "choices": [["a", "b"]], "answer": [1]})
    parquet.write_table(table, tmp_path / "f.parquet")

    data = Dataset.from_pandas(pd.read_parquet(tmp_path / "f.parquet"), name="mine")

    assert data[0] == Item("mine_1", {"question": "?", "choices": ["a", "b"]}, 1)
    assert data.scorer == "choice"
