"""Numbers that a float or a table cannot hold, and labels that cannot be looked up, are refused."""

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import bench

HUGE = [1e308, -1e308, 1.0, 2.0]
LABELS = [1, 1, 2, 2]


class NoHash:
    """A label whose own code raises."""

    def __hash__(self) -> int:
        raise RuntimeError


class NotEqual:
    """Labels that cannot be compared with each other."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __hash__(self) -> int:
        return 1


TOO_LARGE: dict[str, Callable[[], object]] = {
    "scores": lambda: bench.eval_score(HUGE),
    "scores in clusters": lambda: bench.eval_score(HUGE, clusters=LABELS),
    "repeats": lambda: bench.eval_score([HUGE, HUGE]),
    "scores of two systems": lambda: bench.eval_compare(HUGE, HUGE[::-1]),
    "components": lambda: bench.variance_components([HUGE, HUGE[::-1]]),
    "long doubles": lambda: (
        bench.mean_interval(np.array([1, 2, 3], np.longdouble) * 10**400)
        if np.finfo(np.longdouble).max > 1e400  # some machines have none
        else bench.mean_interval([float("inf"), 1.0])
    ),
    "a table": lambda: bench.chi_square([[1e308, 2], [3, 1e308]]),
    "an exact table": lambda: bench.fisher_exact([[10**12, 3], [2, 10**12]]),
    "cells": lambda: bench.goodness_of_fit([10**300, 10**300]),
    "strata": lambda: bench.cochran_mantel_haenszel([[[10**300, 2], [3, 10**300]]] * 2),
    "samples": lambda: bench.pass_at_k([1e308] * 3, [1, 2, 3], k=2),
    "discordant pairs": lambda: bench.mcnemar_from_counts(10**300, 3, 10**299, 2),
    "counts": lambda: bench.two_proportions_from_counts(10**300, 10**301, 1, 2),
    "a share": lambda: bench.one_proportion(10**300, 10**301, 0.5),
    "an error of nearly 0": lambda: bench.meta_analysis([1.0, 2.0, 3.0], [5e-324, 1.0, 1.0]),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_numbers_out_of_range_are_refused(name: str) -> None:
    with pytest.raises(bench.BenchError):
        TOO_LARGE[name]()


RANGE: dict[str, Callable[[], object]] = {
    "agreement of ratings": lambda: bench.intraclass_correlation(HUGE, HUGE[::-1]),
    "resources": lambda: bench.reliability_profile(
        [[1, 0]] * 4, resources={"tokens": [[1e308, 1.0], [2.0, 1e308], [3.0, 3.0], [4.0, 5.0]]}
    ),
}


@pytest.mark.parametrize("name", RANGE)
def test_what_has_no_unit_works_over_the_whole_range_of_floats(name: str) -> None:
    assert "nan" not in str(RANGE[name]())


class NoText:
    """What no result could name."""

    def __repr__(self) -> str:
        raise KeyError("text")


CLUSTERED: dict[str, Callable[[Any], object]] = {
    "a mean": lambda labels: bench.mean_interval([1.0, 2.0, 3.0, 5.0], clusters=labels),
    "two groups": lambda labels: bench.compare(
        [1.0, 2.0, 3.0, 5.0], [2.0, 2.5, 3.0, 7.0], clusters=(labels, LABELS)
    ),
    "an effect": lambda labels: bench.effect_size(
        [1.0, 2.0, 3.0, 5.0], [2.0, 2.5, 3.0, 7.0], clusters=(labels, LABELS)
    ),
}


@pytest.mark.parametrize("name", CLUSTERED)
@pytest.mark.parametrize(
    ("labels", "said"),
    [
        pytest.param([1, [1], 2, 2], "position 1 is a list", id="a list"),
        pytest.param([1, 1, {}, 2], "position 2 is a dict", id="a dict"),
        pytest.param([1, 1, 2, NoHash()], "position 3 is a NoHash", id="no hash"),
        pytest.param([NotEqual(), NotEqual(), 1, 1], "compared", id="not equal"),
        pytest.param([1, 1, 2, NoText()], "position 3 (NoText) raises KeyError", id="no text"),
        pytest.param(
            [("a", 1), ("a", math.nan), ("b", 1), ("b", 1)],
            "position 1 is missing",
            id="NaN in a tuple",
        ),
        pytest.param([b"a", "a", "b", "b"], "only in their type", id="bytes and text"),
    ],
)
def test_labels_that_cannot_be_told_apart_are_refused(name: str, labels: Any, said: str) -> None:
    with pytest.raises(bench.InvalidDataError, match=re.escape(said)):
        CLUSTERED[name](labels)


@pytest.mark.parametrize("item", [NoText(), (1, math.nan), (1, (2, None))], ids=type)
def test_ids_that_nothing_could_name_are_refused(item: Any) -> None:
    first, second = {item: 1.0, 2: 2.0, 3: 4.0}, {item: 2.0, 2: 2.5, 3: 3.0}

    with pytest.raises(bench.InvalidDataError, match="position 0"):
        bench.compare_paired(first, second)


NO_TEXT: Any = NoText()


@pytest.mark.parametrize(
    "run",
    [
        lambda: bench.one_proportion(NO_TEXT, 5),
        lambda: bench.compare([1.0, NO_TEXT], [1.0, 2.0]),
        lambda: bench.compare([1.0, 2.0], [1.0, 2.0], level=NO_TEXT),
        lambda: bench.compare([1.0, 2.0], [1.0, 2.0], scale=NO_TEXT),
        lambda: bench.compare([1.0, 2.0, 3.0], [1.0, 2.0, 4.0], names=("a", NO_TEXT)),
        lambda: bench.compare_many({NO_TEXT: [1.0, 2.0], "b": [1.0, 3.0]}),
        lambda: bench.agreement(["a", NO_TEXT], ["a", "b"]),
        lambda: bench.bradley_terry([(NO_TEXT, "b", 1)]),
        lambda: bench.compare_rows(
            {"y": [1.0, 2.0, 3.0, 5.0], "g": ["a", "a", "b", NO_TEXT]}, value="y", group="g"
        ),
    ],
)
def test_what_raises_as_text_is_refused_as_a_bench_error(run: Callable[[], object]) -> None:
    with pytest.raises(bench.BenchError):
        run()


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (bench.mean_interval, "values at position 2"),
        (lambda broken: bench.compare(broken, [1.0, 2.0, 3.0]), "control at position 2"),
        (lambda broken: bench.compare_paired([1.0, 2.0], broken), "treatment at position 2"),
        (lambda broken: bench.mean_interval([1.0, 2.0], clusters=broken), "clusters at position 2"),
        (bench.eval_score, "at position 2"),
        (lambda broken: bench.agreement(broken, [1, 2]), "at position 2"),
        (bench.adjust, "at position 2"),
        (lambda broken: bench.pool_scores({"a": [1, 0], "b": broken}), "at position 2"),
        (lambda broken: bench.compare_many([broken, [1.0, 2.0]]), "at position 2"),
    ],
)
@pytest.mark.parametrize("kind", [ValueError, OSError, TypeError, KeyError])
def test_an_error_of_an_iterator_is_its_own_with_the_place(
    run: Callable[[Any], object], said: str, kind: type[Exception]
) -> None:
    def broken() -> Iterator[float]:
        yield from (1.0, 2.0)
        raise kind("of the reader")

    with pytest.raises(kind, match="of the reader") as found:
        run(broken())

    assert said in found.value.__notes__[0]


@pytest.mark.parametrize("values", [np.array(1, object), list, np.nditer(np.arange(3.0))])
def test_what_is_no_column_is_refused(values: Any) -> None:
    for run in (bench.compare, bench.compare_paired):
        with pytest.raises(bench.BenchError):
            run(values, values)


def test_bytes_are_no_repeats_of_an_item() -> None:
    with pytest.raises(bench.InvalidDataError, match="not a number"):
        bench.eval_score([memoryview(b"\0\1"), memoryview(b"\1\1")])
