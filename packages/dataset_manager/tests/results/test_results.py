"""Results are compared, taken apart, saved and written so that nothing is lost or let in."""

import csv
import json
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dataset_manager import (
    Dataset,
    DatasetFileError,
    EvaluationResult,
    Item,
    PredictionError,
    ResultNotFoundError,
    ResultStore,
    confidence_calibration,
    disagreements,
    evaluate,
    evaluate_batch,
    failure_modes,
    group_table,
    hardest_items,
    leaderboard,
)

EVIL = "<script>alert(1)</script>|`x`"
DATA = Dataset(
    [
        Item(f"i{n}", "q", str(n), {"topic": "low" if n < 3 else "high", "deep": {"odd": n % 2}})
        for n in range(10)
    ],
    name="ten",
    scorer="text",
)


def answers(right: int) -> list[str]:
    return [str(n) if n < right else "x" for n in range(10)]


def one(right: int, name: str = "m") -> EvaluationResult:
    return evaluate(answers(right), dataset=DATA, model_name=name)


def test_groups_and_hard_items_of_a_part_that_was_answered() -> None:
    part = evaluate({"i0": "0", "i9": "x"}, dataset=DATA, missing="omit")

    table = group_table(part, DATA, by="topic")

    assert [(group.name, group.correct, group.total) for group in table.groups] == [
        ("high", 0, 1),
        ("low", 1, 1),
    ]


def test_several_models_are_scored_at_once_in_both_forms() -> None:
    named = evaluate_batch({"a": answers(2), "b": answers(5)}, dataset=DATA)
    listed = evaluate_batch(
        [{"model_name": "a", "predictions": answers(2)}], dataset=DATA, metrics=["coverage"]
    )

    assert [(each.model_name, each.accuracy) for each in named] == [("a", 0.2), ("b", 0.5)]
    assert listed[0].metrics == {"coverage": 1.0}
    with pytest.raises(PredictionError, match="no model_name"):
        evaluate_batch([{"predictions": []}], dataset=DATA)


def test_a_function_is_a_metric_under_its_name() -> None:
    def length(prediction: str | None, expected: str) -> float:
        return float(len(prediction or ""))

    assert one(10).metrics == {"accuracy": 1.0}
    assert evaluate({"i0": "abc"}, dataset=DATA, metrics=length).metrics == {"length": 0.3}


def test_groups_have_their_own_accuracies_and_two_means() -> None:
    table = group_table(one(5), DATA, by="topic")

    assert [(group.name, group.correct, group.total) for group in table.groups] == [
        ("high", 2, 7),
        ("low", 3, 3),
    ]
    assert table.micro == 0.5
    assert table.macro == pytest.approx((1 + 2 / 7) / 2)
    assert "macro" in str(table)
    json.dumps(table.to_dict())


def test_groups_of_other_items_are_refused() -> None:
    with pytest.raises(PredictionError, match="other items"):
        group_table(one(5), DATA.take(3), by="topic")


def test_the_hardest_items_are_those_that_fewest_models_have_right() -> None:
    assert hardest_items([one(9), one(8)], 3) == [("i9", 0, 2), ("i8", 1, 2), ("i0", 2, 2)]
    with pytest.raises(PredictionError, match="same data set"):
        hardest_items([])


def test_wrong_answers_are_counted_by_kind() -> None:
    data = Dataset(
        [Item(name, "q", "Washington") for name in "abcde"], name="capitals", scorer="text"
    )
    given = {"a": "Washingtan", "b": "Rome", "c": "", "d": "I cannot answer"}

    assert failure_modes(evaluate(given, dataset=data)) == {
        "near_miss": 1, "wrong_answer": 1, "empty": 1, "refused": 1, "missing": 1,
    }  # fmt: skip


def test_other_verdicts_are_compared_item_by_item() -> None:
    found = disagreements(one(2), {"i0": True, "i1": False, "i2": True})

    assert [(item.id, other) for item, other in found] == [("i1", False), ("i2", True)]


