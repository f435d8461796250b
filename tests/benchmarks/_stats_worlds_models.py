"""Worlds of known truth for mixed models, effect sizes of several groups, and reliability."""

import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from scipy.special import expit

import bench

Rng = np.random.Generator
Found = tuple[Any, float]
World = tuple[str, str, Any]
Sample = Callable[[Rng, int], Any]
"""A result from so many values."""

_MANY = 20_000


def model_worlds() -> Iterator[World]:
    """All worlds, one per function and data."""
    yield from _mixed_models()
    yield from _effects_of_several_groups()
    yield from _profiles()
    yield from _random_systems()
    yield from _items_far_apart()


def _mixed_models() -> Iterator[World]:
    for items in (5, 10, 30):
        setting = f"{items} items x 2 prompts x 2 runs"
        yield "mixed_model, inner effect", setting, _mixed(items, "prompt", 0.5)
        yield "mixed_model, intercept", setting, _mixed(items, "intercept", 0.0)
    for items in (6, 12):
        yield "mixed_model, outer effect", f"{items} items of two topics x 3 runs", _outer(items)
    yield "mixed_model, inner effect", "t with 3 df, 10 items of 1 to 6 runs a prompt", _ragged
    yield "mixed_model, crossed", "8 items x 5 raters x 2 prompts", _crossed_raters


def _mixed(items: int, name: str, truth: float) -> Any:
    def draw(r: Rng) -> Found:
        level = r.normal(size=items)
        rows = [
            {"item": f"i{i}", "prompt": "ab"[j], "y": level[i] + 0.5 * j + r.normal()}
            for i in range(items)
            for j in (0, 1, 0, 1)
        ]
        found = bench.mixed_model(
            rows, outcome="y", fixed=["prompt"], random="item", reference={"prompt": "a"}
        )
        return _effect(found, name), truth

    return draw


def _effect(found: bench.MixedModel, name: str) -> Any:
    """An effect by its place: the first is the intercept, the last the difference."""
    return found.effects[0 if name == "intercept" else -1]


def _outer(items: int) -> Any:
    def draw(r: Rng) -> Found:
        level = r.normal(size=items)
        rows = [
            {"item": f"i{i}", "topic": "ab"[i % 2], "y": level[i] + i % 2 + r.normal()}
            for i in range(items)
            for _ in range(3)
        ]
        found = bench.mixed_model(
            rows, outcome="y", fixed=["topic"], random="item", reference={"topic": "a"}
        )
        return _effect(found, "topic"), 1.0

    return draw


def _ragged(r: Rng) -> Found:
    level = r.standard_t(3, 10)
    rows = [
        {"item": f"i{i}", "prompt": "ab"[j], "y": level[i] + j + r.standard_t(3)}
        for i in range(10)
        for j in (0, 1)
        for _ in range(int(r.integers(1, 7)))
    ]
    found = bench.mixed_model(
        rows, outcome="y", fixed=["prompt"], random="item", reference={"prompt": "a"}
    )
    return _effect(found, "prompt"), 1.0


def _crossed_raters(r: Rng) -> Found:
    items, raters = r.normal(size=8), 0.5 * r.normal(size=5)
    rows = [
        {"item": f"i{i}", "rater": f"r{k}", "prompt": "ab"[j], "y": items[i] + raters[k] + e}
        for i in range(8)
        for k in range(5)
        for j, e in enumerate(r.normal(size=2))
    ]
    found = bench.mixed_model(rows, outcome="y", fixed=["prompt"], random=["item", "rater"])
    return _effect(found, "prompt"), 0.0


def _normal(r: Rng, size: int) -> Any:
    return r.normal(size=size)


def _heavy(r: Rng, size: int) -> Any:
    return r.standard_t(3, size)


def _effects_of_several_groups() -> Iterator[World]:
    for n, gap in ((8, 0.3), (20, 0.3), (20, 1.0), (20, 2.0)):
        setting = f"3 groups of {n}, normal, {gap} sd apart"
        yield "kruskal_wallis, effect", setting, _measured(_ranked(_normal, gap), n)
        yield "anova, effect", setting, _measured(_one_way(_normal, gap), n)
        setting = f"{n} items x 3, r = .5, {gap} sd apart"
        yield "friedman, W", setting, _measured(_blocks(gap), n)
        yield "repeated_anova, effect", setting, _measured(_repeated(gap), n)
        setting = f"{n} items x 3 correlated effects, {gap} sd apart"
        yield "mixed_anova, within", setting, _measured(_mixed_anova(gap), n)
    for n in (10, 40):
        yield (
            "kruskal_wallis, effect",
            f"3 groups of {n}, t with 3 df",
            _measured(_ranked(_heavy, 1.0), n),
        )
        yield "anova, effect", f"3 groups of {n}, t with 3 df", _measured(_one_way(_heavy, 1.0), n)
        yield "welch_anova, effect", f"3 groups of {n}, sd 1, 2 and 3", _measured(_spreads, n)
    for n, rates in ((20, (0.5, 0.6, 0.8)), (50, (0.8, 0.9, 0.97)), (50, (0.3, 0.6, 0.9))):
        yield "cochran_q, effect", f"{n} items, rates {rates}", _measured(_systems(rates), n)
    for gap in (0.3, 1.0):
        yield "ancova, effect", f"3 groups of 10, {gap} sd apart", _measured(_ancova(gap), 10)
        yield (
            "factorial_anova, effect",
            f"2 x 2 groups of 6, {gap} sd apart",
            _measured(_factorial(gap), 6),
        )


