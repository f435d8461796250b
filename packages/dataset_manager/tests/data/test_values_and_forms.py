"""Files of all kinds: values that cannot be right are refused, and common forms are read."""

import bz2
import gzip
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import (
    DatasetFileError,
    FieldMapping,
    item_from_mapping,
    load_sync,
    read_log,
)

LINE = '{"question": "2+2?", "answer": "4"}\n'
CHOICES = '"choices": ["Lyon", "Paris"]'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("d.jsonl", LINE + '{"question": "a", "answer": 1e400}\n', "line 2: .*1e400 is too large"),
        ("d.json", '[{"question": "a", "answer": -1e999}]', "-1e999 is too large"),
        ("d.jsonl", '{"question": "a", "answer": NaN}\n', "line 1: .*NaN is not a JSON value"),
        ("d.jsonl", '{"question": null, "answer": 1}\n', "line 1: the question .* is null"),
        ("d.jsonl", '{"question": true, "answer": 1}\n', "line 1: the question .* is True"),
        ("d.csv", "question,answer\na,1\n ,2\n", "line 3: the question in 'question' is blank"),
        ("d.csv", "question,answer\na,1\nb,\n", "line 3: the answer in 'answer' is blank"),
        ("d.jsonl", '{"question": "a", "answer": null}\n', "line 1: the answer .* is null"),
        ("d.jsonl", '{"question": "a", "answers": []}\n', "line 1: .*an empty list"),
        ("d.jsonl", f'{{"question": "a", {CHOICES}, "answer": 2}}', "not one of the 2 choices"),
        ("d.jsonl", f'{{"question": "a", {CHOICES}, "answer": "C"}}', "not one of the 2 choices"),
        ("d.jsonl", f'{{"question": "a", {CHOICES}, "answer": "Rome"}}', "'Rome' in 'answer'"),
        ("d.jsonl", "", "has no records; pass allow_empty=True"),
        ("d.json", "[]", "has no records"),
        ("d.csv", "question,answer\n", "has no records"),
        ("d.jsonl", '{"q": "a", "answer": 1}\n', r"pass fields=FieldMapping\(input="),
        ("d.jsonl", '{"question": "a", "a": 1}\n', r"pass fields=FieldMapping\(expected="),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_line(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(content)

    with pytest.raises(DatasetFileError, match=message):
        load_sync(path)


@pytest.mark.parametrize("answer", [1, 1.0, "B", "b", "(B)", "B.", "B. Paris", "paris", "0", "1"])
def test_every_usual_form_of_a_choice_is_an_answer(answer: Any) -> None:
    record = {"question": "Capital?", "choices": ["Lyon", "Paris"], "answer": answer}

    assert item_from_mapping(record, default_id="a").expected == answer


@pytest.mark.parametrize("name", ["target", "answerKey", "answers"])
def test_other_names_of_the_answer_are_read(name: str) -> None:
    assert item_from_mapping({"question": "a", name: "4"}, default_id="a").expected == "4"


def test_choices_with_labels_make_the_key_a_position() -> None:
    choices = {"text": ["Lyon", "Paris"], "label": ["1", "2"]}

    item = item_from_mapping(
        {"question": "a", "choices": choices, "answerKey": "2"}, default_id="a"
    )

    assert (item.choices, item.expected) == (("Lyon", "Paris"), 1)
    with pytest.raises(ValueError, match="not one of the labels"):
        item_from_mapping({"question": "a", "choices": choices, "answerKey": "3"}, default_id="a")


def test_the_texts_of_several_answers_are_each_right() -> None:
    answers = {"text": ["Paris", "Paris", "the city"], "answer_start": [1, 1, 9]}

    item = item_from_mapping({"question": "a", "answers": answers}, default_id="a")

    assert item.expected == ["Paris", "the city"]


def test_an_empty_file_may_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text("")

    assert len(load_sync(path, allow_empty=True)) == 0


def zipped(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.jsonl", content)
    return path


def test_packed_files_are_read(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    content = LINE.encode()
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(content))
    (tmp_path / "a.jsonl.bz2").write_bytes(bz2.compress(content))
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(content))
    zipped(tmp_path / "a.jsonl.zip", inner=LINE)

    for path in sorted(tmp_path.iterdir()):
        data = load_sync(path)
        assert (data.name, data[0].expected) == ("a", "4"), path


def test_a_zip_with_several_files_names_them(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.jsonl.zip", one=LINE, two=LINE)

    with pytest.raises(DatasetFileError, match=r"holds 2 \(one.jsonl, two.jsonl\)"):
        load_sync(path)


def test_the_file_in_a_zip_says_its_format(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", inner=LINE)

    assert load_sync(tmp_path / "a.zip")[0].expected == "4"


def test_a_zip_without_one_file_of_a_known_format_says_so(tmp_path: Path) -> None:
    many = zipped(tmp_path / "many.zip", **{f"part{number}": LINE for number in range(22)})
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("notes", LINE)

    with pytest.raises(
        DatasetFileError, match=r"holds 22 \(part0.jsonl, .*part19.jsonl and 2 more"
    ):
        load_sync(many)
    with pytest.raises(ValueError, match="its name does not say its format; pass format="):
        load_sync(tmp_path / "other.zip")
    assert load_sync(tmp_path / "other.zip", format="jsonl")[0].expected == "4"


def test_a_packed_log_is_read_as_the_plain_one(tmp_path: Path) -> None:
    whole = [
        {
            "doc_id": 0,
            "doc": {"question": "2+2?"},
            "target": "4",
            "resps": [["4"]],
            "filtered_resps": ["4"],
            "exact_match": 1.0,
            "arguments": [["2+2?", {}]],
        }
    ]
    content = json.dumps(whole)
    (tmp_path / "samples.json").write_text(content)
    (tmp_path / "samples.json.gz").write_bytes(gzip.compress(content.encode()))
    with zipfile.ZipFile(tmp_path / "samples.zip", "w") as archive:
        archive.writestr("samples.json", content)

    logs = [read_log(tmp_path / f"samples.{ending}") for ending in ("json", "json.gz", "zip")]

    assert {log.format for log in logs} == {"lm-eval"}
    assert all(log.rows == logs[0].rows for log in logs)


def test_a_zip_whose_member_has_no_name_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.jsonl.zip", one=LINE)
    content = path.read_bytes()
    assert content.count(b"one.jsonl") == 2
    end = content.replace(b"one.jsonl", b"\x00ne.jsonl")  # a name ends at its first zero
    path.write_bytes(end)

    assert len(load_sync(path)) == 1


@pytest.mark.parametrize("name", ["a.jsonl.bz2", "a.jsonl.zst", "a.jsonl.zip", "a.csv.gz"])
def test_a_damaged_packed_file_is_an_error_of_ours(tmp_path: Path, name: str) -> None:
    pytest.importorskip("zstandard")
    path = tmp_path / name
    path.write_bytes(b"not packed at all")

    with pytest.raises(DatasetFileError, match="cannot be read"):
        load_sync(path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["d.jsonl.gz", "d.jsonl.bz2", "d.csv.gz", "d.json.gz"])
def test_a_file_that_unpacks_to_very_much_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    packer = bz2 if name.endswith("bz2") else gzip
    with packer.open(path, "wb") as file:
        for _ in range(70):
            file.write(b" " * (1 << 20))

    with pytest.raises(DatasetFileError, match="unpacks to more than 67,108,864 bytes"):
        load_sync(path)


def test_a_pipe_and_a_folder_are_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "p.jsonl"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
        with pytest.raises(DatasetFileError, match="is a pipe or device"):
            load_sync(pipe)
    (tmp_path / "f.jsonl").mkdir()
    with pytest.raises(DatasetFileError, match="is a folder"):
        load_sync(tmp_path / "f.jsonl")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_encodings_are_seen_or_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "d.csv"
    path.write_text("question,answer\nOù?,à Paris\n", encoding=encoding)
    named = encoding if encoding in ("utf-16-le", "latin-1") else None

    assert load_sync(path, encoding=named)[0].expected == "à Paris"
    if named:
        with pytest.raises(DatasetFileError, match="pass encoding="):
            load_sync(path)


def test_an_unknown_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(LINE)

    with pytest.raises(ValueError, match="encoding: 'klingon' is unknown"):
        load_sync(path, encoding="klingon")


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
def test_the_delimiter_is_seen_in_the_headings(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f"question{mark}answer\na{mark}4\n")

    assert load_sync(path)[0].expected == "4"


def test_the_delimiter_that_excel_states_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("sep=;\nquestion;answer\na, b;4\nc;\n")

    with pytest.raises(DatasetFileError, match="line 4: the answer"):
        load_sync(path)


@pytest.mark.parametrize("content", [LINE, LINE + LINE, "\n" + LINE + "\n" + LINE])
def test_json_lines_under_another_name_are_read(tmp_path: Path, content: str) -> None:
    path = tmp_path / "d.json"
    path.write_text(content)

    assert load_sync(path)[0].expected == "4"


def test_options_are_choices_and_a_mapping_names_other_fields(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    record = {"question": "Capital?", "options": ["Lyon", "Paris"], "gold": "B"}
    path.write_text(json.dumps(record))

    item = load_sync(path, fields=FieldMapping(expected="gold"))[0]

    assert (item.choices, item.expected) == (("Lyon", "Paris"), "B")


@pytest.mark.parametrize("answer", ["B", "Paris"])
def test_options_by_their_letters_are_choices(tmp_path: Path, answer: str) -> None:
    path = tmp_path / "a.jsonl"
    record = {"question": "Capital?", "options": {"A": "Lyon", "B": "Paris"}, "answer": answer}
    path.write_text(json.dumps(record))

    (item,) = load_sync(path)

    assert (item.choices, item.expected) == (("Lyon", "Paris"), 1)


def test_a_column_of_questions_is_not_one_question(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"question": ["a", "b"], "answer": [1, 2]}))

    with pytest.raises(DatasetFileError, match="line 1: the question in 'question' is a list"):
        load_sync(path)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"question": {"question": None}, "answer": "4"}, "the question in 'question' is null"),
        ({"question": "\u200b", "answer": "4"}, "the question in 'question' is blank"),
        ({"question": "q", "answer": {}}, "the answer in 'answer' is {}"),
        ({"question": "q", "answer": "NaN"}, "the answer in 'answer' is 'NaN'"),
        ({"question": "q", "answer": "1e400"}, "the answer in 'answer' is '1e400'"),
        ({"question": "q", "answer": "\0"}, "the answer in 'answer' is blank"),
        ({"question": "q", "choices": ["x", None], "answer": 0}, "one of the choices is null"),
        ({"question": "q", "choices": ["x", "x"], "answer": "x"}, "of which two are the same"),
        ({"question": "q", "choices": ["x", "y"], "answer": True}, "is not one of the 2 choices"),
        ({"question": "q", "choices": ["x", "y"], "answer": "2"}, "positions count from 0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_values_of_these_kinds_are_refused(record: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        item_from_mapping(record, default_id="a")


def test_a_table_that_was_typed_by_hand_is_read_without_its_spaces(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('question, answer\n"2, 2", "4"\n')

    item = load_sync(tmp_path / "a.csv")[0]

    assert (item.input, item.expected) == ("2, 2", "4")


def test_a_list_that_ends_with_a_comma_is_not_json(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"question": "q", "answer": 1},\n]')

    with pytest.raises(DatasetFileError, match="nothing follows the last ','"):
        load_sync(tmp_path / "a.json")
