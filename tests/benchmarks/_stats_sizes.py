"""Worlds in which each null hypothesis of bench is true: a p-value from one data set of each."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np
from _stats_sizes_clusters import cluster_worlds, model_worlds
from _stats_sizes_read import SHAPES, Draw, Rng, Values, World, smallest

import bench

SIZES = (5, 10, 30, 100)


def worlds() -> Iterator[World]:
    """All worlds, one per test and data."""
    yield from cluster_worlds()
    yield from _many()
    yield from _answers()
    yield from model_worlds()
    yield from _shapes_and_relations()
    yield from _pairs()
    yield from _two_groups()


def _two_groups() -> Iterator[World]:
    tests: dict[str, Callable[..., Any]] = {
        "compare": lambda x, y: bench.compare(x, y, sensitivity=False, scale="numeric"),
        "compare, ordinal": lambda x, y: bench.compare(x, y, scale="ordinal"),
        "student_t": bench.student_t,
        "yuen_t": bench.yuen_t,
        "mann_whitney": bench.mann_whitney,
        "brunner_munzel": bench.brunner_munzel,
        "permutation_test": lambda x, y: bench.permutation_test(x, y, resamples=399),
        "permutation_test, studentized": lambda x, y: bench.permutation_test(
            x, y, resamples=399, studentized=True
        ),
        "kolmogorov_smirnov": bench.kolmogorov_smirnov,
    }
    for name, test in tests.items():
        for shape, draw in SHAPES.items():
            for n in SIZES:
                yield name, f"{shape}, n = {n} each", _two(test, draw, n, n)
        if not name.startswith("permutation_test"):  # which would go through all 53,130 splits
            yield name, "normal, n = 5 and 20", _two(test, SHAPES["normal"], 5, 20)
    for sds, sizes in (((5, 1), (5, 20)), ((2, 1), (10, 30)), ((5, 1), (20, 20))):
        setting = f"normal, sd {sds[0]} and {sds[1]}, n = {sizes[0]} and {sizes[1]}"
        for name in ("compare", "compare, ordinal", "permutation_test, studentized"):
            yield name, setting, _unequal(tests[name], sds, sizes)
    for n in SIZES:
        yield (
            "compare_ratio",
            f"log-normal, n = {n} each",
            _two(bench.compare_ratio, SHAPES["log-normal"], n, n),
        )
        yield "compare_ratio, arithmetic", f"gamma(4), n = {n} each", _two(
            lambda x, y: bench.compare_ratio(x, y, of="arithmetic"),
            lambda r, size: r.gamma(4, size=size), n, n,
        )  # fmt: skip
        yield "equivalence", f"normal, n = {n} each, at the margin", _margin(n)
    for n in (30, 100):
        yield "compare_quantile, median", f"log-normal, n = {n} each", _two(
            lambda x, y: bench.compare_quantile(x, y, quantile=0.5, paired=False, resamples=399),
            SHAPES["log-normal"], n, n,
        )  # fmt: skip


def _two(test: Callable[..., Any], draw: Values, n1: int, n2: int) -> Draw:
    return lambda r: test(draw(r, n1), draw(r, n2))


def _unequal(test: Callable[..., Any], sds: tuple[int, int], sizes: tuple[int, int]) -> Draw:
    return lambda r: test(r.normal(0, sds[0], sizes[0]), r.normal(0, sds[1], sizes[1]))


def _margin(n: int) -> Draw:
    return lambda r: bench.equivalence(r.normal(size=n), r.normal(1, 1, n), low=-1, high=1)


def _pairs() -> Iterator[World]:
    tests: dict[str, Callable[..., Any]] = {
        "compare_paired": lambda x, y: bench.compare_paired(x, y, sensitivity=False),
        "compare_paired, ordinal": lambda x, y: bench.compare_paired(x, y, scale="ordinal"),
        "wilcoxon": bench.wilcoxon,
        "sign_test": bench.sign_test,
        "sign_test, mid-p": lambda x, y: bench.sign_test(x, y, method="mid-p"),
        "sign_flip_test": lambda x, y: bench.sign_flip_test(x, y, resamples=399),
    }
    for name, test in tests.items():
        for shape, draw in SHAPES.items():
            if shape != "log-normal":
                for n in SIZES:
                    yield name, f"{shape}, n = {n}", _gaps(test, draw, n)
        for n in SIZES:  # two exchangeable sides of each item
            yield name, f"log-normal sides, n = {n}", _two(test, SHAPES["log-normal"], n, n)
    for n in SIZES:
        yield "one_sample_t", f"log-normal, n = {n}", _skewed(n)
        yield (
            "eval_compare",
            f"scores of .1 to 1, n = {n}",
            _two(bench.eval_compare, lambda r, size: r.integers(1, 11, size) / 10, n, n),
        )


def _gaps(test: Callable[..., Any], draw: Values, n: int) -> Draw:
    def one(r: Rng) -> Any:
        base = 4.0 * r.integers(0, 5, n)
        return test(base, base + draw(r, n))

    return one


def _skewed(n: int) -> Draw:
    return lambda r: bench.one_sample_t(r.lognormal(0, 1, n), float(np.exp(0.5)))


def _many() -> Iterator[World]:
    free: dict[str, Callable[..., Any]] = {
        "anova": bench.anova,
        "welch_anova": bench.welch_anova,
        "kruskal_wallis": bench.kruskal_wallis,
        "posthoc, games-howell": _games_howell,
        "compare_many, ordinal pairs": lambda g: smallest(bench.compare_many(g, scale="ordinal")),
        "posthoc, tukey": lambda g: smallest(bench.posthoc(g, method="tukey")),
        "equal_spread": bench.equal_spread,
    }
    blocks: dict[str, Callable[..., Any]] = {
        "repeated_anova": bench.repeated_anova,
        "friedman": bench.friedman,
        "posthoc, nemenyi": lambda g: smallest(bench.posthoc(g, method="nemenyi")),
    }
    for tests, sizes in ((free, (5, 10, 30)), (blocks, (5, 10, 30, 100))):
        for name, test in tests.items():
            for shape, draw in SHAPES.items():
                for k in (3, 5):
                    for n in sizes if k == 3 else (5, 10, 30):
                        yield name, f"{shape}, {k} x {n}", _groups(test, draw, k, n)
    many, paired = bench.compare_many, bench.compare_many_paired
    for shape in ("normal", "log-normal"):
        yield (
            "compare_many, pairs",
            f"{shape}, 3 x 10",
            _groups(lambda g: smallest(many(g)), SHAPES[shape], 3, 10),
        )
        yield (
            "compare_many_paired, pairs",
            f"{shape}, 3 x 10",
            _groups(lambda g: smallest(paired(g)), SHAPES[shape], 3, 10),
        )
    for name in ("welch_anova", "posthoc, games-howell"):
        yield name, "normal, sd 1, 2 and 4, n = 20, 10 and 5", _groups_apart(free[name])


def _games_howell(groups: Any) -> float:
    """Without the ends of the intervals, which take nine tenths of the time."""
    with mock.patch("bench._multiplicity.posthoc.range_quantile", return_value=1.0):
        return smallest(bench.posthoc(groups))


def _groups(test: Callable[..., Any], draw: Values, k: int, n: int) -> Draw:
    return lambda r: test({f"g{index}": draw(r, n) for index in range(k)})


def _groups_apart(test: Callable[..., Any]) -> Draw:
    return lambda r: test(
        {"a": r.normal(0, 1, 20), "b": r.normal(0, 2, 10), "c": r.normal(0, 4, 5)}
    )


def _answers() -> Iterator[World]:
    two: dict[str, Callable[..., Any]] = {
        "compare, 0/1": lambda x, y: bench.compare(x, y, scale="binary"),
        "two_proportions": bench.two_proportions,
    }
    paired: dict[str, Callable[..., Any]] = {
        "compare_paired, 0/1": lambda x, y: bench.compare_paired(x, y, scale="binary"),
        "eval_compare, 0/1": bench.eval_compare,
        "mcnemar, chi2": lambda x, y: bench.mcnemar(x, y, method="chi2"),
        "mcnemar, exact": lambda x, y: bench.mcnemar(x, y, method="exact"),
    }
    for rate in (0.5, 0.9, 0.98):
        for n in (10, 30, 100):
            setting = f"rate {rate}, n = {n}"
            for name, test in (two | paired).items():
                yield name, setting, _two(test, _right(rate), n, n)
            for method in ("exact", "score"):
                yield f"one_proportion, {method}", setting, _proportion(n, rate, method)
            yield "cochran_q", f"{setting}, 3 systems", _groups(bench.cochran_q, _right(rate), 3, n)
            yield (
                "compare_many, 0/1",
                f"{setting}, 3 groups",
                _groups(
                    lambda g: bench.compare_many(g, scale="binary").omnibus, _right(rate), 3, n
                ),
            )
            yield "cochran_mantel_haenszel", f"{setting}, 4 strata", _strata(rate, n)
    for n in (15, 30, 100):
        yield (
            "compare, nominal",
            f"three categories, n = {n} each",
            _two(bench.compare, _categories, n, n),
        )
        yield (
            "compare_paired, nominal",
            f"three categories, n = {n}",
            _two(bench.compare_paired, _categories, n, n),
        )
        yield "goodness_of_fit", f"six cells, n = {n}", _fit(n)
    for rate in (0.5, 0.9):
        yield (
            "unconditional_test",
            f"rate {rate}, n = 10 each",
            _two(bench.unconditional_test, _right(rate), 10, 10),
        )


def _right(rate: float) -> Values:
    return lambda r, n: np.asarray(r.binomial(1, rate, n), dtype=float)


def _categories(r: Rng, n: int) -> list[str]:
    return list(r.choice(["yes", "no", "unsure"], n, p=[0.6, 0.3, 0.1]).tolist())


def _proportion(n: int, rate: float, method: Any) -> Draw:
    return lambda r: bench.one_proportion(int(r.binomial(n, rate)), n, rate, method=method)


def _strata(rate: float, n: int) -> Draw:
    def draw(r: Rng) -> Any:
        rates = np.clip(rate + np.array([-0.1, -0.05, 0.0, 0.01]), 0.01, 0.99)
        x, y = r.binomial(n, rates), r.binomial(n, rates)
        tables = [[[int(a), n - int(a)], [int(b), n - int(b)]] for a, b in zip(x, y, strict=True)]
        return bench.cochran_mantel_haenszel(tables)

    return draw


def _fit(n: int) -> Draw:
    return lambda r: bench.goodness_of_fit(r.multinomial(n, [1 / 6] * 6).tolist())


def _shapes_and_relations() -> Iterator[World]:
    normal = SHAPES["normal"]
    for n in SIZES:
        for method in ("shapiro", "jarque-bera", "dagostino", "lilliefors", "anderson-darling"):
            if method in _normality_methods() and n >= 10:
                yield f"normality, {method}", f"normal, n = {n}", _normality(n, method)
        yield "variance_ratio", f"normal, n = {n} each", _two(bench.variance_ratio, normal, n, n)
        yield (
            "kolmogorov_smirnov_normal",
            f"normal, n = {n}",
            _stated(bench.kolmogorov_smirnov_normal, n),
        )
        yield "anderson_darling", f"normal, n = {n}", _stated(bench.anderson_darling, n)
        for method in ("pearson", "spearman", "kendall"):
            for shape, draw in SHAPES.items():
                yield (
                    f"correlation, {method}",
                    f"{shape}, n = {n}",
                    _two(_correlation(method), draw, n, n),
                )


def _normality_methods() -> tuple[str, ...]:
    try:
        bench.normality([1.0, 2.0, 4.0, 5.0], method="?")  # type: ignore[arg-type]
    except bench.InvalidOptionError as error:
        return tuple(str(each) for each in error.known)
    return ()


def _normality(n: int, method: Any) -> Draw:
    return lambda r: bench.normality(r.normal(3, 2, n), method=method)


def _stated(test: Callable[..., Any], n: int) -> Draw:
    return lambda r: test(r.normal(3, 2, n), mean=3, sd=2)


def _correlation(method: Any) -> Callable[..., Any]:
    return lambda x, y: bench.correlation(x, y, method=method)
