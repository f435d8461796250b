"""Every built-in loader, with records whose values cannot be right: each is refused with the file.

The first records are in the published form; then one field of one record is changed.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from dataset_manager import Dataset, DatasetError, DatasetFileError, dataset_names

Put = Callable[..., Dataset]
Record = dict[str, Any]


def _lines(records: list[Record]) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in records).encode()


def _packed_lines(records: list[Record]) -> bytes:
    import gzip  # noqa: PLC0415  # one form of many

    return gzip.compress(_lines(records))


def _whole(records: list[Record]) -> bytes:
    return json.dumps(records).encode()


def _columns(records: list[Record]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(records[0]), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(records)
    return buffer.getvalue().encode()


def _bare_columns(records: list[Record]) -> bytes:
    buffer = io.StringIO()
    heads = ["question", *(f"choice{number}" for number in range(4)), "answer"]
    csv.writer(buffer).writerows([heads, *(list(each.values()) for each in records)])
    return buffer.getvalue().encode()


def _tabs(records: list[Record]) -> bytes:
    return "".join("\t".join(map(str, each.values())) + "\n" for each in records).encode()


def _table(records: list[Record]) -> Any:
    pa = pytest.importorskip("pyarrow")
    try:
        return pa.Table.from_pylist(records)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        pytest.skip(f"no Parquet file holds these values together: {error}")


def _parquet(records: list[Record]) -> bytes:
    table = _table(records)
    buffer = BytesIO()
    pytest.importorskip("pyarrow.parquet").write_table(table, buffer)
    return buffer.getvalue()


def _arrow(records: list[Record]) -> bytes:
    table, buffer = _table(records), BytesIO()
    with pytest.importorskip("pyarrow").ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


def _squad(records: list[Record]) -> bytes:
    paragraphs = [{"context": each.pop("context", "x"), "qas": [each]} for each in records]
    return json.dumps({"data": [{"title": "t", "paragraphs": paragraphs}]}).encode()


def _drop(records: list[Record]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        content = {
            f"p{number}": {"passage": each.pop("passage", "x"), "qa_pairs": [each]}
            for number, each in enumerate(records)
        }
        archive.writestr("drop_dataset/drop_dataset_dev.json", json.dumps(content))
    return buffer.getvalue()


def _redux(records: list[Record]) -> bytes:
    return _arrow([*records, *[_REDUX] * (100 - len(records))])


def _mgsm(records: list[Record]) -> bytes:
    return _tabs([*records, *[{"question": "1+1?", "answer": "2"}] * (250 - len(records))])


def _bbh(records: list[Record]) -> bytes:
    return json.dumps({"canary": "c", "examples": records}).encode()


_MMLU = {"question": "Which?", "A": "1", "B": "2", "C": "3", "D": "4", "answer": "1"}
_CHOICES = {"text": ["Heat.", "Cold."], "label": ["A", "B"]}
_PROGRAM = {
    "task_id": "HumanEval/7", "entry_point": "total", "canonical_solution": "    return sum(x)\n",
    "prompt": "def total(x):\n", "test": "def check(candidate):\n    assert candidate([1]) == 1\n",
}  # fmt: skip
_MBPP = {
    "task_id": 11, "text": "Sort a list.", "code": "def o(x):\n  return sorted(x)",
    "test_list": ["assert o([2, 1]) == [1, 2]"], "test_setup_code": "", "challenge_test_list": [],
}  # fmt: skip
_REDUX = {
    "question": "Which?", "choices": ["1", "2", "3", "4"], "answer": 1, "error_type": "ok",
    "correct_answer": None,
}  # fmt: skip
_DATE = {"day": "", "month": "", "year": ""}
# The file, how it is written, one record in the published form, the counts, and the options.
LOADERS: dict[str, tuple[str, Any, Record, dict[str, int], dict[str, Any]]] = {
    "gsm8k": ("gsm8k/test.jsonl", _lines, {"question": "1+1?", "answer": "It is.\n#### 2"}, {}, {}),
    "mmlu": (
        "mmlu/final-2021/test/anatomy_test.csv", _bare_columns, _MMLU, {}, {"subset": "anatomy"},
    ),
    "arc_challenge": (
        "arc-challenge/arc_challenge_test.json", _whole,
        {"id": "M_1", "question": "Why?", "A": "Heat.", "B": "Cold.", "label": ["A", "B"],
         "answer": "B"}, {}, {},
    ),
    "arc_easy": (
        "arc-easy/test-00000-of-00001.parquet", _parquet,
        {"id": "M_1", "question": "Why?", "choices": _CHOICES, "answerKey": "B"}, {"test": 2}, {},
    ),
    "bbh": (
        "bbh/bbh/boolean_expressions.json", _bbh, {"input": "not True is", "target": "False"}, {},
        {"subset": "boolean_expressions"},
    ),
    "humaneval": ("humaneval/HumanEval.jsonl.gz", _packed_lines, _PROGRAM, {}, {}),
    "humaneval_plus": ("humaneval-plus/test.jsonl", _lines, _PROGRAM, {"test": 2}, {}),
    "mbpp": ("mbpp/mbpp.jsonl", _lines, _MBPP, {}, {}),
    "hellaswag": (
        "hellaswag/hellaswag_val.jsonl", _lines,
        {"ind": 24, "activity_label": "Roof", "ctx": "A man", "label": 1,
         "endings": ["sings.", "flies.", "sinks.", "lifts."], "source_id": "a~b",
         "split_type": "indomain"}, {"validation": 2}, {},
    ),
    "gpqa": (
        "gpqa/gpqa_diamond.csv", _columns,
        {"Question": "Which?", "Correct Answer": "1", "Incorrect Answer 1": "2",
         "Incorrect Answer 2": "3", "Incorrect Answer 3": "4", "Record ID": "rec1",
         "High-level domain": "Physics", "Subdomain": "Physics"}, {"test": 2}, {},
    ),
    "squad": (
        "squad/dev-v1.1.json", _squad,
        {"id": "5", "question": "Which?", "context": "A game.",
         "answers": [{"answer_start": 1, "text": "Broncos"}]}, {"validation": 2}, {},
    ),
    "drop": (
        "drop/drop_dataset.zip", _drop,
        {"query_id": "a", "question": "How many?", "passage": "A game.",
         "answer": {"number": "3", "date": _DATE, "spans": []}}, {"validation": 2}, {},
    ),
    "math": (
        "math/algebra/test-00000-of-00001.parquet", _parquet,
        {"problem": "What is 1+1?", "level": "Level 1", "type": "Algebra",
         "solution": r"It is \boxed{2}."}, {}, {"subset": "algebra"},
    ),
    "ifeval": (
        "ifeval/ifeval_input_data.jsonl", _lines,
        {"key": 1000, "prompt": "Write without commas.", "kwargs": [{}],
         "instruction_id_list": ["punctuation:no_comma"]}, {"train": 2}, {},
    ),
    "mmlu_pro": (
        "mmlu-pro/test-00000-of-00001.parquet", _parquet,
        {"question_id": 70, "question": "Which?", "options": ["a", "b", "c"], "answer": "B",
         "answer_index": 1, "cot_content": "", "category": "physics", "src": "s"}, {"test": 2}, {},
    ),
    "winogrande": (
        "winogrande/validation-00000-of-00001.parquet", _parquet,
        {"sentence": "The _ was small.", "option1": "cup", "option2": "box", "answer": "2"},
        {"validation": 2}, {},
    ),
    "mmlu_redux": (
        "mmlu-redux/anatomy/data-00000-of-00001.arrow", _redux, _REDUX, {}, {"subset": "anatomy"},
    ),
    "mgsm": ("mgsm/mgsm_de.tsv", _mgsm, {"question": "1+1?", "answer": "2"}, {}, {"subset": "de"}),
    "mbpp_plus": (
        "mbpp-plus/test.parquet", _parquet,
        {"task_id": 11, "prompt": "Sort a list.", "code": "def o(x):\n  return sorted(x)",
         "test_list": ["assert o([2, 1]) == [1, 2]"], "test": "assert o([2, 1]) == [1, 2]"},
        {"test": 2}, {},
    ),
    "truthfulqa": (
        "truthfulqa/TruthfulQA.csv", _columns,
        {"Type": "Adversarial", "Category": "Myths", "Question": "Which?", "Best Answer": "It.",
         "Correct Answers": "It.; That.", "Incorrect Answers": "None.; Both.", "Source": "s"},
        {}, {},
    ),
}  # fmt: skip
# What each field that a verdict rests on cannot be.
_TEXT: tuple[Any, ...] = (None, "", " \n", 5, True, [], {}, "\u200b")
_WRONG: dict[str, tuple[Any, ...]] = {
    "gsm8k.question": _TEXT,
    "gsm8k.answer": (*_TEXT, "no mark", "#### ", "#### NaN", "#### inf", "#### many"),
    "mmlu.question": ("", " "),
    "mmlu.answer": ("", "E", "b", "12", "5", "NaN"),
    "mmlu.B": ("", " "),
    "arc_challenge.question": _TEXT,
    "arc_challenge.answer": (None, "", "E", 1, [], True),
    "arc_challenge.label": (None, [], "AB", ["A", "A"], ["A"], ["A", "B", "C"], 5),
    "arc_challenge.B": (None, "", [], 5),
    "arc_easy.question": (None, "", " "),
    "arc_easy.answerKey": (None, "", "E"),
    "arc_easy.choices": (
        None,
        {"text": [], "label": []},
        {"text": ["Heat."], "label": ["A", "B"]},
        {"text": ["Heat.", None], "label": ["A", "B"]},
        {"text": ["Heat.", "Cold."], "label": ["B", "B"]},
    ),
    "bbh.input": _TEXT,
    "bbh.target": _TEXT,
    "humaneval.prompt": _TEXT,
    "humaneval.test": _TEXT,
    "humaneval.entry_point": (*_TEXT, "no name", "other"),
    "humaneval_plus.test": _TEXT,
    "humaneval_plus.entry_point": (*_TEXT, "no name"),
    "mbpp.text": _TEXT,
    "mbpp.test_list": (None, [], "assert True", [5], [""], {}),
    "hellaswag.label": (None, -1, 4, "3", True, 1.5, []),
    "hellaswag.endings": (None, [], "four", ["a"], ["a", "b", "c", None], ["a", "b", "c", 5]),
    "hellaswag.ctx": _TEXT,
    "gpqa.Question": ("", " "),
    "gpqa.Correct Answer": ("", " "),
    "gpqa.Incorrect Answer 3": ("",),
    "squad.question": _TEXT,
    "squad.answers": (None, [], "x", [{}], [{"text": ""}], [{"text": None}], [{"text": 5}]),
    "squad.context": (None, "", 5),
    "drop.question": _TEXT,
    "drop.passage": (None, "", 5),
    "drop.answer": (None, "3", []),
    "math.problem": (None, "", " "),
    "math.solution": (None, "", "It is 2.", r"\boxed{}", r"\boxed{ }"),
    "ifeval.prompt": _TEXT,
    "ifeval.instruction_id_list": (None, [], "x", ["punctuation:unknown"], [5]),
    "ifeval.kwargs": (None, [], "x", [{}, {}], [5]),
    "mmlu_pro.question": (None, "", " "),
    "mmlu_pro.options": (None, [], ["a"], ["a", None, "c"]),
    "mmlu_pro.answer": (None, "", "D", "K"),
    "mmlu_pro.answer_index": (None, -1, 3, 0),
    "winogrande.sentence": (None, "", " ", "It was small."),
    "winogrande.option1": (None, "", " ", "box"),
    "winogrande.option2": (None, "", "\u200b"),
    "winogrande.answer": (None, "", "0", "3", "B", "1.0", "box"),
    "mmlu_redux.question": (None, "", " "),
    "mmlu_redux.choices": (None, [], ["1"], ["1", None, "3", "4"], ["1", "", "3", "4"]),
    "mmlu_redux.answer": (None, -1, 4),
    "mmlu_redux.error_type": (None, "", " "),
    "mgsm.question": ("", " ", "\u200b"),
    "mgsm.answer": ("", " ", "many", "NaN", "inf", "1e400", "1 2", "\u0662"),
    "mbpp_plus.prompt": (None, "", " "),
    "mbpp_plus.code": (None, "", "x = 1"),
    "mbpp_plus.test": (None, "", " "),
    "mbpp_plus.test_list": (None, [], [""], [None]),
    "truthfulqa.Question": ("", " "),
    "truthfulqa.Best Answer": ("", " ", "None."),
    "truthfulqa.Incorrect Answers": ("", ";", "It."),
}  # fmt: skip
CASES = [(field, value) for field, values in _WRONG.items() for value in values]


def _loaded(put: Put, name: str, *records: Record) -> Dataset:
    file, write, _, counts, options = LOADERS[name]
    return put(name, {file: write(list(records))}, counts, **options)


def _two(name: str) -> tuple[Record, Record]:
    """A record and another one beside it, with names of their own."""
    first = json.loads(json.dumps(LOADERS[name][2]))
    second = json.loads(json.dumps(first))
    numbered: Record = {"id": "M_2", "task_id": "HumanEval/8", "ind": 25, "Record ID": "rec2",
                "query_id": "b", "key": 1001, "question_id": 71}  # fmt: skip
    if name in {"mbpp", "mbpp_plus"}:
        numbered["task_id"] = 12
    for field, other in numbered.items():
        if field in second:
            second[field] = other
    return first, second


@pytest.mark.parametrize("name", LOADERS)
def test_records_in_the_published_form_are_read(put: Put, name: str) -> None:
    filled = {"mmlu_redux": 100, "mgsm": 250}

    assert len(_loaded(put, name, *_two(name))) == filled.get(name, 2)


@pytest.mark.parametrize(("field", "value"), CASES, ids=[f"{a}={b!r}"[:60] for a, b in CASES])
def test_a_value_that_cannot_be_right_is_refused(put: Put, field: str, value: object) -> None:
    name, _, field = field.partition(".")
    first, second = _two(name)

    with pytest.raises(DatasetFileError) as caught:
        _loaded(put, name, first, {**second, field: value})

    assert LOADERS[name][0].rpartition("/")[2] in str(caught.value)


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_field_an_empty_file_and_a_cut_file_are_refused(put: Put, name: str) -> None:
    file, write, _, counts, options = LOADERS[name]
    needed = [field.partition(".")[2] for field in _WRONG if field.startswith(f"{name}.")]
    whole = write(list(_two(name)))
    contents = [b"", whole[: len(whole) // 2 - 9], whole[:-30]]
    if write is not _bare_columns:  # where a record has names
        for field in needed:
            first, second = _two(name)
            first.pop(field, None)
            second.pop(field)
            if field not in ("context", "passage"):
                contents.append(write([first, second]))

    for content in contents:
        with pytest.raises(DatasetError):
            put(name, {file: content}, counts, **options)


@pytest.mark.parametrize("name", LOADERS)
def test_an_id_that_stands_twice_is_refused(put: Put, name: str) -> None:
    first, second = _two(name)
    own = [field for field in first if first[field] != second[field]]
    if not own or name in {"humaneval", "gpqa"}:
        pytest.skip("its items are numbered by their place")

    with pytest.raises(DatasetError, match="more than once"):
        _loaded(put, name, first, {**second, **{field: first[field] for field in own}})


def test_every_benchmark_with_files_is_here() -> None:
    generated, of_others = {"arithmetic"}, {"mmlu_stem"}

    assert set(dataset_names()) - generated - of_others == set(LOADERS)
