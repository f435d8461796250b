"""The scorer of a data set follows from its answers, whatever container they came in."""

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Dataset, Item, evaluate, load_sync, read_log, register_scorer, score

Records = list[dict[str, Any]]


def _csv(records: Records, folder: Path) -> Dataset:
    path = folder / "q.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["id", "question", "answer"])
        writer.writeheader()
        writer.writerows(records)
    return load_sync(path)


def _jsonl(records: Records, folder: Path) -> Dataset:
    path = folder / "q.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    return load_sync(path)


def _json(records: Records, folder: Path) -> Dataset:
    path = folder / "q.json"
    path.write_text(json.dumps(records), "utf-8")
    return load_sync(path)


def _parquet(records: Records, folder: Path) -> Dataset:
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pytest.importorskip("pyarrow").Table.from_pylist(records), folder / "q.pq")
    return load_sync("q", source=folder / "q.pq", format="parquet")


def _arrow(records: Records, folder: Path) -> Dataset:
    return Dataset.from_arrow(pytest.importorskip("pyarrow").Table.from_pylist(records))


def _pandas(records: Records, folder: Path) -> Dataset:
    return Dataset.from_pandas(pytest.importorskip("pandas").DataFrame(records))


def _items(records: Records, folder: Path) -> Dataset:
    return Dataset((Item(r["id"], r["question"], r["answer"]) for r in records), name="q")


def _log(records: Records, folder: Path) -> Dataset:
    path = folder / "log.jsonl"
    lines = [
        json.dumps({"id": r["id"], "input": r["question"], "target": r["answer"], "output": ""})
        for r in records
    ]
    path.write_text("\n".join(lines), "utf-8")
    return read_log(path, format="plain").dataset()


CONTAINERS: list[Callable[[Records, Path], Dataset]] = [
    _csv,
    _jsonl,
    _json,
    _parquet,
    _arrow,
    _pandas,
    _items,
    _log,
    lambda records, _: Dataset.from_records(records, name="q"),
]


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(
    ("answers", "prediction", "accuracy"),
    [
        (["4"] * 3, "The answer is 4", 1.0),
        ([4] * 3, "The answer is 4", 1.0),
        ([4.0, 4.0, 0.5], "The answer is 4", 2 / 3),
        (["4", "-0.5", "1e3"], "I get -0.5", 1 / 3),
        (["Paris"] * 3, "Paris.", 1.0),
        (["4", "four", "4"], "4", 2 / 3),
    ],
)
def test_equal_answers_are_scored_alike_in_every_container(
    container: Callable[[Records, Path], Dataset],
    answers: list[Any],
    prediction: str,
    accuracy: float,
    tmp_path: Path,
) -> None:
    records = [
        {"id": f"i{place}", "question": "?", "answer": answer}
        for place, answer in enumerate(answers)
    ]

    data = container(records, tmp_path)

    assert evaluate([prediction] * 3, dataset=data).accuracy == accuracy


@given(
    st.lists(st.integers() | st.floats(allow_nan=False, allow_infinity=False), min_size=1),
    st.randoms(use_true_random=False),
)
def test_numbers_and_their_texts_have_the_same_scorer(values: list[Any], chance: Any) -> None:
    mixed = [str(value) if chance.random() < 0.5 else value for value in values]

    for answers in (values, [str(value) for value in values], mixed):
        data = Dataset((Item(f"i{n}", "?", answer) for n, answer in enumerate(answers)), name="n")
        assert data.scorer == "number"


@pytest.mark.parametrize("answer", [Decimal("2.5"), Fraction(5, 2), 2.5, "2.5", " 2.5 "])
def test_every_form_of_a_number_is_scored_as_one(answer: Any) -> None:
    item = Item("a", "?", answer)

    assert Dataset([item], name="n").scorer == "number"
    assert score("It is 2.5", item).correct


def test_numbers_of_numpy_are_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    data = Dataset([Item("a", "?", numpy.int64(4)), Item("b", "?", numpy.float64(4))], name="n")

    assert data.scorer == "number"
    assert evaluate(["The answer is 4"] * 2, dataset=data).accuracy == 1


@pytest.mark.parametrize("index", [1, 1.0, "1", "B", "y"])
def test_the_index_of_a_choice_means_the_same_in_every_form(index: Any) -> None:
    item = Item("a", {"question": "?", "choices": ["x", "y", "z"]}, index)

    assert Dataset([item], name="n").scorer == "choice"
    assert score("B", item).correct
    assert not score("A", item).correct


@pytest.mark.parametrize("answers", [[], [True], [None], [["4", "5"]], ["4", "four"]])
def test_answers_that_are_not_all_numbers_are_scored_as_texts(answers: list[Any]) -> None:
    items = (Item(f"i{n}", "?", answer) for n, answer in enumerate(answers))

    assert Dataset(items, name="n").scorer == "text"


def test_a_scorer_that_is_named_is_kept() -> None:
    item = Item("a", "?", 4)

    assert Dataset([item], name="n", scorer="exact_match").scorer == "exact_match"
    assert Dataset([item], name="n", scorer=None).scorer is None
    assert Dataset([item], name="n").map(lambda each: Item(each.id, "?", "four")).scorer == "number"


def test_the_word_for_the_fitting_scorer_is_not_free_for_another_one() -> None:
    with pytest.raises(ValueError, match="auto"):
        register_scorer("auto", score)
