"""True null hypotheses whose p-values have formulas for thousands of data sets at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import _stats_sizes_formulas as formulas
import numpy as np
from _stats_sizes_formulas import Formula
from _stats_sizes_read import RANK_SHAPES, SHAPES, Rng, Values, smallest

import bench

SIZES = (5, 10, 30, 100)
Public = Callable[[list[Any]], Any]
Sample = Callable[[Rng, int], list[Any]]


@dataclass(frozen=True)
class Batches:
    """One row of the table: its data, the formula, and the function of bench."""

    name: str
    setting: str
    sample: Sample
    formula: Formula
    public: Public


def batches() -> Iterator[Batches]:
    """All rows with a formula."""
    yield from _two_groups()
    yield from _pairs()
    yield from _many()
    yield from _relations()


def _two(test: Callable[..., Any], **options: Any) -> Public:
    return lambda groups: test(*groups, **options)


def _groups(draw: Values, *sizes: int) -> Sample:
    return lambda r, runs: [draw(r, (runs, n)) for n in sizes]


_OF_TWO: dict[str, tuple[Formula, Public, dict[str, Values], int]] = {
    "compare": (
        formulas.welch,
        _two(bench.compare, sensitivity=False, scale="numeric"),
        SHAPES,
        5,
    ),
    "student_t": (formulas.student, _two(bench.student_t), SHAPES, 5),
    "yuen_t": (formulas.yuen, _two(bench.yuen_t), SHAPES, 5),
    "compare, ordinal": (
        formulas.brunner_munzel, _two(bench.compare, scale="ordinal"), RANK_SHAPES, 10,
    ),
    "brunner_munzel": (formulas.brunner_munzel, _two(bench.brunner_munzel), RANK_SHAPES, 10),
    "mann_whitney": (formulas.mann_whitney, _two(bench.mann_whitney), RANK_SHAPES, 30),
}  # fmt: skip


def _two_groups() -> Iterator[Batches]:
    for name, (formula, public, shapes, smallest_n) in _OF_TWO.items():
        for shape, draw in shapes.items():
            for n in SIZES:
                if n >= smallest_n:
                    yield Batches(
                        name, f"{shape}, n = {n} each", _groups(draw, n, n), formula, public
                    )
        if name != "mann_whitney":  # exact there
            yield Batches(
                name, "normal, n = 5 and 20", _groups(SHAPES["normal"], 5, 20), formula, public
            )
    for sds, sizes in (((5, 1), (5, 20)), ((2, 1), (10, 30)), ((5, 1), (20, 20))):
        setting = f"normal, sd {sds[0]} and {sds[1]}, n = {sizes[0]} and {sizes[1]}"
        for name in ("compare", "compare, ordinal"):
            formula, public, _, _ = _OF_TWO[name]
            yield Batches(name, setting, _unequal(sds, sizes), formula, public)
    for n in SIZES:
        yield Batches(
            "compare_ratio", f"log-normal, n = {n} each",
            _groups(SHAPES["log-normal"], n, n), formulas.welch_of_logs, _two(bench.compare_ratio),
        )  # fmt: skip


def _unequal(sds: tuple[int, int], sizes: tuple[int, int]) -> Sample:
    return lambda r, runs: [r.normal(0, sd, (runs, n)) for sd, n in zip(sds, sizes, strict=True)]


def _pairs() -> Iterator[Batches]:
    numbers = _two(bench.compare_paired, sensitivity=False)
    for shape, draw in SHAPES.items():
        for n in SIZES:
            sides = shape == "log-normal"
            yield Batches(
                "compare_paired",
                f"log-normal sides, n = {n}" if sides else f"{shape}, n = {n}",
                _groups(draw, n, n) if sides else _gaps(draw, n),
                formulas.paired,
                numbers,
            )
    for name, public in (
        ("wilcoxon", _two(bench.wilcoxon)),
        ("compare_paired, ordinal", _two(bench.compare_paired, scale="ordinal")),
    ):
        sample = _gaps(SHAPES["normal"], 100)
        yield Batches(name, "continuous, n = 100", sample, formulas.wilcoxon, public)
    mean = float(np.exp(0.5))
    for n in SIZES:
        yield Batches(
            "one_sample_t", f"log-normal, n = {n}", _groups(SHAPES["log-normal"], n),
            lambda groups: formulas.one_sample(groups[0], mean),
            lambda groups: bench.one_sample_t(groups[0], mean),
        )  # fmt: skip


def _gaps(draw: Values, n: int) -> Sample:
    def sample(r: Rng, runs: int) -> list[Any]:
        base = 4.0 * r.integers(0, 5, (runs, n))
        return [base, base + draw(r, (runs, n))]

    return sample


def _named(test: Callable[..., Any], **options: Any) -> Public:
    return lambda groups: test({f"g{place}": each for place, each in enumerate(groups)}, **options)


def _pairwise(test: Callable[..., Any], **options: Any) -> Public:
    return lambda groups: smallest(_named(test, **options)(groups))


_FREE: dict[str, tuple[Formula, Public, dict[str, Values]]] = {
    "anova": (formulas.anova, _named(bench.anova), SHAPES),
    "welch_anova": (formulas.welch_anova, _named(bench.welch_anova), SHAPES),
    "posthoc, tukey": (formulas.tukey, _pairwise(bench.posthoc, method="tukey"), SHAPES),
    "posthoc, games-howell": (formulas.games_howell, _pairwise(bench.posthoc), SHAPES),
    "equal_spread": (formulas.brown_forsythe, _named(bench.equal_spread), SHAPES),
    "kruskal_wallis": (formulas.kruskal, _named(bench.kruskal_wallis), RANK_SHAPES),
    "compare_many, ordinal pairs": (
        formulas.dunn, _pairwise(bench.compare_many, scale="ordinal"), RANK_SHAPES,
    ),
    "posthoc, nemenyi": (
        formulas.nemenyi, _pairwise(bench.posthoc, method="nemenyi"), RANK_SHAPES,
    ),
}  # fmt: skip
_BLOCKS: dict[str, tuple[Formula, Public, dict[str, Values]]] = {
    "repeated_anova": (formulas.repeated_anova, _named(bench.repeated_anova), SHAPES),
    "friedman": (formulas.friedman, _named(bench.friedman), RANK_SHAPES),
}


def _many() -> Iterator[Batches]:
    for tests, most in ((_FREE, 30), (_BLOCKS, 100)):
        for name, (formula, public, shapes) in tests.items():
            for shape, draw in shapes.items():
                for k in (3, 5):
                    for n in SIZES:
                        if n <= (most if k == 3 else 30):
                            sample = _groups(draw, *[n] * k)
                            yield Batches(name, f"{shape}, {k} x {n}", sample, formula, public)
    for name in ("welch_anova", "posthoc, games-howell"):
        formula, public, _ = _FREE[name]
        setting = "normal, sd 1, 2 and 4, n = 20, 10 and 5"
        yield Batches(name, setting, _apart, formula, public)


def _apart(r: Rng, runs: int) -> list[Any]:
    return [r.normal(0, sd, (runs, n)) for sd, n in ((1, 20), (2, 10), (4, 5))]


def _relations() -> Iterator[Batches]:
    for name, formula, shapes, smallest_n in (
        ("pearson", formulas.pearson, SHAPES, 5),
        ("spearman", formulas.spearman, RANK_SHAPES, 10),
    ):
        for shape, draw in shapes.items():
            for n in SIZES:
                if n >= smallest_n:
                    yield Batches(
                        f"correlation, {name}", f"{shape}, n = {n}",
                        _groups(draw, n, n), formula, _two(bench.correlation, method=name),
                    )  # fmt: skip
