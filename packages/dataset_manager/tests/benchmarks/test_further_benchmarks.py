"""Loaders of files that are not in the mirror, on records in the published form.

The texts are ours; names, types and layout of the records are those of the real files.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import (
    Dataset,
    DatasetFileError,
    UnavailableError,
    dataset_info,
    dataset_names,
    evaluate,
    load_sync,
    make_mirror,
)
from dataset_manager._sources.pins import pins

Put = Callable[..., Dataset]
NEW = sorted(
    name for name in dataset_names() if name != "arithmetic" and not dataset_info(name).tried
)


def lines(*records: dict[str, Any]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def parquet(*records: dict[str, Any]) -> bytes:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    buffer = BytesIO()
    pq.write_table(pa.Table.from_pylist(list(records)), buffer)
    return buffer.getvalue()


def right_answers(data: Dataset) -> list[Any]:
    """The first right answer of every item, as a model would write it."""
    first = [
        item.expected[0] if isinstance(item.expected, list) else item.expected for item in data
    ]
    return [
        f"The answer is ({'ABCD'[each]})." if item.choices else str(each)
        for item, each in zip(data, first, strict=True)
    ]


@pytest.mark.parametrize("name", NEW)
def test_an_entry_says_that_its_real_file_was_not_tried(name: str) -> None:
    info = dataset_info(name)

    assert "not read" in info.note or "not read the bytes" in info.note
    assert info.pinned_by in {"sha256", "commit"}
    assert (info.to_dict()["tried"], bool(info.license)) == (False, True)


def test_hellaswag(put: Put) -> None:
    row = {
        "ind": 24, "activity_label": "Roof shingle removal", "ctx_a": "A man sits on a roof.",
        "ctx_b": "he", "ctx": "A man sits on a roof. he", "split": "val", "split_type": "indomain",
        "label": 3, "endings": ["sings.", "flies.", "sinks.", "lifts a tile."],
        "source_id": "activitynet~v_-JhWjGDPHMY",
    }  # fmt: skip
    files = {"hellaswag/hellaswag_val.jsonl": lines(row, {**row, "ind": 25, "label": 0})}

    with pytest.raises(DatasetFileError, match="has 2 rows, not 10042"):
        put("hellaswag", files)
    data = put("hellaswag", files, {"validation": 2})

    assert data.ids() == ("hellaswag_24", "hellaswag_25")
    assert (data[0].question, data[0].choices[3]) == ("A man sits on a roof. he", "lifts a tile.")
    assert evaluate(right_answers(data), dataset=data).accuracy == 1
    likely = [[-9.0, -8.0, -7.0, -1.5], [-9.0, -8.0, -7.0, -1.5]]
    assert evaluate(likely, dataset=data, scorer="official").vector() == [1, 0]


def test_winogrande_with_the_hash_from_the_list_of_its_commit(tmp_path: Path) -> None:
    """Its hash is not known: without the list of the commit nothing is read."""
    content = parquet(
        {"sentence": "The cup did not fit, as the _ was small.", "option1": "cup",
         "option2": "box", "answer": "2"}
    )  # fmt: skip
    pin = pins()["winogrande/validation-00000-of-00001.parquet"]
    (tmp_path / "winogrande").mkdir()
    (tmp_path / pin.name).write_bytes(content)
    folders: dict[str, Any] = {"mirror": tmp_path, "cache_dir": tmp_path / "cache"}

    with pytest.raises(UnavailableError, match="offline mode"):
        load_sync("winogrande", offline=True, **folders)
    tree = tmp_path / "hub" / pin.repository / pin.commit / "tree.json"
    tree.parent.mkdir(parents=True)
    entry = {"path": pin.path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    tree.write_text(json.dumps([{**entry, "path": "another"}]))
    with pytest.raises(UnavailableError, match="has no file winogrande_xl"):
        load_sync("winogrande", offline=True, **folders)
    tree.write_text(json.dumps([entry]))
    with pytest.raises(DatasetFileError, match="has 1 rows, not 1267"):
        load_sync("winogrande", offline=True, **folders)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(dataset_info("winogrande").splits, "validation", 1)
        data = load_sync("winogrande", offline=True, **folders)
    assert (data[0].choices, data[0].expected) == (("cup", "box"), 1)
    assert data.metadata["sha256"] == ""


def test_a_mirror_of_files_without_known_hashes_has_the_list_of_their_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRUCIBLE_OFFLINE", "1")
    pin = pins()["winogrande/validation-00000-of-00001.parquet"]
    other = pins()["winogrande/train-00000-of-00001.parquet"]
    source = tmp_path / "source"
    entries = []
    for each in (pin, other):
        (source / each.name).parent.mkdir(parents=True, exist_ok=True)
        (source / each.name).write_bytes(each.name.encode())
        digest = hashlib.sha256(each.name.encode()).hexdigest()
        entries.append({"path": each.path, "bytes": len(each.name), "sha256": digest})
    tree = f"hub/{pin.repository}/{pin.commit}/tree.json"
    (source / tree).parent.mkdir(parents=True)
    (source / tree).write_text(json.dumps(entries))

    written = make_mirror(
        tmp_path / "copy", "winogrande", mirror=source, cache_dir=tmp_path / "cache"
    )

    names = {str(path.relative_to(tmp_path / "copy")) for path in written}
    assert names == {pin.name, other.name, tree}


def test_arc_easy(put: Put) -> None:
    row = {
        "id": "Mercury_417466", "question": "Which statement explains why frost forms?",
        "choices": {"text": ["Heat.", "Cold air.", "Rain.", "Wind."],
                    "label": ["1", "2", "3", "4"]},
        "answerKey": "2",
    }  # fmt: skip
    file = "arc-easy/test-00000-of-00001.parquet"

    data = put("arc_easy", {file: parquet(row)}, {"test": 1})

    assert (data[0].id, data[0].expected) == ("arc_Mercury_417466", 1)
    assert evaluate(["B"], dataset=data, scorer="official").accuracy == 1
    with pytest.raises(DatasetFileError, match="the answer '9' is none of"):
        put("arc_easy", {file: parquet({**row, "answerKey": "9"})}, {"test": 1})


def test_gpqa_shuffles_its_choices_by_the_id(put: Put) -> None:
    heads = ["Question", "Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2"]
    heads += ["Incorrect Answer 3", "Record ID", "High-level domain", "Subdomain"]
    row = ['"Two levels have\nlifetimes, which?"', "10^-4 eV", "10^-11 eV", "10^-8 eV"]
    row += ["10^-9 eV", "rec06pnAkLOr2t2mp", "Physics", "Physics (general)"]
    content = (",".join(heads) + "\n" + ",".join(row) + "\n") * 1
    body = content + content.split("\n", 1)[1] * 5

    data = put("gpqa", {"gpqa/gpqa_diamond.csv": body.encode()}, {"test": 6})

    assert {item.choices[item.expected] for item in data} == {"10^-4 eV"}
    assert len(set(data.column("expected"))) > 1
    assert data[0].metadata["domain"] == "Physics"
    letters = "ABCD"
    answers = [f"The correct answer is ({letters[item.expected]})" for item in data]
    assert evaluate(answers, dataset=data, scorer="official").accuracy == 1


def arrow_stream(rows: list[dict[str, Any]]) -> bytes:
    pa = pytest.importorskip("pyarrow")
    table = pa.Table.from_pylist(rows)
    buffer = BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


def test_mmlu_redux_corrects_and_leaves_out(put: Put) -> None:
    row = {
        "question": "Which?", "choices": ["a", "b", "c", "d"], "answer": 0, "error_type": "ok",
        "source": None, "correct_answer": None, "potential_reason": None,
    }  # fmt: skip
    rows = [
        {**row, "error_type": "wrong_groundtruth", "correct_answer": "3"},
        {**row, "error_type": "wrong_groundtruth", "correct_answer": "b"},
        {**row, "error_type": "wrong_groundtruth", "correct_answer": "C"},
        {**row, "error_type": "wrong_groundtruth", "correct_answer": "none of them"},
        {**row, "error_type": "no_correct_answer"},
        {**row, "error_type": "multiple_correct_answers", "correct_answer": "0, 1"},
        *[row] * 94,
    ]
    file = "mmlu-redux/anatomy/data-00000-of-00001.arrow"

    data = put("mmlu_redux", {file: arrow_stream(rows)}, subset="anatomy")

    assert list(data.column("expected")[:4]) == [3, 1, 2, 0]
    assert len(data) == 97
    assert data.metadata["left_out"] == {
        "multiple_correct_answers": 1,
        "no_correct_answer": 1,
        "wrong_groundtruth": 1,
    }
    with pytest.raises(DatasetFileError, match="has 6 rows, not 100"):
        put("mmlu_redux", {file: arrow_stream(rows[:6])}, subset="anatomy")
    with pytest.raises(DatasetFileError, match="is not an Arrow stream"):
        put("mmlu_redux", {file: b"ARROW1 not"}, subset="anatomy")


def test_squad(put: Put) -> None:
    asked = {
        "id": "56be4db0acb8001400a502ec", "question": "Which team represented the AFC?",
        "answers": [{"answer_start": 177, "text": "Denver Broncos"},
                    {"answer_start": 177, "text": "Denver Broncos"},
                    {"answer_start": 181, "text": "the Broncos"}],
    }  # fmt: skip
    content = {
        "data": [
            {"title": "Super_Bowl_50", "paragraphs": [{"context": "A game.", "qas": [asked]}]}
        ],
        "version": "1.1",
    }

    data = put("squad", {"squad/dev-v1.1.json": json.dumps(content).encode()}, {"validation": 1})

    assert data[0].expected == ["Denver Broncos", "the Broncos"]
    assert str(data[0]).startswith("Passage: A game.\nQuestion: Which team")
    assert evaluate(["Broncos!"], dataset=data, scorer="official").accuracy == 1
    assert evaluate(["Broncos win"], dataset=data).values() == [2 / 3]


def test_drop(put: Put) -> None:
    empty = {"number": "", "date": {"day": "", "month": "", "year": ""}, "spans": []}
    date = {"day": "", "month": "May", "year": "1862"}
    pairs = [
        {"question": "How many?", "query_id": "a", "answer": {**empty, "number": "3"},
         "validated_answers": [{**empty, "number": "3"}, {**empty, "number": "4"}]},
        {"question": "Who?", "query_id": "b", "answer": {**empty, "spans": ["Ann", "Bo"]}},
        {"question": "When?", "query_id": "c", "answer": {**empty, "date": date}},
        {"question": "Nothing?", "query_id": "d", "answer": empty},
    ]  # fmt: skip
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        content = {"nfl_1": {"passage": "A game.", "qa_pairs": pairs, "wiki_url": ""}}
        archive.writestr("drop_dataset/drop_dataset_dev.json", json.dumps(content))

    data = put("drop", {"drop/drop_dataset.zip": buffer.getvalue()}, {"validation": 4})

    assert list(data.column("expected")) == [["3", "4"], ["Ann|Bo"], ["May 1862"]]
    assert data.metadata["without_answer"] == 1
    assert evaluate(["The answer is 4.0", ["Bo", "Ann"], "May 1862"], dataset=data).accuracy == 1
    with pytest.raises(DatasetFileError, match="cannot be read"):
        put("drop", {"drop/drop_dataset.zip": buffer.getvalue()}, split="train")


@pytest.mark.parametrize(
    ("position", "change"),
    [(8, b"\x63"), (28, b"\xff"), (10, b"\xff"), (6, b"\x01"), (6, b"\x40"), (40, b"\0\0\0\0")],
)
def test_a_damaged_archive_of_drop_is_named(put: Put, position: int, change: bytes) -> None:
    """The bytes of an entry in the directory: its packing, lengths and flags."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("drop_dataset/drop_dataset_dev.json", "{}")
    content = bytearray(buffer.getvalue())
    begin = content.index(b"PK\x01\x02") + position
    content[begin : begin + len(change)] = change

    with pytest.raises(DatasetFileError, match="drop_dataset"):
        put("drop", {"drop/drop_dataset.zip": bytes(content)}, {"validation": 1})