def test_confidence_is_compared_with_accuracy() -> None:
    """Two bins: .9 sure and all right, .6 sure and half right: ECE = (.1 * 2 + .1 * 2) / 4."""
    data = DATA.take(4)
    given = [
        {"predicted": "0", "confidence": 0.9},
        {"predicted": "1", "metadata": {"confidence": 0.9}},
        {"predicted": "2", "confidence": 0.6},
        {"predicted": "x", "confidence": 0.6},
    ]

    found = confidence_calibration(evaluate(given, dataset=data))

    assert found is not None
    assert found.error == pytest.approx(0.1)
    assert found.brier == pytest.approx((0.01 + 0.01 + 0.16 + 0.36) / 4)
    assert confidence_calibration(one(2)) is None
    with pytest.raises(PredictionError, match="from 0 to 1"):
        evaluate([{"id": "i0", "predicted": "0", "confidence": 95}], dataset=data)


def test_confidences_by_id_are_found_too() -> None:
    given = {"i0": {"predicted": "0", "confidence": 0.5}, "i1": "1"}
    listed = [{"id": "i0", "predicted": "0", "confidence": 0.5}]

    for form in (given, listed):
        sure = [item.confidence for item in evaluate(form, dataset=DATA).items]
        assert sure == [0.5] + [None] * 9


def test_a_result_is_saved_and_loaded_without_loss(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "results", clock=lambda: datetime(2026, 3, 1, 23, tzinfo=UTC))
    result = evaluate({"i0": "0", "i1": EVIL}, dataset=DATA, model_name="lab/m 1")

    identifier = store.save(result)

    assert identifier.startswith("2026-03-01_lab-m-1_ten_")
    assert store.load(identifier) == result
    assert [each.id for each in ResultStore(tmp_path / "results").query()] == [identifier]


def test_a_stored_metric_without_a_value_is_not_shown(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    name = store.save(one(2))
    path = tmp_path / f"{name}.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "metrics": {**record["metrics"], "f1": None}}))

    assert "f1" not in str(store.load(name))
    assert "f1" in store.load(name)._repr_html_()


def test_results_are_found_by_model_data_set_accuracy_and_date(tmp_path: Path) -> None:
    days = iter([datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)])
    store = ResultStore(tmp_path, clock=lambda: next(days))
    for right, name in ((2, "a"), (5, "b"), (9, "a")):
        store.save(one(right, name))

    def found(**filters: object) -> list[float]:
        return [each.accuracy for each in store.query(**filters)]  # type: ignore[arg-type]  # many kinds

    assert found(model="a") == [0.2, 0.9]
    assert found(dataset="ten") == [0.2, 0.5, 0.9]
    assert found(dataset="other") == []
    assert found(min_accuracy=0.5, max_accuracy=0.8) == [0.5]
    assert found(since=date(2026, 1, 2), until=date(2026, 1, 2)) == [0.5]


