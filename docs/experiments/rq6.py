"""RQ6: the type I error and the power of tests on data like those of language models.

uv run --no-dev python docs/experiments/run.py rq6
"""

from collections.abc import Callable

import numpy as np
from kit import SIMULATED, Registration, rate, summary
from latencies import Floats
from panels import latent_correlation
from scipy.stats import norm

from bench import (
    Comparison,
    compare_paired,
    compare_ratio,
    mann_whitney,
    mcnemar,
    paired_t,
    proportion_interval,
    student_t,
    two_proportions,
    welch_t,
)
from reporter import Number, Report, Section, Table

DEVIATIONS = ()
Test = Callable[[Floats, Floats], Comparison]
Draw = Callable[[np.random.Generator, bool], tuple[Floats, Floats]]
QUESTIONS, REPEATS = 100, 3
CLUSTERS = [f"q{place // REPEATS}" for place in range(QUESTIONS * REPEATS)]
PAIRED: dict[str, Test] = {
    "Student's t, independent": student_t,
    "Welch's t, independent": welch_t,
    "Mann-Whitney, independent": mann_whitney,
    "two proportions, independent": two_proportions,
    "paired t": paired_t,
    "McNemar, mid-p": mcnemar,
    "McNemar, exact": lambda a, b: mcnemar(a, b, method="exact"),
}
REPEATED: dict[str, Test] = {
    "McNemar, repeats pooled": mcnemar,
    "paired, clustered by question": lambda a, b: compare_paired(a, b, clusters=CLUSTERS),
}
LATENCY: dict[str, Test] = {
    "Student's t": student_t,
    "Welch's t": welch_t,
    "Mann-Whitney": mann_whitney,
    "ratio of geometric means": compare_ratio,
}
LATENT = latent_correlation(0.85, 0.5)
LATENT_REPEATS = latent_correlation(0.85, 0.8)


def paired_answers(generator: np.random.Generator, differ: bool) -> tuple[Floats, Floats]:
    """Two systems on 200 questions."""
    common = generator.standard_normal(200) * np.sqrt(LATENT)
    own = generator.standard_normal((2, 200)) * np.sqrt(1 - LATENT)
    second = norm.ppf(0.90 if differ else 0.85)
    return (common + own[0] < norm.ppf(0.85)).astype(float), (common + own[1] < second).astype(
        float
    )


def repeated_answers(generator: np.random.Generator, differ: bool) -> tuple[Floats, Floats]:
    """Two systems, three repeats of each question; repeats of a system are alike."""
    found = []
    for cut in (norm.ppf(0.85), norm.ppf(0.90 if differ else 0.85)):
        common = np.repeat(generator.standard_normal(QUESTIONS), REPEATS) * np.sqrt(LATENT_REPEATS)
        own = generator.standard_normal(QUESTIONS * REPEATS) * np.sqrt(1 - LATENT_REPEATS)
        found.append((common + own < cut).astype(float))
    return found[0], found[1]


def latencies(generator: np.random.Generator, differ: bool) -> tuple[Floats, Floats]:
    """Two groups of 200 calls."""
    first, second = generator.lognormal(6.7, 1.0, size=(2, 200))
    return first, second * (1.25 if differ else 1.0)


def rejections(tests: dict[str, Test], draw: Draw, differ: bool, n: int) -> dict[str, int]:
    """How often each test has p < .05 in n simulations."""
    generator = np.random.default_rng(6)
    found = dict.fromkeys(tests, 0)
    for _ in range(n):
        control, treatment = draw(generator, differ)
        for name, test in tests.items():
            found[name] += test(control, treatment).p_value < 0.05
    return found


def level(hits: int, n: int) -> str:
    """Whether a test keeps the level of .05, by the 99 % interval of its rate."""
    low, high = proportion_interval(hits, n, level=0.99)
    if low > 0.05:
        return "too many false positives"
    return "conservative" if high < 0.05 else "keeps its level"


def table(caption: str, tests: dict[str, Test], draw: Draw, n: int) -> tuple[Table, list[str]]:
    """Type I error and power of some tests; and the names of those that exceed their level."""
    false, true = (rejections(tests, draw, differ, n) for differ in (False, True))
    verdicts = {name: level(hits, n) for name, hits in false.items()}
    rows: list[tuple[str | Number, ...]] = []
    for name, verdict in verdicts.items():
        error, power = rate(false[name], n), rate(true[name], n)
        rows.append((name, error, error.as_interval, power, verdict))
    shown = Table(
        columns=("Test", "Type I error", "95 % interval", "Power", "Verdict"),
        rows=rows,
        caption=caption,
    )
    return shown, [name for name, verdict in verdicts.items() if verdict.startswith("too many")]


def study(registration: Registration, *, quick: bool = False) -> Report:
    """Run the experiment; ``quick`` takes few simulations."""
    n = 20 if quick else 1000
    parts = [
        table("Right or wrong, the same 200 questions", PAIRED, paired_answers, n),
        table("100 questions, three repeats each", REPEATED, repeated_answers, n),
        table("Latency, log-normal with sigma 1", LATENCY, latencies, n),
    ]
    wrong = [name for _, names in parts for name in names]
    return Report(
        title=registration.title,
        banner=SIMULATED,
        sections=[
            Section(
                "Summary",
                [
                    summary(
                        [
                            f"Above their level: {', '.join(wrong) or 'no test'}.",
                            "Tests of independent groups waste power on paired answers.",
                        ]
                    )
                ],
            ),
            registration.section(DEVIATIONS),
            Section(f"{n:,} simulations", [shown for shown, _ in parts]),
        ],
    )
