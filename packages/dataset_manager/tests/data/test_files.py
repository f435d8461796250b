"""Data of one's own: five formats, any field names, and errors that name file and line."""

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import (
    Dataset,
    DatasetFileError,
    FieldMapping,
    InvalidItemsError,
    Item,
    UnknownOptionError,
    load,
    load_all,
    load_sync,
    stream_file,
)

ROWS = [
    {"id": "a", "question": "2+2?", "answer": "4", "topic": "sums"},
    {"id": "b", "question": 'a "b",\nc', "answer": "5", "topic": "None"},
]


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    suffix = path.name.removesuffix(".gz").rpartition(".")[2]
    if suffix in ("csv", "tsv"):
        mark = "\t" if suffix == "tsv" else ","
        quoted = [
            [f'"{str(v).replace(chr(34), chr(34) * 2)}"' for v in row.values()] for row in rows
        ]
        text = "\n".join([mark.join(rows[0]), *(mark.join(row) for row in quoted)]) + "\n"
    elif suffix == "jsonl":
        text = "".join(json.dumps(row) + "\n" for row in rows)
    else:
        text = json.dumps(rows, indent=1)
    content = text.encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize(
    "name", ["d.jsonl", "d.ndjson.gz", "d.json", "d.json.gz", "d.csv", "d.tsv", "d.csv.gz"]
)
def test_every_format_gives_the_same_items(tmp_path: Path, name: str) -> None:
    kind: Any = "jsonl" if "ndjson" in name else None
    source = name.replace("ndjson", "jsonl")
    path = written(tmp_path / source, ROWS).rename(tmp_path / name)

    data = load_sync(path, format=kind)

    assert [item.to_dict() for item in data] == [
        {"id": row["id"], "input": row["question"], "expected": row["answer"],
         "metadata": {"topic": row["topic"]}}
        for row in ROWS
    ]  # fmt: skip
    assert data.name == "d"
    assert data.metadata["source"] == name


def test_numbers_in_a_table_of_texts_are_scored_as_numbers(tmp_path: Path) -> None:
    words = [{**row, "answer": "four"} for row in ROWS]

    assert load_sync(written(tmp_path / "n.csv", ROWS)).scorer == "number"
    assert load_sync(written(tmp_path / "w.csv", words)).scorer == "text"


