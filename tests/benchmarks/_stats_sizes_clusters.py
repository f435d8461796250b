"""True null hypotheses with few clusters of unequal size, and of linear models."""

from collections.abc import Iterator
from typing import Any

from _stats_sizes_read import SHAPES, Draw, Rng, Values, World, smallest
from _stats_worlds import texts

import bench


def cluster_worlds() -> Iterator[World]:
    for count in (5, 10, 20):
        kind = f"ICC .25, {count} unequal clusters"
        yield "compare, clusters", f"normal, {kind} each", _both(count, "numeric")
        yield "compare, ordinal, clusters", f"normal, {kind} each", _both(count, "ordinal")
        yield "compare_paired, clusters", f"normal, {kind}", _in_texts(count, "auto")
        yield "compare_paired, ordinal, clusters", f"normal, {kind}", _in_texts(count, "ordinal")
        yield "eval_compare, clusters", f"0/1 of rate .8, {kind}", _evaluated(count)
        yield "correlation, clusters", f"normal, {kind}", _related(count)
        yield "compare_many_paired, clusters", f"normal, 4 systems, {kind}", _systems(count)


def _grouped(r: Rng, labels: Any) -> Any:
    """Normal values of variance 1, a quarter of it between clusters."""
    return 0.5 * r.normal(size=labels.max() + 1)[labels] + 0.75**0.5 * r.normal(size=len(labels))


def _both(count: int, scale: Any) -> Draw:
    def draw(r: Rng) -> Any:
        first, second = texts(r, count), texts(r, count)
        pair = ([f"a{each}" for each in first], [f"b{each}" for each in second])
        return bench.compare(_grouped(r, first), _grouped(r, second), clusters=pair, scale=scale)

    return draw


def _in_texts(count: int, scale: Any) -> Draw:
    def draw(r: Rng) -> Any:
        labels = texts(r, count)
        base = r.normal(size=len(labels))
        gaps = _grouped(r, labels)
        return bench.compare_paired(base, base + gaps, clusters=labels.tolist(), scale=scale)

    return draw


def _evaluated(count: int) -> Draw:
    def draw(r: Rng) -> Any:
        labels = texts(r, count)
        x, y = ((_grouped(r, labels) < 0.8416).astype(float) for _ in range(2))
        return bench.eval_compare(x, y, clusters=labels.tolist())

    return draw


def _related(count: int) -> Draw:
    def draw(r: Rng) -> Any:
        labels = texts(r, count)
        return bench.correlation(_grouped(r, labels), _grouped(r, labels), clusters=labels.tolist())

    return draw


def _systems(count: int) -> Draw:
    def draw(r: Rng) -> Any:
        labels = texts(r, count)
        systems = {name: _grouped(r, labels) for name in "abcd"}
        return smallest(bench.compare_many_paired(systems, clusters=labels.tolist()))

    return draw


def model_worlds() -> Iterator[World]:
    for shape in ("normal", "t with 3 df", "log-normal"):
        draw = SHAPES[shape]
        for n in (5, 15):
            setting = f"{shape}, 2 x 3 groups of {n}"
            yield "factorial_anova, interaction", setting, _factorial(draw, n)
            yield "mixed_anova, within", f"{shape}, 2 groups of {n} x 3", _mixed(draw, n)
            yield "ancova", f"{shape}, 3 groups of {n}", _adjusted(draw, n)
            yield "contrasts, pairs", f"{shape}, 4 groups of {n}", _contrasts(draw, n)


def _factorial(draw: Values, n: int) -> Draw:
    def one(r: Rng) -> Any:
        cells = [(a, b) for a in "pq" for b in "xyz" for _ in range(n)]
        values = draw(r, len(cells))
        rows = [{"a": a, "b": b, "y": v} for (a, b), v in zip(cells, values, strict=True)]
        return bench.factorial_anova(rows, outcome="y", factors=["a", "b"]).terms[-1]

    return one


def _mixed(draw: Values, n: int) -> Draw:
    def one(r: Rng) -> Any:
        level = r.normal(size=2 * n)
        values = draw(r, (2 * n, 3)) + level[:, None]
        rows = [
            {"id": i, "g": i % 2, "w": w, "y": values[i, w]} for i in range(2 * n) for w in range(3)
        ]
        table = bench.mixed_anova(rows, outcome="y", id="id", between="g", within="w")
        return next(term for term in table.terms if term.name == "w")

    return one


def _adjusted(draw: Values, n: int) -> Draw:
    def one(r: Rng) -> Any:
        x, noise = r.normal(size=3 * n), draw(r, 3 * n)
        rows = [{"g": i % 3, "x": x[i], "y": x[i] + noise[i]} for i in range(3 * n)]
        table = bench.ancova(rows, outcome="y", group="g", covariates=["x"])
        return next(term for term in table.terms if term.name == "g")

    return one


def _contrasts(draw: Values, n: int) -> Draw:
    def one(r: Rng) -> Any:
        noise = draw(r, 4 * n)
        rows = [{"g": i % 4, "y": noise[i]} for i in range(4 * n)]
        return smallest(bench.contrasts(rows, outcome="y", factors=["g"], of="g"))

    return one
