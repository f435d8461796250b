"""H2: does a backup at the P95 cut the P99 by half for less than 15 % more requests?

CRUCIBLE_MIRROR=<folder> uv run --no-dev python docs/experiments/run.py h2
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from kit import SIMULATED, Registration, rate, summary
from latencies import (
    Floats,
    HedgedRun,
    Series,
    drawn_copies,
    empirical,
    paired_copies,
    recorded_series,
    run_hedger,
)

from bench import compare_quantile, paired_t
from hedging import Policy
from hedging.simulation import LogNormal, Pareto
from reporter import (
    Callout,
    Interval,
    Number,
    Paragraph,
    Report,
    Section,
    Table,
    Verdict,
    VerdictName,
    forest,
)

VERDICTS: tuple[VerdictName, ...] = ("SUPPORTED", "INCONCLUSIVE", "NOT SUPPORTED")
SEEDS = (42, 43, 44)
CALLS, WARM_UP = 1000, 100
# At the learned P95, one backup at most, and nothing else that could hold one back.
POLICY = Policy(
    strategy="percentile",
    options={"quantile": 0.95},
    budget=None,
    max_hedges=1,
    only_useful=False,
    load_aware=False,
)
DEVIATIONS = ()
COLUMNS = (
    *("Series", "Copies", "Reduction of the P99", "95 % interval", "Extra", "Won"),
    *("t of log", "d_z", "Verdict"),
)
Draw = Callable[[int, int], tuple[Floats, Floats]]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What hedging did to one series."""

    reduction: Number
    extra: float
    won: float
    t_value: float
    t_p: float
    d_z: float
    verdict: VerdictName


def decide(low: float, high: float, reduction: float, extra: float) -> VerdictName:
    """The registered criteria."""
    if reduction >= 0.5 and low > 0.25 and extra < 0.15:
        return "SUPPORTED"
    return "NOT SUPPORTED" if high < 0.5 or extra >= 0.15 else "INCONCLUSIVE"


def effect(runs: list[HedgedRun], name: str, resamples: int) -> Effect:
    """The reduction of the P99 with its interval, and the test that the plan names."""
    before = np.concatenate([run.baseline_ms for run in runs])
    after = np.concatenate([run.hedged_ms for run in runs])
    fired = np.concatenate([run.fired for run in runs])
    ratio = compare_quantile(before, after, quantile=0.99, relative=True, resamples=resamples)
    low, high = 1 - ratio.interval.high, 1 - ratio.interval.low
    reduction = 1 - ratio.estimate
    logs = np.log(before), np.log(after)
    change = logs[1] - logs[0]
    spread = float(change.std(ddof=1))
    test = paired_t(*logs) if spread > 0 else None
    extra = float(fired.mean())
    return Effect(
        reduction=Number(
            value=reduction,
            unit="share",
            interval=Interval(low=low, high=high, method="bootstrap of pairs"),
            name=name,
            direction="higher",
        ),
        extra=extra,
        won=float((fired & (after < before)).sum() / max(1, fired.sum())),
        t_value=test.statistic if test else 0.0,
        t_p=test.p_value if test else 1.0,
        d_z=float(change.mean()) / spread if spread > 0 else 0.0,
        verdict=decide(low, high, reduction, extra),
    )


def measure(draw: Draw, name: str, *, calls: int, seeds: tuple[int, ...], resamples: int) -> Effect:
    """Run the hedger once a seed, and pool."""
    runs = [run_hedger(*draw(calls, seed), warm_up=WARM_UP, policy=POLICY) for seed in seeds]
    return effect(runs, name, resamples)


def kinds(series: Series) -> dict[str, Draw]:
    """The three kinds of backups."""
    distribution = empirical(series)
    return {
        "independent": lambda n, seed: drawn_copies(distribution, n, seed),
        "paired": lambda n, seed: paired_copies(series, n, seed),
        "alike": lambda n, seed: drawn_copies(distribution, n, seed, shared=series.likeness),
    }


def row(label: str, kind: str, found: Effect) -> tuple[str | Number, ...]:
    """One line of the table of results."""
    return (
        label,
        kind,
        found.reduction,
        found.reduction.as_interval,
        Number(value=found.extra, unit="share"),
        Number(value=found.won, unit="share"),
        f"{found.t_value:.2f}",
        f"{found.d_z:.2f}",
        found.verdict,
    )