def test_a_list_may_stand_inside_an_object(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps({"version": 1, "examples": ROWS}))

    assert load_sync(path).ids() == ("a", "b")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "d.json",
            '[\n{"question": "a", "answer": 1},\n{"question": "a"}]',
            "line 3: the answer is missing",
        ),
        ("d.json", '[{"question": "a", "answer": 1} 5]', "line 1: is not JSON: a ',' or"),
        ("d.json", '[{"question": "a", "answer": 1}] x', "something follows"),
        ("d.json", '[{"question": "a"', "is not JSON"),
        ("d.json", '{"a": 1,\n"b": 2}', "has no list of records"),
        ("d.json", '{"items": [1]}', "record 1: is int"),
        ("d.json", '{"items":\n nope}', "line 2: is not JSON"),
        ("d.json", "", "is not JSON"),
        ("d.csv", "question,answer\na,1\nb\n", "line 3: has 1 cells under 2 headings"),
        ("d.csv", 'question,answer\n"a\nb",1\nc,2,3\n', "line 4: has 3 cells"),
        ("d.csv", 'question,answer\na,1\n"x\n', "line 3: is not CSV"),
        ("d.csv", "a,a\n1,2\n", "line 1: has a heading twice"),
        ("d.csv", "", "line 1: has no line with headings"),
        ("d.csv", "q,answer\na,1\n", "line 2: the question is missing"),
        ("d.jsonl.gz", "not gzip", "cannot be read"),
    ],
)
def test_an_error_names_file_and_line(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(content)

    with pytest.raises(DatasetFileError, match=message) as caught:
        load_sync(path)

    assert caught.value.path == path


def test_a_file_of_unknown_format_needs_one(tmp_path: Path) -> None:
    path = written(tmp_path / "d.jsonl", ROWS).rename(tmp_path / "d.txt")

    with pytest.raises(ValueError, match=r"d\.txt: its name does not say its format"):
        load_sync("mine", source=path)
    assert len(load_sync("mine", source=path, format="jsonl")) == 2
    assert len(load_sync(path, format="jsonl")) == 2
    with pytest.raises(UnknownOptionError, match="has no revision"):
        load_sync(written(tmp_path / "d.jsonl", ROWS), revision="x")


def test_fields_may_have_any_name_and_be_changed(tmp_path: Path) -> None:
    row = {"uid": 7, "body": {"ask": "Capital?"}, "right": "b", "A": "Lyon", "B": "Paris", "C": ""}
    path = written(tmp_path / "d.jsonl", [{**row, "by": "me"}])
    fields = FieldMapping(
        id="uid",
        input="body.ask",
        expected=lambda record: record["right"],
        choices=("A", "B", "C"),
        metadata=("by",),
        transforms={"expected": str.upper, "input": str.upper, "choices": sorted, "id": str},
    )

    item = load_sync(path, fields=fields)[0]

    assert item == Item(
        "7", {"question": "CAPITAL?", "choices": ["Lyon", "Paris"]}, "B", {"by": "me"}
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (FieldMapping(input="body"), "line 1: FieldMapping: no field 'body'"),
        (FieldMapping(metadata=("x",)), "no field 'x'"),
        (FieldMapping(input=lambda row: row["x"]), "the function for 'input' failed: KeyError"),
        (FieldMapping(transforms={"expected": int}), "the transform of 'expected' failed: ValueE"),
    ],
)
def test_a_mapping_that_does_not_fit_names_the_line(
    tmp_path: Path, fields: FieldMapping, message: str
) -> None:
    path = written(tmp_path / "d.jsonl", [{**ROWS[0], "answer": "four"}])

    with pytest.raises(DatasetFileError, match=message):
        load_sync(path, fields=fields)
    with pytest.raises(ValueError, match="transforms: tests: only id, input, expected, choices"):
        FieldMapping(transforms={"tests": str})


def test_a_field_that_is_mapped_is_not_metadata_as_well() -> None:
    item = FieldMapping(input="q").apply({"id": 1, "q": "2+2?", "answer": 4, "question": "other"})

    assert (item.input, item.metadata) == ("2+2?", {"question": "other"})


@pytest.mark.slow
def test_a_stream_takes_no_more_memory_for_more_lines(tmp_path: Path) -> None:
    """Peak of Python's own memory: the same for 2,000 and for 20,000 lines."""
    peaks = []
    for count in (2_000, 20_000):
        path = tmp_path / f"{count}.jsonl"
        path.write_text("".join(f'{{"input": "q{n}", "answer": {n}}}\n' for n in range(count)))
        tracemalloc.start()
        assert sum(1 for _ in stream_file(path)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.2 * peaks[0] + 50_000


def test_a_stream_stops_at_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text('{"input": "a", "answer": 1}\n{"input": "b", "answer": 2}\nnonsense\n')

    assert [item.id for item in stream_file(path, limit=2)] == ["d_1", "d_2"]
    with pytest.raises(DatasetFileError, match="line 3"):
        list(stream_file(path))


async def test_a_file_is_loaded_in_a_running_loop_with_a_stratified_sample(tmp_path: Path) -> None:
    rows = [{"input": f"q{n}", "answer": n, "kind": f"k{n % 2}"} for n in range(20)]

    data = await load(
        written(tmp_path / "d.jsonl", rows), sample_size=4, stratify_by="kind", seed=1
    )

    assert data.metadata["strata_distribution"] == {"k0": 2, "k1": 2}


def test_strata_without_a_sample_are_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "d.jsonl", ROWS)

    for name, size in ((str(path), None), ("arithmetic", 3)):
        with pytest.raises(ValueError, match="stratify_by: no sample is drawn"):
            load_sync(name, stratify_by="topic", sample_size=size)


