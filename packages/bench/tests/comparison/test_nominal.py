"""Categories without an order: kinds of errors, labels, languages."""

import numpy as np
import pytest

import bench

OLD = ["format"] * 30 + ["reasoning"] * 25 + ["refusal"] * 15
X = [1, 2, 3]
NEW = ["format"] * 12 + ["reasoning"] * 30 + ["refusal"] * 28


def test_texts_are_categories_and_get_the_chi_square_test() -> None:
    found = bench.compare(OLD, NEW, names=("old", "new"))

    table = bench.chi_square([[30, 25, 15], [12, 30, 28]])
    assert found.test == "chi_square"
    assert found.p_value == pytest.approx(table.p_value)
    assert found.interval == table.interval
    assert found.n == {"old": 70, "new": 70}
    assert found.details["categories"] == ["format", "reasoning", "refusal"]


def test_few_counts_get_the_exact_test() -> None:
    old, new = ["a"] * 6 + ["b"] * 2, ["a"] + ["b"] * 3 + ["c"] * 4

    found = bench.compare(old, new)

    assert found.p_value == pytest.approx(bench.fisher_exact([[6, 2, 0], [1, 3, 4]]).p_value)
    assert "SMALL_EXPECTED" in {note.id for note in found.warnings}


def test_codes_are_categories_when_declared() -> None:
    code = {"format": 1, "reasoning": 2, "refusal": 3}

    found = bench.compare([code[x] for x in OLD], [code[x] for x in NEW], scale="nominal")

    assert found.p_value == pytest.approx(bench.compare(OLD, NEW).p_value)


def test_numbers_as_text_are_not_taken_for_categories() -> None:
    with pytest.raises(bench.InvalidDataError, match="value 0 is '1'"):
        bench.compare(["1", "0"] * 10, ["1", "1"] * 10)


def test_a_missing_category_is_an_error_or_left_out() -> None:
    with pytest.raises(bench.MissingValuesError):
        bench.compare([*OLD, None], NEW)

    found = bench.compare([*OLD, None, float("nan")], NEW, missing="omit")

    assert found.n_dropped == 2
    assert found.p_value == bench.compare(OLD, NEW).p_value


def test_the_same_items_get_the_stuart_maxwell_test() -> None:
    """Two raters of 118 slides, five categories collapsed to three by hand; R's mh_test form."""
    old = ["a"] * 20 + ["b"] * 30 + ["c"] * 40
    new = ["a"] * 10 + ["b"] * 10 + ["b"] * 25 + ["c"] * 5 + ["c"] * 30 + ["a"] * 10

    found = bench.compare_paired(old, new)

    gaps = np.array([20 - 20, 30 - 35])
    spread = np.array([[20 + 20 - 2 * 10, -10.0], [-10.0, 30 + 35 - 2 * 25]])
    assert found.statistic == pytest.approx(float(gaps @ np.linalg.solve(spread, gaps)))
    assert found.df == (2.0,)
    assert found.estimate == pytest.approx(25 / 90)
    assert found.test == "stuart_maxwell"


def test_two_categories_agree_with_mcnemar() -> None:
    old, new = ["x"] * 60 + ["y"] * 40, ["x"] * 40 + ["y"] * 20 + ["y"] * 30 + ["x"] * 10

    found = bench.compare_paired(old, new)

    plain = bench.mcnemar([v == "x" for v in old], [v == "x" for v in new], method="chi2")
    assert found.p_value == pytest.approx(plain.p_value)


def test_few_changes_are_tested_by_swaps_and_keep_the_level() -> None:
    rng, rejected = np.random.default_rng(3), 0
    for _ in range(100):
        first, second = rng.choice(list("abc"), (2, 20), p=[0.6, 0.3, 0.1])
        rejected += bench.compare_paired(first.tolist(), second.tolist()).p_value <= 0.05

    assert rejected <= 12


def test_pairs_of_categories_are_matched_by_id() -> None:
    items = list(range(70))
    old, new = dict(zip(items, OLD, strict=True)), dict(zip(items, NEW, strict=True))

    found = bench.compare_paired(old, dict(reversed(new.items())))

    assert found.p_value == bench.compare_paired(OLD, NEW).p_value
    assert found.ids == tuple(items)


def test_several_groups_and_long_rows_take_categories() -> None:
    found = bench.compare_many({"a": OLD, "b": NEW, "c": OLD})
    rows = [{"m": m, "v": v} for m, vs in (("a", OLD), ("b", NEW)) for v in vs]

    assert found.omnibus.test == "chi_square"
    assert found.pairwise.pair("a", "c").p_adjusted == 1.0
    long = bench.compare_rows(rows, value="v", group="m")
    assert long.n == {"a": 70, "b": 70}  # type: ignore[union-attr]  # two groups


def test_what_categories_have_not_is_refused() -> None:
    with pytest.raises(bench.InvalidOptionError):
        bench.compare(OLD, NEW, alternative="greater")
    with pytest.raises(bench.InvalidOptionError):
        bench.compare_paired(OLD, NEW, clusters=list(range(70)))
    with pytest.raises(bench.InvalidOptionError):
        bench.compare_many_paired({"a": X, "b": X}, scale="nominal")
