"""Size and power of the tests: simulated, next to what the power functions promise.

uv run python tests/benchmarks/bench_stats_power.py
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import bench

RUNS = 4000
Rng = np.random.Generator
Trial = Callable[[Rng, float], float]
"""The p-value of one data set with a given effect."""


def main() -> None:
    """Print one line per test: size, simulated power and computed power, in per cent."""
    error = 100 * math.sqrt(0.25 / RUNS)
    print(f"{RUNS} runs at a nominal 5 %; Monte-Carlo error at most {error:.1f} points")
    print(f"{'test':34}{'size':>7}{'power':>8}{'computed':>10}")
    for index, (name, trial, effect, computed) in enumerate(designs()):
        rng = np.random.default_rng([23, index])
        size = np.mean([trial(rng, 0.0) <= 0.05 for _ in range(RUNS)])
        power = np.mean([trial(rng, effect) <= 0.05 for _ in range(RUNS)])
        print(f"{name:34}{100 * size:7.1f}{100 * power:8.1f}{100 * computed:10.1f}")


def designs() -> Iterator[tuple[str, Trial, float, float]]:
    """Every test that ``power`` plans for, with the effect that is tried."""
    power = bench.power
    yield "Student t, n = 30 each", _student, 0.6, power("t", n=30, effect=0.6).power
    yield "Welch t, n = 30 each", _welch, 0.6, power("t", n=30, effect=0.6).power
    yield "paired t, n = 25", _paired, 0.6, power("paired-t", n=25, effect=0.6).power
    computed = power("anova", n=20, effect=0.35, groups=3).power
    yield "ANOVA, 3 groups of 20", _anova, 0.35, computed
    computed = power("proportions", n=120, effect=0.15, p2=0.7).power
    yield "two proportions, n = 120 each", _proportions, 0.15, computed
    computed = power("mcnemar-exact", n=200, effect=0.08, discordance=0.2).power
    yield "McNemar exact, n = 200", lambda r, e: _mcnemar(r, e, "exact"), 0.08, computed
    computed = power("mcnemar", n=200, effect=0.08, discordance=0.2).power
    yield "McNemar mid-p, n = 200", lambda r, e: _mcnemar(r, e, "mid-p"), 0.08, computed
    computed = power("chi-square", n=150, effect=0.25, df=2).power
    yield "chi-square, 3 x 2, n = 150", _chi_square, 0.25, computed


def _student(rng: Rng, effect: float) -> float:
    return bench.student_t(rng.normal(0, 1, 30), rng.normal(effect, 1, 30)).p_value


def _welch(rng: Rng, effect: float) -> float:
    return bench.welch_t(rng.normal(0, 1, 30), rng.normal(effect, 1, 30)).p_value


def _paired(rng: Rng, effect: float) -> float:
    return bench.paired_t(np.zeros(25), rng.normal(effect, 1, 25)).p_value


def _anova(rng: Rng, effect: float) -> float:
    shifts = effect * math.sqrt(1.5) * np.array([-1.0, 0.0, 1.0])
    return bench.anova([rng.normal(shift, 1, 20) for shift in shifts]).p_value


def _proportions(rng: Rng, effect: float) -> float:
    control, treatment = int(rng.binomial(120, 0.7)), int(rng.binomial(120, 0.7 + effect))
    return bench.two_proportions_from_counts(control, 120, treatment, 120).p_value


def _mcnemar(rng: Rng, effect: float, method: Any) -> float:
    shares = [0.7, 0.1 - effect / 2, 0.1 + effect / 2, 0.1]
    both, losses, wins, neither = (int(x) for x in rng.multinomial(200, shares))
    return bench.mcnemar_from_counts(both, losses, wins, neither, method=method).p_value


def _chi_square(rng: Rng, effect: float) -> float:
    """Cells of 1/6 moved by as much as gives Cohen's w."""
    step = effect / math.sqrt(24)
    cells = np.array([[1 / 6 + step, 1 / 6 - step], [1 / 6, 1 / 6], [1 / 6 - step, 1 / 6 + step]])
    table = rng.multinomial(150, cells.ravel()).reshape(3, 2)
    return bench.chi_square(table.tolist()).p_value


if __name__ == "__main__":
    main()