async def test_several_are_loaded_at_once_and_the_first_error_is_raised_alone(
    tmp_path: Path,
) -> None:
    path = str(written(tmp_path / "d.jsonl", ROWS))

    found = await load_all([path, "arithmetic"], seed=2)

    assert {name: len(data) for name, data in found.items()} == {path: 2, "arithmetic": 100}
    assert list(found) == [path, "arithmetic"]
    with pytest.raises(DatasetFileError, match="no such file"):
        await load_all([path, str(tmp_path / "none.jsonl")])


def test_records_in_memory_are_read_in_the_same_way() -> None:
    data = Dataset.from_records([{"query": "2+2?", "label": 4}], name="mine")

    assert data[0] == Item("mine_1", "2+2?", 4)
    assert data.scorer == "number"
    with pytest.raises(InvalidItemsError, match="mine: record 1: the answer is missing"):
        Dataset.from_records([{"query": "2+2?"}], name="mine")
    with pytest.raises(InvalidItemsError, match="record 1 is int, not a mapping"):
        Dataset.from_records([5], name="mine")  # type: ignore[list-item]  # what is refused


@pytest.mark.parametrize(
    ("name", "content", "line", "said"),
    [
        ("a.jsonl", '{"text": "q", "answer": 1}\n{"text": "q", "answer": 1, "answer": "2"}\n', 2,
         "has the key 'answer' twice in one object, with 1 and '2'"),
        ("b.json", '[{"text": "q", "answer": 1},\n{"text": "{\\"",\n"answer": 1,\n"answer": 1}]', 4,
         "has the key 'answer' twice in one object, with 1 and 1"),
        ("c.json", '{"data": [\n{"question": "q", "answer": 1, "m": {"x": 1,\n"x": 2}}]}',
         3, "has the key 'x' twice in one object, with 1 and 2"),
        ("d.csv", "question,answer,target\nq,1,2\n", 2, "'1' in 'answer' and '2' in 'target'"),
        ("e.jsonl", '{"question": "q", "choices": ["x", "y"], "answer": "B", "label": 0}', 1,
         "'B' in 'answer' and 0 in 'label'; pass fields=FieldMapping(expected='answer')"),
        ("f.jsonl", '{"question": "q", "answers": ["Paris"], "target": "Lyon"}', 1, "'Lyon'"),
    ],
    ids=["a line", "a list", "within a document", "cells", "choices", "several answers"],
)  # fmt: skip
def test_two_values_for_one_thing_are_an_error_with_both(
    tmp_path: Path, name: str, content: str, line: int, said: str
) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(DatasetFileError) as caught:
        load_sync(tmp_path / name)

    assert caught.value.line == line
    assert name in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "record",
    [
        {"question": "q", "answer": "4", "target": 4, "label": 4.0},
        {"question": "q", "choices": ["x", "y"], "answer": "B", "label": 1, "target": "y"},
        {"question": "q", "answer": "Paris", "answers": ["Paris", "City of Paris"]},
        {"question": "q", "answer": "1", "target": None, "label": ""},
        {
            "question": "q",
            "choices": {"label": ["1", "2"], "text": ["x", "y"]},
            "answerKey": "2",
            "answer": "y",
        },
    ],
    ids=["numbers", "a choice", "one of several", "empty fields", "labels"],
)
def test_fields_that_agree_are_one_answer(record: dict[str, object]) -> None:
    assert len(Dataset.from_records([record], name="r")) == 1


def test_the_field_that_is_named_needs_no_agreement(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("question,answer,target\nq,1,2\n")

    data = load_sync(tmp_path / "a.csv", fields=FieldMapping(expected="target"))

    assert (data[0].expected, data[0].metadata) == ("2", {"answer": "1"})


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    names = ["question", "answer", "answer"]
    table = arrow.Table.from_arrays([arrow.array([each]) for each in "q12"], names=names)
    parquet.write_table(table, tmp_path / "a.parquet")

    with pytest.raises(InvalidItemsError, match="a column twice: answer"):
        Dataset.from_arrow(table, name="t")
    with pytest.raises(InvalidItemsError, match="a column twice: answer"):
        Dataset.from_pandas(pandas.DataFrame([["q", "1", "2"]], columns=names), name="t")
    with pytest.raises(DatasetFileError, match="a column twice: answer"):
        load_sync(tmp_path / "a.parquet")
