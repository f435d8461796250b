"""Worlds in which each null hypothesis of bench is true: a p-value from one data set of each."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np
from _stats_sizes_clusters import cluster_worlds, model_worlds
from _stats_sizes_read import RANK_SHAPES, SHAPES, Draw, Rng, Values, World, smallest
from scipy import stats

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
    resampled: dict[str, Callable[..., Any]] = {
        "permutation_test": lambda x, y: bench.permutation_test(x, y, resamples=399),
        "permutation_test, studentized": lambda x, y: bench.permutation_test(
            x, y, resamples=399, studentized=True
        ),
    }
    for name, test in resampled.items():
        for shape, draw in SHAPES.items():
            for n in SIZES:
                yield name, f"{shape}, n = {n} each", _two(test, draw, n, n)
    for sds, sizes in (((5, 1), (8, 20)), ((2, 1), (10, 30)), ((5, 1), (20, 20))):
        setting = f"normal, sd {sds[0]} and {sds[1]}, n = {sizes[0]} and {sizes[1]}"
        name = "permutation_test, studentized"
        yield name, setting, _unequal(resampled[name], sds, sizes)
    yield from _small_ranks()
    for n in SIZES:
        yield (
            "compare_ratio, arithmetic", f"gamma(4), n = {n} each", _two(
            lambda x, y: bench.compare_ratio(x, y, of="arithmetic"),
            lambda r, size: r.gamma(4, size=size), n, n,
        ))  # fmt: skip
        yield "equivalence", f"normal, n = {n} each, at the margin", _margin(n)
    for n in (30, 100):
        yield "compare_quantile, median", f"log-normal, n = {n} each", _two(
            lambda x, y: bench.compare_quantile(x, y, quantile=0.5, paired=False, resamples=399),
            SHAPES["log-normal"], n, n,
        )  # fmt: skip


def _two(test: Callable[..., Any], draw: Values, n1: int, n2: int) -> Draw:
    return lambda r: test(draw(r, n1), draw(r, n2))


def _small_ranks() -> Iterator[World]:
    """Ranks of few values have few orders, each of which is tested once."""
    tests: dict[str, tuple[Callable[..., Any], tuple[int, ...]]] = {
        "compare, ordinal": (lambda x, y: bench.compare(x, y, scale="ordinal"), (5,)),
        "brunner_munzel": (bench.brunner_munzel, (5,)),
        "mann_whitney": (bench.mann_whitney, (5, 10)),
        "kolmogorov_smirnov": (bench.kolmogorov_smirnov, SIZES),
    }
    for name, (test, sizes) in tests.items():
        for shape, draw in RANK_SHAPES.items():
            for n in sizes:
                yield name, f"{shape}, n = {n} each", _two(_by_ranks(test), draw, n, n)
    for name in ("mann_whitney", "kolmogorov_smirnov"):
        test = _by_ranks(tests[name][0])
        yield name, "normal, n = 5 and 20", _two(test, SHAPES["normal"], 5, 20)


def _by_ranks(test: Callable[..., Any]) -> Callable[..., Any]:
    @cache
    def of(first: tuple[float, ...], second: tuple[float, ...]) -> Any:
        return test(first, second)

    def one(x: Any, y: Any) -> Any:
        ranks = stats.rankdata(np.concatenate([x, y]))
        return of(tuple(np.sort(ranks[: len(x)])), tuple(np.sort(ranks[len(x) :])))

    return one


def _unequal(test: Callable[..., Any], sds: tuple[int, int], sizes: tuple[int, int]) -> Draw:
    return lambda r: test(r.normal(0, sds[0], sizes[0]), r.normal(0, sds[1], sizes[1]))


def _margin(n: int) -> Draw:
    return lambda r: bench.equivalence(r.normal(size=n), r.normal(1, 1, n), low=-1, high=1)


def _pairs() -> Iterator[World]:
    for shape, draw in SHAPES.items():
        for n in SIZES:
            test: Callable[..., Any] = partial(bench.sign_flip_test, resamples=399)
            sides = shape == "log-normal"  # two exchangeable sides of each item
            setting = f"log-normal sides, n = {n}" if sides else f"{shape}, n = {n}"
            yield (
                "sign_flip_test",
                setting,
                _two(test, draw, n, n) if sides else _gaps(test, draw, n),
            )
    signed: dict[str, Callable[..., Any]] = {
        "compare_paired, ordinal": lambda x, y: bench.compare_paired(x, y, scale="ordinal"),
        "wilcoxon": bench.wilcoxon,
        "sign_test": bench.sign_test,
        "sign_test, mid-p": lambda x, y: bench.sign_test(x, y, method="mid-p"),
    }
    for name, test in signed.items():
        for shape, draw in RANK_SHAPES.items():
            for n in SIZES:
                if n < 100 or shape == "five grades" or name.startswith("sign"):
                    yield name, f"{shape}, n = {n}", _gaps(_by_signed_ranks(test), draw, n)
    for n in SIZES:
        yield (
            "eval_compare",
            f"scores of .1 to 1, n = {n}",
            _two(bench.eval_compare, lambda r, size: r.integers(1, 11, size) / 10, n, n),
        )


def _by_signed_ranks(test: Callable[..., Any]) -> Callable[..., Any]:
    @cache
    def of(gaps: tuple[float, ...]) -> Any:
        return test([0.0] * len(gaps), gaps)

    def one(x: Any, y: Any) -> Any:
        gaps = y - x
        return of(tuple(np.sort(np.sign(gaps) * stats.rankdata(np.abs(gaps)))))

    return one


def _gaps(test: Callable[..., Any], draw: Values, n: int) -> Draw:
    def one(r: Rng) -> Any:
        base = 4.0 * r.integers(0, 5, n)
        return test(base, base + draw(r, n))

    return one


def _many() -> Iterator[World]:
    many, paired = bench.compare_many, bench.compare_many_paired
    for shape in ("normal", "log-normal"):
        for name, test in (("compare_many", many), ("compare_many_paired", paired)):
            yield (
                f"{name}, pairs",
                f"{shape}, 3 x 10",
                _groups(lambda g, test=test: smallest(test(g)), SHAPES[shape], 3, 10),
            )


def _groups(test: Callable[..., Any], draw: Values, k: int, n: int) -> Draw:
    return lambda r: test({f"g{index}": draw(r, n) for index in range(k)})


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
            for name, test in two.items():
                yield name, setting, _counted(test, n, rate)
            for name, test in paired.items():
                yield name, setting, _paired_counts(test, n, rate)
            for method in ("exact", "score"):
                yield f"one_proportion, {method}", setting, _proportion(n, rate, method)
            yield "cochran_q", f"{setting}, 3 systems", _groups(bench.cochran_q, _right(rate), 3, n)
            yield (
                "compare_many, 0/1",
                f"{setting}, 3 groups",
                _many_counts(n, rate),
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
            _counted(bench.unconditional_test, 10, rate),
        )


def _right(rate: float) -> Values:
    return lambda r, n: np.asarray(r.binomial(1, rate, n), dtype=float)


def _counted(test: Callable[..., Any], n: int, rate: float) -> Draw:
    """Each pair of counts is tested once: the order of answers does not matter."""

    @cache
    def of(first: int, second: int) -> Any:
        return test(_answers_of(first, n), _answers_of(second, n))

    return lambda r: of(*r.binomial(n, rate, 2).tolist())


def _paired_counts(test: Callable[..., Any], n: int, rate: float) -> Draw:
    right = rate * rate, rate * (1 - rate), (1 - rate) * rate, (1 - rate) ** 2

    @cache
    def of(*cells: int) -> Any:
        first = np.repeat([1.0, 1.0, 0.0, 0.0], cells)
        return test(first, np.repeat([1.0, 0.0, 1.0, 0.0], cells))

    return lambda r: of(*r.multinomial(n, right).tolist())


def _many_counts(n: int, rate: float) -> Draw:
    @cache
    def of(*counts: int) -> Any:
        groups = {f"g{place}": _answers_of(count, n) for place, count in enumerate(counts)}
        return bench.compare_many(groups, scale="binary").omnibus

    return lambda r: of(*sorted(r.binomial(n, rate, 3).tolist()))


def _answers_of(right: int, n: int) -> Any:
    return np.repeat([1.0, 0.0], [right, n - right])


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
    for shape, draw in RANK_SHAPES.items():
        for method, sizes in (("spearman", SIZES[:1]), ("kendall", SIZES)):
            for n in sizes:
                test = _correlation(method)
                yield f"correlation, {method}", f"{shape}, n = {n}", _two(test, draw, n, n)


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
