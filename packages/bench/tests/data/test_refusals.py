"""What can be read in more than one way is refused with its place, whichever function reads it."""

import array
import collections
import decimal
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import bench

X = [1.25, 2.5, 3.0, 7.75, 4.5, 5.25, 2.0, 6.5]
Y = [2.25, 2.75, 5.5, 7.0, 6.5, 8.25, 2.5, 9.0]
A = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0]
PAIRS = [1, 1, 2, 2, 3, 3, 4, 4]
MIXED = [1, "1", 2, "2", 3, "3", 4, "4"]
TEXTS = [str(label) for label in PAIRS]
ROWS = [{"y": y, "g": g, "h": h} for y, g, h in zip(X + Y, "ab" * 8, "ppqq" * 4, strict=True)]


class OnlyArray:
    """What numpy can read and Python cannot go through, as tensors of some libraries."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.values, dtype)


MIXES: dict[str, Callable[[], object]] = {
    "clusters of a mean": lambda: bench.mean_interval(X, clusters=MIXED),
    "clusters of a rate": lambda: bench.rate_interval(A, clusters=MIXED),
    "clusters of a score": lambda: bench.eval_score(A, clusters=MIXED),
    "clusters of pairs": lambda: bench.compare_paired(X, Y, clusters=MIXED),
    "clusters of two groups": lambda: bench.compare(X, Y, clusters=(PAIRS, TEXTS)),
    "floats and texts": lambda: bench.mean_interval(X, clusters=[1.0, "1", *PAIRS[2:]]),
    "clusters of many groups": lambda: bench.compare_many(
        {"a": X, "b": Y}, clusters={"a": PAIRS, "b": TEXTS}
    ),
    "clusters of labelled items": lambda: bench.prediction_powered_mean(
        X, Y, Y, clusters=(PAIRS, TEXTS)
    ),
    "ratings": lambda: bench.agreement(PAIRS, TEXTS),
    "truth values as ratings": lambda: bench.agreement([True, False] * 4, ["True", "False"] * 4),
    "categories": lambda: bench.compare(["a", 1] * 4, ["a", "1"] * 4, scale="nominal"),
    "levels of a factor": lambda: bench.factorial_anova(
        [{**row, "g": 1 if place % 3 else "1"} for place, row in enumerate(ROWS)],
        outcome="y",
        factors=["g", "h"],
    ),
    "ids left out": lambda: bench.compare_paired(
        {1: 1.0, 2: 2.0, 3: 3.0, "4": 4.0}, {1: 1.5, 2: 2.0, 3: 4.0, 4: 4.0}, missing="omit"
    ),
}


@pytest.mark.parametrize("name", MIXES)
def test_labels_that_differ_only_in_their_type_are_refused(name: str) -> None:
    with pytest.raises(bench.BenchError, match="differ only in their type"):
        MIXES[name]()


def test_equal_numbers_of_several_types_are_one_label() -> None:
    several = [1, True, 2, 2.0, np.int64(3), 3, decimal.Decimal(4), 4]

    assert bench.mean_interval(X, clusters=several) == bench.mean_interval(X, clusters=PAIRS)


def test_equal_numbers_of_several_types_are_one_group_of_rows() -> None:
    levels = {"a": 1, "b": 2}
    whole = [{**row, "g": levels[str(row["g"])]} for row in ROWS]
    mixed = [{**row, "g": float(levels[str(row["g"])]) if i > 1 else levels[str(row["g"])]}
             for i, row in enumerate(ROWS)]  # fmt: skip

    found = bench.factorial_anova(mixed, outcome="y", factors=["g", "h"])

    assert repr(found) == repr(bench.factorial_anova(whole, outcome="y", factors=["g", "h"]))


@pytest.mark.parametrize("start", ["1", 1])
def test_labels_by_numbers_out_of_order_need_values_with_ids(start: Any) -> None:
    kind: Any = type(start)
    shuffled = {kind(place + 1): PAIRS[place] for place in (3, 0, 7, 5, 1, 2, 6, 4)}
    ordered = dict(sorted(shuffled.items()))

    with pytest.raises(bench.InvalidDataError, match="not in order"):
        bench.mean_interval(X, clusters=shuffled)

    assert bench.mean_interval(X, clusters=ordered) == bench.mean_interval(X, clusters=PAIRS)
    by_id = {kind(place + 1): value for place, value in enumerate(X)}
    assert bench.mean_interval(by_id, clusters=shuffled) == bench.mean_interval(X, clusters=PAIRS)


def test_row_numbers_of_tables_of_different_length_match_no_labels() -> None:
    pd = pytest.importorskip("pandas")

    with pytest.raises(bench.InvalidDataError, match="10 labels for 8 values"):
        bench.mean_interval(pd.Series(X), clusters=pd.Series([*PAIRS, 5, 5]))

    chosen = pd.Series(X, index=[f"q{place}" for place in range(8)])
    known = pd.Series([*PAIRS, 5, 5], index=[f"q{place}" for place in range(10)])
    assert bench.mean_interval(chosen, clusters=known) == bench.mean_interval(X, clusters=PAIRS)


READERS: dict[str, Callable[[Any], object]] = {
    "mean_interval": bench.mean_interval,
    "eval_score": bench.eval_score,
    "rate_interval": bench.rate_interval,
    "agreement": lambda values: bench.agreement(values, A),
    "compare_paired": lambda values: bench.compare_paired(values, Y),
    "meta_analysis": lambda values: bench.meta_analysis(values, Y),
    "errors of studies": lambda values: bench.meta_analysis(X, values),
    "correct_multiple_comparisons": bench.correct_multiple_comparisons,
    "adjust": bench.adjust,
    "chi_square": lambda values: bench.chi_square([values, PAIRS]),
    "factorial_anova": lambda values: bench.factorial_anova(
        {"y": values, "g": list("abababab")}, outcome="y", factors=["g"]
    ),
    "clusters": lambda values: bench.mean_interval(X, clusters=values),
}
UNREADABLE: dict[str, object] = {
    "a set": set(range(8)),
    "a frozen set": frozenset(range(8)),
    "bytes": bytes(8),
    "a byte array": bytearray(8),
    "a view of bytes": memoryview(b"\0\1\0\1\0\1\1\1"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("name", READERS)
def test_sets_and_bytes_are_refused(name: str, kind: str) -> None:
    with pytest.raises(bench.BenchError, match=r"set|bytes|bytearray|memoryview|label for every"):
        READERS[name](UNREADABLE[kind])


def test_a_view_of_floats_is_a_column() -> None:
    assert bench.mean_interval(memoryview(array.array("d", X))) == bench.mean_interval(X)


@pytest.mark.parametrize("row", [collections.UserDict, collections.ChainMap])
def test_a_mapping_is_no_row_of_a_table_of_counts(row: Any) -> None:
    with pytest.raises(bench.BenchError):
        bench.chi_square([row({0: 8, 1: 9}), row({0: 5, 1: 4})])


@pytest.mark.parametrize("name", [name for name in READERS if name != "factorial_anova"])
def test_what_has_only_an_array_is_read_by_every_function(name: str) -> None:
    values = [0.0625, 0.5, 0.25, 0.125, 0.75, 0.5, 0.25, 0.0625]
    values = A if name in ("rate_interval", "agreement", "clusters", "chi_square") else values

    assert repr(READERS[name](OnlyArray(values))) == repr(READERS[name](values))


def test_ids_and_ratings_that_cannot_be_looked_up_are_refused() -> None:
    with pytest.raises(bench.InvalidDataError, match="not a plain value"):
        bench.agreement([decimal.Decimal("sNaN"), 1, 0], [1, 1, 0])
    with pytest.raises(bench.InvalidDataError, match="not a plain value"):
        bench.agreement([([1],), 1, 0], [1, 1, 0])


def test_labels_in_arrays_of_no_dimension_are_labels() -> None:
    boxed: Any = [np.array(label, dtype=object) for label in TEXTS]

    assert bench.mean_interval(X, clusters=boxed) == bench.mean_interval(X, clusters=TEXTS)
