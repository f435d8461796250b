"""Long tables: one row per answer, with columns for system, item and cluster."""

from typing import Any

import pytest

import bench

Row = dict[str, Any]


@pytest.fixture
def answers() -> list[Row]:
    """Two systems, twenty items in five documents, rows in no particular order."""
    rows = [
        {"model": model, "item": f"q{item}", "document": item % 5, "right": float(right)}
        for model, pattern in (("small", 3), ("large", 7))
        for item in range(20)
        for right in [item % pattern != 0]
    ]
    return sorted(rows, key=lambda row: (hash(row["right"]), row["item"], row["model"]))


def test_two_groups_with_ids_are_paired_by_item(answers: list[Row]) -> None:
    found = bench.compare_rows(answers, value="right", group="model", id="item", control="small")

    small = {row["item"]: row["right"] for row in answers if row["model"] == "small"}
    large = {row["item"]: row["right"] for row in answers if row["model"] == "large"}
    assert found == bench.compare_paired(small, large, names=("small", "large"))


def test_without_ids_the_groups_are_independent(answers: list[Row]) -> None:
    found = bench.compare_rows(answers, value="right", group="model", control="small")

    assert isinstance(found, bench.Comparison)
    assert found.test in ("proportions_z", "fisher_exact")


def test_repeats_are_averaged_because_the_item_is_the_unit(answers: list[Row]) -> None:
    once = bench.compare_rows(answers, value="right", group="model", id="item", scale="numeric")
    thrice = bench.compare_rows(
        answers * 3, value="right", group="model", id="item", scale="numeric"
    )

    assert isinstance(once, bench.Comparison)
    assert isinstance(thrice, bench.Comparison)
    assert thrice.p_value == pytest.approx(once.p_value)


def test_clusters_come_from_their_column(answers: list[Row]) -> None:
    found = bench.compare_rows(
        answers, value="right", group="model", id="item", cluster="document", control="small"
    )

    assert isinstance(found, bench.Comparison)
    assert "FEW_CLUSTERS" in [each.id for each in found.warnings]


def test_three_groups_get_an_omnibus_test_and_pairs(answers: list[Row]) -> None:
    third = [{**row, "model": "third", "right": 1.0} for row in answers if row["model"] == "small"]

    found = bench.compare_rows([*answers, *third], value="right", group="model", id="item")

    assert isinstance(found, bench.ManyComparison)
    assert found.omnibus.test == "cochran_q"
    assert len(found.pairwise) == 3


@pytest.mark.parametrize("library", ["pandas", "pyarrow"])
def test_frames_and_tables_say_the_same_as_rows(answers: list[Row], library: str) -> None:
    module = pytest.importorskip(library)
    table = module.DataFrame(answers) if library == "pandas" else module.Table.from_pylist(answers)

    found = bench.compare_rows(table, value="right", group="model", id="item")

    assert found == bench.compare_rows(answers, value="right", group="model", id="item")


def test_an_item_in_two_clusters_is_refused(answers: list[Row]) -> None:
    answers[0]["document"] = 99

    with pytest.raises(bench.InvalidDataError, match="99"):
        bench.compare_rows(answers, value="right", group="model", id="item", cluster="document")


def test_an_item_that_one_system_did_not_answer_is_named(answers: list[Row]) -> None:
    with pytest.raises(bench.UnequalLengthsError, match="one side only"):
        bench.compare_rows(answers[1:], value="right", group="model", id="item")


def test_an_unknown_control_is_refused_with_the_groups_there_are(answers: list[Row]) -> None:
    with pytest.raises(bench.InvalidOptionError, match="'small'"):
        bench.compare_rows(answers, value="right", group="model", control="medium")