def _measured(sample: Sample, n: int) -> Any:
    """The interval from n values a group, and the effect size of very many."""

    @cache
    def truth() -> float:
        found = sample(np.random.default_rng(0), _MANY)
        return float(getattr(found, "value", getattr(found, "estimate", math.nan)))

    return lambda r: (sample(r, n), truth())


def _ranked(noise: Sample, gap: float) -> Sample:
    return lambda r, n: bench.kruskal_wallis(
        [noise(r, n) + gap * j for j in range(3)], effect_level=0.95
    )


def _one_way(noise: Sample, gap: float) -> Sample:
    return lambda r, n: bench.anova([noise(r, n) + gap * j for j in range(3)], effect_level=0.95)


def _spreads(r: Rng, n: int) -> Any:
    groups = [r.normal(j, 1 + j, n) for j in range(3)]
    found = bench.welch_anova(groups, effect_level=0.95)
    return found.effect_sizes["eta_squared"]


def _correlated(r: Rng, n: int, gap: float) -> Any:
    return (r.normal(size=(n, 1)) + r.normal(size=(n, 3))) / math.sqrt(2) + gap * np.arange(3)


def _blocks(gap: float) -> Sample:
    return lambda r, n: bench.friedman(list(_correlated(r, n, gap).T), effect_level=0.95)


def _repeated(gap: float) -> Sample:
    return lambda r, n: bench.repeated_anova(list(_correlated(r, n, gap).T), effect_level=0.95)


def _mixed_anova(gap: float) -> Sample:
    def sample(r: Rng, n: int) -> Any:
        n = min(n, 2000)
        values = _correlated(r, n, gap) + np.outer(r.normal(size=n), [0, 0.5, 1])
        rows = {
            "y": values.ravel(),
            "item": np.repeat(np.arange(n), 3),
            "topic": np.repeat(np.where(np.arange(n) % 2, "a", "b"), 3),
            "prompt": list("abc") * n,
        }
        found = bench.mixed_anova(
            rows, outcome="y", id="item", between="topic", within="prompt", effect_level=0.95
        )
        return found.term("prompt").effect_size

    return sample


def _systems(rates: tuple[float, ...]) -> Sample:
    def sample(r: Rng, n: int) -> Any:
        shared = r.random((n, 1)) * 0.5 + r.random((n, 3)) * 0.5
        cut = [math.sqrt(2 * p) / 2 if p < 0.5 else 1 - math.sqrt(2 * (1 - p)) / 2 for p in rates]
        return bench.cochran_q(list(((shared < np.array(cut)) * 1).T), effect_level=0.95)

    return sample


def _ancova(gap: float) -> Sample:
    def sample(r: Rng, n: int) -> Any:
        x = r.normal(size=3 * n)
        rows: dict[str, Any] = {"y": x + r.normal(size=3 * n) + gap * np.tile([0, 1, 2], n), "x": x}
        rows["g"] = list("abc") * n
        found = bench.ancova(rows, outcome="y", group="g", covariates=["x"], effect_level=0.95)
        return found.term("g").effect_size

    return sample


def _factorial(gap: float) -> Sample:
    def sample(r: Rng, n: int) -> Any:
        rows = {"a": list("xxyy") * n, "b": list("uvuv") * n}
        values = r.normal(size=4 * n) + gap * np.tile([0, 0, 1, 1], n)
        found = bench.factorial_anova(
            {"y": values, **rows}, outcome="y", factors=["a", "b"], effect_level=0.95
        )
        return found.term("a").effect_size

    return sample


_PROFILE = (
    "outcome consistency", "action consistency", "sequence consistency", "resource consistency",
    "robustness to faults", "compliance", "harm",
)  # fmt: skip


def _profiles() -> Iterator[World]:
    for items in (20, 60, 150):
        for name in _PROFILE:

            def draw(r: Rng, name: str = name, items: int = items) -> Found:
                return _profile(r, items).metrics[name], _true_profile()[name]

            yield f"reliability_profile, {name}", f"{items} items x 4 runs", draw


