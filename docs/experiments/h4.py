"""H4: does an adaptive delay beat a static one, on services that change and one that does not?

uv run --no-dev python docs/experiments/run.py h4
"""

from dataclasses import dataclass

import numpy as np
from kit import SIMULATED, Registration, rate, summary
from latencies import Floats

from bench import compare_ratio, mixed_model, paired_t
from hedging import Adaptive, Budget, Fixed
from hedging.simulation import (
    Bimodal,
    Distribution,
    LogNormal,
    Regime,
    Scaled,
    make_traffic,
    simulate,
)
from reporter import Interval, Number, Paragraph, Report, Section, Table, Verdict, verdict_on

CALLS, WINDOW, BUDGET = 2000, 100, 0.05
RUNS = 20
DEVIATIONS = ()
BODY = LogNormal(sigma=0.8)


def services() -> dict[str, list[Regime]]:
    """The services: one that stays as it is, three that change."""

    def halves(first: Distribution, second: Distribution) -> list[Regime]:
        return [Regime(distribution=each, requests=CALLS // 2) for each in (first, second)]

    steps = np.geomspace(1, 3, 20)
    return {
        "stationary": halves(BODY, BODY),
        "level": halves(BODY, Scaled(distribution=BODY, factor=3)),
        "drift": [
            Regime(distribution=Scaled(distribution=BODY, factor=float(each)), requests=CALLS // 20)
            for each in steps
        ],
        "tail": halves(Bimodal(slow_share=0.01), Bimodal(slow_share=0.08)),
    }


@dataclass(frozen=True, kw_only=True)
class Run:
    """The latencies of one run under each arm, and the backups that each sent."""

    adaptive: Floats
    static: Floats
    unlimited: Floats
    extra: tuple[float, float, float]


def one_run(regimes: list[Regime], seed: int) -> Run:
    """The same requests under each arm."""
    traffic = make_traffic(regimes, seed=seed)
    pilot = make_traffic(
        [Regime(distribution=regimes[0].distribution, requests=200)], seed=-seed - 1
    )
    delay = float(np.quantile(pilot.primary_ms, 0.95))
    adaptive = simulate(traffic, Adaptive(BUDGET), budget=Budget(BUDGET), seed=seed)
    static = simulate(traffic, Fixed(delay), budget=Budget(BUDGET), seed=seed)
    unlimited = simulate(traffic, Fixed(delay), seed=seed)
    return Run(
        adaptive=np.array(adaptive.latency_ms),
        static=np.array(static.latency_ms),
        unlimited=np.array(unlimited.latency_ms),
        extra=(adaptive.extra_requests, static.extra_requests, unlimited.extra_requests),
    )


def p99s(latencies: list[Floats], begin: int, end: int) -> list[float]:
    """The P99 of a stretch of each run."""
    return [float(np.quantile(each[begin:end], 0.99)) for each in latencies]


def reduction(runs: list[Run], begin: int, end: int, name: str = "") -> Number:
    """How much lower the adaptive P99 is, with the run as unit."""
    static, adaptive = (
        p99s([run.static for run in runs], begin, end),
        p99s([run.adaptive for run in runs], begin, end),
    )
    ratio = compare_ratio(static, adaptive, paired=True)
    interval = Interval(
        low=1 - ratio.interval.high, high=1 - ratio.interval.low, method="t interval of the log"
    )
    return Number(
        value=1 - ratio.estimate, unit="share", interval=interval, name=name, direction="higher"
    )


def slopes(rows: list[dict[str, object]]) -> Paragraph:
    """The slope of each run and arm, where the mixed model has no variance between runs."""
    found: dict[str, list[float]] = {"static": [], "adaptive": []}
    for strategy, values in found.items():
        for run in sorted({str(row["run"]) for row in rows}):
            own = [row for row in rows if row["run"] == run and row["strategy"] == strategy]
            times = [float(str(row["time"])) for row in own]
            line = np.polyfit(times, [float(str(row["p95"])) for row in own], 1)
            values.append(float(line[0]))
    test = paired_t(found["static"], found["adaptive"])
    return Paragraph(
        "Runs do not differ, so the mixed model has no variance between them. Instead, a line"
        f" through the windows of each run: {test}"
    )


def growth(runs: list[Run]) -> Table | Paragraph:
    """The model of the original plan: windows of 100, strategy by time."""
    rows: list[dict[str, object]] = [
        {
            "run": str(number),
            "strategy": strategy,
            "time": window / 10,
            "p95": float(np.quantile(values[window * WINDOW : (window + 1) * WINDOW], 0.95)),
        }
        for number, run in enumerate(runs)
        for strategy, values in (("adaptive", run.adaptive), ("static", run.static))
        for window in range(CALLS // WINDOW)
    ]
    try:
        model = mixed_model(
            rows,
            outcome="p95",
            fixed=["strategy"],
            covariates=["time"],
            random="run",
            reference={"strategy": "static"},
        )
    except ValueError:  # of statsmodels: runs do not differ, so their variance is zero
        return slopes(rows)
    return Table(
        columns=("Effect", "Estimate [ms]", "95 % interval", "p"),
        rows=[
            (
                effect.name,
                f"{effect.estimate:.1f}",
                f"[{effect.interval.low:.1f}, {effect.interval.high:.1f}]",
                Number(value=effect.p_value, unit="p"),
            )
            for effect in model.effects
        ],
        caption="Growth curve of the P95 of windows, three runs",
    )


def power(runs: list[Run], size: int, simulations: int) -> Number:
    """The share of SUPPORTED among draws of some runs."""
    generator = np.random.default_rng(5)
    hits = 0
    for _ in range(simulations):
        chosen = [runs[place] for place in generator.integers(len(runs), size=size)]
        interval = reduction(chosen, CALLS // 2, CALLS).interval
        hits += interval is not None and interval.low > 0.1
    return rate(hits, simulations)


def study(registration: Registration, *, quick: bool = False) -> Report:
    """Run the experiment; ``quick`` takes few runs and simulations."""
    pool, simulations = (3, 3) if quick else (RUNS, 500)
    runs = {
        name: [one_run(regimes, seed) for seed in range(pool)]
        for name, regimes in services().items()
        if not quick or name in {"stationary", "level"}
    }
    found = {name: reduction(each, CALLS // 2, CALLS, name) for name, each in runs.items()}
    verdicts: list[Verdict] = [
        verdict_on(
            f"{name}: the adaptive P99 is at least 10 % lower",
            number,
            demand="above",
            threshold=0.1,
        )
        for name, number in found.items()
    ]
    return Report(
        title=registration.title,
        banner=SIMULATED,
        sections=[
            Section(
                "Summary", [summary([f"{v.verdict}: {v.claim}." for v in verdicts]), *verdicts]
            ),
            registration.section(DEVIATIONS),
            Section(
                "Requests 1,001 to 2,000",
                [
                    Table(
                        columns=(
                            "Service",
                            "Reduction",
                            "95 % interval",
                            "first 500 after",
                            "Extra: adaptive",
                            "static",
                            "static, no budget",
                        ),
                        rows=[
                            (
                                name,
                                found[name],
                                found[name].as_interval,
                                reduction(each, CALLS // 2, CALLS * 3 // 4),
                                *extras(each),
                            )
                            for name, each in runs.items()
                        ],
                        caption="P99 of the adaptive delay against the static one, same budget",
                        notes="Extra: backups per request. The P99 of a run rests on ten requests.",
                    )
                ],
            ),
            *([] if quick else [Section("As specified", [growth(runs["level"][:3])])]),
            Section(
                "Power by simulation",
                [
                    Table(
                        columns=("Service", "3 runs", "20 runs"),
                        rows=[
                            (name, *(power(each, size, simulations) for size in (3, 20)))
                            for name, each in runs.items()
                        ],
                        caption="Share of experiments with the verdict SUPPORTED",
                    ),
                    Paragraph(
                        "On the stationary service every SUPPORTED would be false: its share is"
                        " the rate of false claims."
                    ),
                ],
            ),
        ],
    )


def extras(runs: list[Run]) -> list[Number]:
    """Mean backups per request of the three arms."""
    means = np.mean([run.extra for run in runs], axis=0)
    return [Number(value=float(each), unit="share") for each in means]