def test_a_result_that_is_not_there_is_an_error_and_so_is_a_way_out(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.save(one(3), id="mine")

    store.delete("mine")

    assert store.query() == []
    for action in (store.load, store.delete):
        with pytest.raises(ResultNotFoundError, match="mine"):
            action("mine")
    for bad in ("../out", ".hidden", "", "a/b", "x.summary"):
        with pytest.raises(ValueError, match="id of a result"):
            store.save(one(3), id=bad)


def test_a_damaged_file_of_the_store_is_named(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.save(one(3), id="mine")
    (tmp_path / "mine.json").write_text("{}")
    (tmp_path / "bad.summary.json").write_bytes(b"\xff")

    with pytest.raises(DatasetFileError, match=r"mine\.json: is not a stored result"):
        store.load("mine")
    with pytest.raises(DatasetFileError, match=r"bad\.summary\.json"):
        store.query()


def test_a_notebook_shows_results_and_groups_as_tables() -> None:
    shown = one(5, EVIL)._repr_html_() + group_table(one(5), DATA, by=lambda _: EVIL)._repr_html_()

    assert "<script" not in shown
    assert shown.count("<table>") == 2
    assert "<td>5/10</td>" in shown


def test_the_best_model_comes_first_and_equals_share_a_rank() -> None:
    board = leaderboard([one(2, "a"), one(9, "b"), one(9, "c")])

    assert [(row[0], row[1]) for row in board.rows()] == [("1", "b"), ("1", "c"), ("3", "a")]
    assert "0.9000" in str(board)
    with pytest.raises(ValueError, match="at least one"):
        leaderboard([])


def test_every_format_can_be_written_and_read(tmp_path: Path) -> None:
    board = leaderboard([one(2, "a"), one(9, "b")])
    for name in ("r.csv", "r.jsonl", "r.md", "r.html"):
        board.export(tmp_path / name)
    board.export(tmp_path / "items.csv", items=True)

    with (tmp_path / "r.csv").open(newline="") as file:
        assert [row["accuracy"] for row in csv.DictReader(file)] == ["0.9", "0.2"]
    with (tmp_path / "items.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 20
    lines = (tmp_path / "r.jsonl").read_text().splitlines()
    assert EvaluationResult.from_dict(json.loads(lines[0])) == one(9, "b")
    for name, items in (("r.xlsx", False), ("r.md", True)):
        with pytest.raises(ValueError, match="that ends in"):
            board.export(tmp_path / name, items=items)


def test_metrics_have_columns_of_their_own_and_what_is_not_there_is_empty() -> None:
    both = evaluate(answers(5), dataset=DATA, metrics=["accuracy", "f1"], model_name="a")

    board = leaderboard([both, one(2, "b")])

    assert board.head[-2:] == ("coverage", "f1")
    assert [row[-1] for row in board.rows()] == ["0.5000", ""]
    assert "| f1 |" in board.to_markdown()
    assert "<th>f1</th>" in board.to_html()


def test_no_cell_of_a_table_is_a_formula_in_a_spreadsheet() -> None:
    given = {"i0": "=HYPERLINK(1)", "i1": "-5", "i2": "@SUM(1)", "i3": "-1+cmd|x", "i4": "a\nb,c"}
    board = leaderboard([evaluate(given, dataset=DATA, model_name="+evil")])

    rows = list(csv.DictReader(board.to_csv(items=True).splitlines(keepends=True)))

    assert [row["prediction"] for row in rows[:5]] == [
        "'=HYPERLINK(1)", "-5", "'@SUM(1)", "'-1+cmd|x", "a\nb,c",
    ]  # fmt: skip
    assert rows[0]["model_name"] == "'+evil"


def test_names_cannot_bring_markup_into_a_page(tmp_path: Path) -> None:
    board = leaderboard([one(2, EVIL)], title=EVIL)

    assert "<script" not in board.to_html()
    assert "&lt;script&gt;" in board.to_html()
    assert "<script" not in board.to_markdown().replace("\\<", "")
    assert board.to_markdown().count("\n") == 5
    assert "<script" not in board._repr_html_()


def test_no_output_of_a_model_is_run_by_a_page() -> None:
    data = Dataset([Item(EVIL, "q", EVIL)], name=EVIL, version=EVIL, scorer="text")
    page = leaderboard([evaluate([f"no {EVIL}"], dataset=data, model_name=EVIL)]).to_html(
        items=True
    )

    seen = Tags()
    seen.feed(page)

    assert "script" not in seen.names
    assert not {name for name in seen.attributes if name.startswith("on") or name == "href"}
    assert f"no {EVIL}" in seen.texts


def test_a_page_draws_each_interval_and_counts_the_outcomes() -> None:
    result = evaluate({"i0": "0", "i1": "I cannot answer"}, dataset=DATA, model_name="m")

    page = leaderboard([result, one(9, "n")]).to_html()

    assert page.count("<svg") == page.count("<details>") == 2
    assert "1 found, 8 missing, 1 refused" in page
    assert "<td>i0</td>" not in page


class Tags(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.md", "a.html"])
def test_a_table_replaces_a_link_and_leaves_what_it_names(tmp_path: Path, name: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("kept")
    (tmp_path / name).symlink_to(theirs)

    leaderboard([one(2, "a")]).export(tmp_path / name)

    assert theirs.read_text() == "kept"
    assert (tmp_path / name).read_text() != "kept"