def _profile(r: Rng, items: int) -> bench.ReliabilityProfile:
    chance = r.beta(4, 1, items)[:, None]
    steps = r.random((items, 4, 3)) < chance[:, :, None]
    broken = (r.random((items, 4)) < 0.3 * (1 - chance)) * 1
    return bench.reliability_profile(
        ((r.random((items, 4)) < chance) * 1).tolist(),
        actions=[[["ab"[int(s)] for s in run] for run in item] for item in steps],
        resources={"tokens": r.lognormal(0, 0.3 + (1 - chance), (items, 4)).tolist()},
        perturbed={"faults": ((r.random((items, 4)) < 0.9 * chance) * 1).tolist()},
        violations=broken.tolist(),
        severity=r.beta(2, 2, (items, 4)).tolist(),
        resamples=300 if items < 1000 else 100,  # of the truth only the value counts
    )


@cache
def _true_profile() -> dict[str, float]:
    found = _profile(np.random.default_rng(0), _MANY // 4)
    return {name: each.value for name, each in found.metrics.items()}


def _random_systems() -> Iterator[World]:
    for systems in (3, 5):
        for kind in ("one system", "systems like these"):
            for items, difficulty in {
                "60 items": lambda r, n: 1.2 * r.normal(size=n),
                "60 items of two kinds, 4 log odds from 0": _two_kinds(4.0),
            }.items():
                setting = f"{systems} systems, {items}"
                yield (
                    f"generalized_accuracy, random, {kind}",
                    setting,
                    _crossed(systems, kind, difficulty),
                )


def _crossed(systems: int, kind: str, difficulty: Sample) -> Any:
    many = np.random.default_rng(0)
    nodes = difficulty(many, 200_000)
    overall = float(expit(0.8 + 0.5 * many.normal(size=len(nodes)) + nodes).mean())

    def draw(r: Rng) -> Found:
        level = 0.8 + 0.5 * r.normal(size=systems)
        odds = level[None, :] + difficulty(r, 60)[:, None]
        right = (r.random((60, systems)) < expit(odds)) * 1
        answers = {f"s{j}": right[:, j].tolist() for j in range(systems)}
        found = bench.generalized_accuracy(answers, system_effects="random")
        if kind != "one system":
            return found.overall, overall
        return found.system("s0"), float(expit(level[0] + nodes).mean())

    return draw


def _items_far_apart() -> Iterator[World]:
    """Items of two kinds, and of skewed difficulty; two systems 0.7 log odds apart."""
    kinds = {f"two kinds, {gap} log odds from 0": _two_kinds(gap) for gap in (2.5, 4.0, 8.0)}
    kinds["exponential difficulty"] = lambda r, n: 2 * (r.exponential(size=n) - 1)
    kinds["difficulty of t with 2 df"] = lambda r, n: 1.5 * r.standard_t(2, n)
    for kind, difficulty in kinds.items():
        for n, repeats in ((20, 1), (40, 3), (100, 2)):
            for of in ("accuracy", "difference"):
                name, setting = f"generalized_accuracy, {of}", f"{kind}, {n} items x {repeats}"
                yield name, setting, _two_systems(difficulty, n, repeats, of)
    for kind, difficulty in kinds.items():
        for count, n in ((12, 60), (20, 100)):
            setting = f"{kind} by cluster, {n} items in {count} unequal clusters"
            one = _two_systems(difficulty, n, 1, "difference", clusters=count)
            yield "generalized_accuracy, difference", setting, one


def _two_kinds(gap: float) -> Sample:
    return lambda r, n: r.choice([-gap, gap], n)


def _unequal(r: Rng, n: int, clusters: int) -> Any:
    """The cluster of every item; each has at least one, and log-normal chances of more."""
    sizes = r.lognormal(0, 0.7, clusters)
    more = r.choice(clusters, n - clusters, p=sizes / sizes.sum())
    return np.append(np.arange(clusters), more)


def _two_systems(
    difficulty: Sample, n: int, repeats: int, of: str, clusters: int | None = None
) -> Any:
    @cache
    def truths() -> tuple[float, float]:
        many = difficulty(np.random.default_rng(0), 20 * _MANY)
        first, second = (float(expit(many + odds).mean()) for odds in (0.0, 0.7))
        return first, second - first

    def draw(r: Rng) -> Found:
        labels = np.arange(n) if clusters is None else _unequal(r, n, clusters)
        items = difficulty(r, clusters or n)[labels][:, None]
        answers = {
            name: ((r.random((n, repeats)) < expit(items + odds)) * 1).tolist()
            for name, odds in (("a", 0.0), ("b", 0.7))
        }
        marks = None if clusters is None else labels.tolist()
        found = bench.generalized_accuracy(answers, clusters=marks)
        if of == "accuracy":
            return found.system("a"), truths()[0]
        return found.differences["b"], truths()[1]

    return draw