def known_truth(simulations: int, truth_runs: int) -> Table:
    """Simulated experiments whose truth is known: how often each verdict comes out."""
    heavy, light = Pareto(scale_ms=500, alpha=1.5), LogNormal(sigma=0.8)
    designs: dict[str, Draw] = {
        "Pareto 1.5, independent": lambda n, seed: drawn_copies(heavy, n, seed),
        "log-normal .8, independent": lambda n, seed: drawn_copies(light, n, seed),
        "Pareto 1.5, copies alike": lambda n, seed: drawn_copies(heavy, n, seed, shared=1.0),
    }
    rows: list[list[str | Number]] = []
    for label, draw in designs.items():
        many = measure(draw, "", calls=CALLS, seeds=tuple(range(1, truth_runs)), resamples=100)
        verdicts = [
            measure(
                draw,
                "",
                calls=CALLS,
                seeds=tuple(1000 * run + at for at in range(3)),
                resamples=300,
            ).verdict
            for run in range(1, simulations + 1)
        ]
        rows.append(
            [
                label,
                many.reduction,
                *(rate(verdicts.count(each), simulations) for each in VERDICTS),
            ]
        )
    return Table(
        columns=("Service", "Reduction of the P99", *VERDICTS),
        rows=rows,
        caption="Share of verdicts over simulated experiments of three runs of 1,000 calls",
        notes=f"The true reduction is that of {truth_runs} runs of 1,000 calls pooled.",
    )


def study(registration: Registration, *, quick: bool = False) -> Report:
    """Run the experiment; ``quick`` takes two series, fewer calls and few simulations."""
    series = recorded_series(registration.data())
    calls, resamples = (250, 100) if quick else (CALLS, 2000)
    found = {
        (each.name, kind): measure(
            draw,
            f"{each.name}.{kind}".replace(" ", "-").lower(),
            calls=calls,
            seeds=SEEDS,
            resamples=resamples,
        )
        for each in (series[:1] if quick else series)
        for kind, draw in kinds(each).items()
    }
    counts = {
        kind: sum(
            each.verdict == "SUPPORTED" for (_, which), each in found.items() if which == kind
        )
        for kind in ("independent", "paired", "alike")
    }
    total = len(found) // 3
    return Report(
        title=registration.title,
        sections=[
            Section(
                "Summary",
                [
                    summary(
                        [
                            f"Copies {kind}: SUPPORTED in {count} of {total} series."
                            for kind, count in counts.items()
                        ]
                    ),
                    *verdicts(counts, total),
                    forest(
                        {f"{name}, {kind}": each.reduction for (name, kind), each in found.items()},
                        axis="reduction of the P99 [%]",
                        reference=50,
                    ),
                ],
            ),
            registration.section(DEVIATIONS),
            Section(
                "Recorded series",
                [
                    Table(
                        columns=("Series", "Correlation with the sibling snapshot"),
                        rows=[(each.name, f"{each.likeness:.2f}") for each in series],
                        caption="How alike the latencies of the same question are",
                    ),
                    Table(
                        columns=COLUMNS,
                        rows=[row(name, kind, each) for (name, kind), each in found.items()],
                        notes="The t-test compares typical calls, not the P99.",
                    ),
                    Paragraph(
                        "The intervals resample pairs of calls. A pair is a draw from one"
                        " recorded series, so they say nothing about another month or provider."
                    ),
                ],
            ),
            Section(
                "Power and known truth",
                [
                    Callout(text=SIMULATED, kind="warning"),
                    known_truth(*((1, 3) if quick else (100, 40))),
                ],
            ),
        ],
    )


def verdicts(counts: dict[str, int], total: int) -> list[Verdict]:
    """One verdict for each kind of copies: the claim is about services in general."""
    return [
        Verdict(
            claim=f"P99 halved for less than 15 % more requests, copies {kind}",
            verdict="SUPPORTED" if count == total else "NOT SUPPORTED",
            reason=f"{count} of {total} series meet all criteria",
        )
        for kind, count in counts.items()
    ]
