"""Worlds of known truth for agreement, evaluations, judges, latencies and models."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

import bench

Rng = np.random.Generator
Found = tuple[Any, float]
World = tuple[str, str, Any]

_MANY = 50_000


def evaluation_worlds() -> Iterator[World]:
    """All worlds, one per function and data."""
    yield from _intraclass()
    yield from _grades()
    yield from _reliability()
    yield from _rates()
    yield from _near_the_ends()
    yield from _cut_off()
    yield "prediction_powered_compare", "20 labels of 300 items, rates .8 and .9", _judged_pair
    yield "assisted_mean", "60 of 300 items, four systems", _assisted


def _intraclass() -> Iterator[World]:
    truths: dict[Any, float] = {
        "one-way": 1 / 1.64,
        "agreement": 1 / 1.89,
        "consistency": 1 / 1.64,
    }
    for kind, truth in truths.items():

        def draw(r: Rng, kind: Any = kind, truth: float = truth) -> Found:
            level = 0.0 if kind == "one-way" else 0.5
            ratings = r.normal(size=(10, 1)) + level * r.normal(size=(1, 3))
            ratings = ratings + 0.8 * r.normal(size=(10, 3))
            return bench.intraclass_correlation(*ratings.T, kind=kind), truth

        yield f"intraclass_correlation, {kind}", "10 items, 3 raters", draw


Coefficient = Callable[[Any, Any], bench.EffectSize]
_COEFFICIENTS: dict[str, Coefficient] = {
    "kappa, linear weights": lambda a, b: bench.agreement(a, b, weights="linear"),
    "kappa, quadratic weights": lambda a, b: bench.agreement(a, b, weights="quadratic"),
    "Fleiss": lambda a, b: bench.agreement(a, b, method="fleiss"),
    "alpha, nominal": lambda a, b: bench.agreement(a, b, method="krippendorff"),
    "alpha, ordinal": lambda a, b: bench.agreement(a, b, method="krippendorff", metric="ordinal"),
    "alpha, interval": lambda a, b: bench.agreement(a, b, method="krippendorff", metric="interval"),
}


def _grades() -> Iterator[World]:
    for name, coefficient in _COEFFICIENTS.items():
        for n in (30, 60):

            def draw(r: Rng, name: str = name, n: int = n, of: Coefficient = coefficient) -> Found:
                return of(*_two_grades(r, n)), _coefficient(name)

            yield f"agreement, {name}", f"{n} items, five grades", draw


def _two_grades(r: Rng, n: int) -> tuple[Any, Any]:
    """The grades of two raters, each off by one in 30 of 100."""
    true = r.choice(5, n, p=[0.1, 0.2, 0.4, 0.2, 0.1])
    off = r.choice(3, (2, n), p=[0.15, 0.7, 0.15]) - 1
    first, second = np.clip(true + off, 0, 4)
    return first, second


@cache
def _coefficient(name: str) -> float:
    return _COEFFICIENTS[name](*_two_grades(np.random.default_rng(0), _MANY)).value


def _profile(r: Rng, items: int) -> bench.ReliabilityProfile:
    chance = r.beta(2, 1, items)[:, None]
    answers = (r.random((items, 5)) < chance) * 1
    stated = np.clip(chance + r.normal(0, 0.1, (items, 5)), 0, 1)
    resamples = 400 if items < 1000 else 100  # of the truth only the value counts
    return bench.reliability_profile(
        answers.tolist(), confidences=stated.tolist(), resamples=resamples
    )


@cache
def _true_profile() -> dict[str, float]:
    found = _profile(np.random.default_rng(0), 3000)
    return {name: each.value for name, each in found.metrics.items()}


def _reliability() -> Iterator[World]:
    for name in ("calibration", "discrimination", "Brier"):

        def draw(r: Rng, name: str = name) -> Found:
            return _profile(r, 60).metrics[name], _true_profile()[name]

        yield f"reliability_profile, {name}", "60 items x 5 runs, stated confidences", draw


def _rates() -> Iterator[World]:
    def all_right(r: Rng) -> Found:
        right = r.binomial(5, r.beta(8, 0.4, 30))
        truth = 8 * 9 * 10 / (8.4 * 9.4 * 10.4)
        return bench.pass_hat_k([5] * 30, right.tolist(), k=3), truth

    def repeated(r: Rng) -> Found:
        answers = (r.random((15, 3)) < r.beta(8, 1, 15)[:, None]) * 1
        return bench.rate_interval(answers), 8 / 9

    def pool(r: Rng) -> Found:
        parts = {"a": (10, 0.9), "b": (30, 0.95), "c": (20, 0.8)}
        scores = {name: (r.random(n) < p) * 1 for name, (n, p) in parts.items()}
        return bench.pool_scores(scores), (9 + 28.5 + 16) / 60

    yield "pass_hat_k", "30 tasks, 5 samples, pass^3 .877", all_right
    yield "rate_interval", "15 items x 3, rate .889", repeated
    yield "pool_scores", "10, 30 and 20 items, rates .9, .95, .8", pool


def _near_the_ends() -> Iterator[World]:
    """Tasks that nearly always pass, and an agent that is rarely right, under a perturbation."""
    for tasks in (10, 20, 40, 80):
        for a, b in ((8.0, 0.4), (3.0, 0.3), (20.0, 2.0)):
            setting = f"{tasks} tasks of 8 samples, k = 4, rates beta({a:g}, {b:g})"
            yield "pass_at_k, near 1", setting, _passes(tasks, a, b)
    for a, b, items, runs in ((1, 10, 60, 4), (1, 10, 30, 2), (1, 3, 60, 4), (4, 1, 60, 4)):
        setting = f"{items} items x {runs}, rates beta({a}, {b})"
        yield "reliability_profile, robustness", setting, _robust(a, b, items, runs)


def _passes(tasks: int, a: float, b: float) -> Callable[[Rng], Found]:
    truth = 1 - math.prod((b + step) / (a + b + step) for step in range(4))

    def draw(r: Rng) -> Found:
        right = r.binomial(8, r.beta(a, b, tasks))
        found = bench.pass_at_k([8] * tasks, right.tolist(), 4)
        return replace(found.interval, warnings=found.warnings), truth

    return draw


def _robust(a: float, b: float, items: int, runs: int) -> Callable[[Rng], Found]:
    def draw(r: Rng) -> Found:
        chance = r.beta(a, b, items)[:, None]
        plain, faulty = ((r.random((items, runs)) < rate) * 1 for rate in (chance, 0.9 * chance))
        found = bench.reliability_profile(
            plain.tolist(), perturbed={"faults": faulty.tolist()}, resamples=100
        )
        return found.metrics["robustness to faults"], 0.9

    return draw


def _cut_off() -> Iterator[World]:
    truths: dict[Any, float] = {"ratio": 0.5, "difference": -0.5 * math.log(2)}
    for measure, truth in truths.items():

        def draw(r: Rng, measure: Any = measure, truth: float = truth) -> Found:
            times, cut = r.exponential(1, (2, 40)), r.exponential(3, (2, 40))
            times[1] *= 0.5
            seen, gone = np.minimum(times, cut), times > cut
            found = bench.compare_censored_quantiles(
                seen[0], gone[0], seen[1], gone[1], quantile=0.5, measure=measure, resamples=300
            )
            return found, truth

        name = f"compare_censored_quantiles, {measure}"
        yield name, "exponential, a quarter cut off, n = 40", draw


def _judged_pair(r: Rng) -> Found:
    rates = {"a": 0.8, "b": 0.9}
    truth = {name: (r.random(300) < rate) * 1.0 for name, rate in rates.items()}
    judged = {name: np.where(r.random(300) < 0.9, y, 1 - y) for name, y in truth.items()}
    labels = {name: [*y[:20], *[None] * 280] for name, y in truth.items()}
    found = bench.prediction_powered_compare(labels, judged).pairwise.rows[0]
    return found, 0.1 if found.second == "b" else -0.1


def _assisted(r: Rng) -> Found:
    chance = r.beta(2, 1, 300)
    history = {name: (r.random(300) < chance) * 1 for name in "abcd"}
    new = (r.random(300) < chance) * 1.0
    design = bench.assisted_design(history, n=60, seed=int(r.integers(1 << 30)))
    scores = {item: float(new[int(str(item))]) for item in design.items}
    return bench.assisted_mean(design, scores), float(new.mean())