def test_math(put: Put) -> None:
    row = {
        "problem": r"What is $\frac14+\frac14$?", "level": "Level 1", "type": "Algebra",
        "solution": r"It is \boxed{\frac{2}{4}} $=\boxed{\frac{1}{2}}$.",
    }  # fmt: skip
    file = "math/algebra/test-00000-of-00001.parquet"

    data = put("math", {file: parquet(row)}, subset="algebra")

    assert data[0].expected == r"\frac{1}{2}"
    assert evaluate([r"So \boxed{0.5}."], dataset=data).accuracy == 1
    assert evaluate([r"So \boxed{\dfrac12}."], dataset=data, scorer="official").accuracy == 1
    with pytest.raises(DatasetFileError, match="the solution has no"):
        put("math", {file: parquet({**row, "solution": "It is 1."})}, subset="algebra")


def test_mgsm(put: Put) -> None:
    line = 'Janets Enten legen 16 "Eier" pro Tag.\t1,018\n'
    file = "mgsm/mgsm_de.tsv"

    data = put("mgsm", {file: (line * 250).encode()}, subset="de")

    assert (len(data), data[0].expected, data.scorer) == (250, "1018", "number")
    assert '"Eier"' in data[0].question
    assert evaluate(["Antwort: 1018"] * 250, dataset=data).accuracy == 1
    with pytest.raises(DatasetFileError, match="has 249 questions"):
        put("mgsm", {file: (line * 249).encode()}, subset="de")
    with pytest.raises(DatasetFileError, match="line 2: is not a question, a tab"):
        put("mgsm", {file: f"{line}no tab\n".encode()}, subset="de")


def test_ifeval(put: Put) -> None:
    row = {
        "key": 1000, "prompt": "Write a summary without commas with 2 bullets.",
        "instruction_id_list": ["punctuation:no_comma", "detectable_format:number_bullet_lists"],
        "kwargs": [{"num_bullets": None}, {"num_bullets": 2, "relation": None}],
    }  # fmt: skip
    files = {"ifeval/ifeval_input_data.jsonl": lines(row)}

    data = put("ifeval", files, {"train": 1})

    assert data[0].metadata["kwargs"] == [{}, {"num_bullets": 2}]
    assert evaluate(["* one\n* two"], dataset=data).accuracy == 1
    assert evaluate(["* one\n* two, three"], dataset=data).values() == [0.5]
