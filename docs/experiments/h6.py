"""H6: the kit for a study of traces with people, tried on synthetic participants.

uv run --no-dev python docs/experiments/run.py h6
"""

from dataclasses import dataclass
from math import exp, log
from typing import Literal

import numpy as np
from kit import Registration, rate, summary
from latencies import Floats

from bench import cohens_d, fisher_exact, welch_t
from causal_trace import (
    StudyResponse,
    analyze_study,
    assign_tasks,
    simulate_responses,
)
from reporter import Interval, Number, Paragraph, Report, Section, Table, Verdict, verdict_on

PARTICIPANTS = 40
TASKS = ("cache", "parser", "queue", "retry", "token")
CONTROL, TREATMENT = "without trace", "with trace"
SYNTHETIC = "SYNTHETIC: no person took part. The effects are those that the simulation was given."
DEVIATIONS = ()


@dataclass(frozen=True, kw_only=True)
class World:
    """The effects that a simulation gives to traces."""

    speed_up: float
    success: tuple[float, float]
    trust_right: float
    trust_wrong: float


EFFECTS = World(speed_up=0.3, success=(0.5, 0.6), trust_right=1.0, trust_wrong=-0.5)
NO_EFFECTS = World(speed_up=0.0, success=(0.5, 0.5), trust_right=0.0, trust_wrong=0.0)
Design = Literal["within", "between"]


def responses(world: World, design: Design, seed: int) -> tuple[StudyResponse, ...]:
    """A study with synthetic participants, by the kit."""
    tasks = TASKS if design == "between" else (*TASKS, "upload")
    assignments = assign_tasks(PARTICIPANTS, tasks, design=design, seed=seed)
    return simulate_responses(
        assignments,
        speed_up={TREATMENT: world.speed_up, CONTROL: 0.0},
        correct_rate={CONTROL: world.success[0], TREATMENT: world.success[1]},
        seed=seed,
    )


def log_time(response: StudyResponse) -> float:
    """The outcome of the debugging tasks."""
    return log(response.duration_ms)


def likert(generator: np.random.Generator, people: int, shift: float) -> Floats:
    """Four items of a seven-point scale: a row a participant."""
    person = generator.normal(4.0 + shift, 0.9, size=(people, 1))
    return np.clip(np.rint(person + generator.normal(0, 0.8, size=(people, 4))), 1, 7)


def cronbach(items: Floats) -> float:
    """The internal consistency of a scale (Cronbach 1951)."""
    k = items.shape[1]
    return float(
        k / (k - 1) * (1 - items.var(axis=0, ddof=1).sum() / items.sum(axis=1).var(ddof=1))
    )


def trust(world: World, seed: int) -> dict[str, tuple[Floats, Floats]]:
    """Trust in right and in wrong answers: without and with traces."""
    generator = np.random.default_rng(seed)
    half = PARTICIPANTS // 2
    return {
        kind: (likert(generator, half, 0.0), likert(generator, half, shift))
        for kind, shift in (("right", world.trust_right), ("wrong", world.trust_wrong))
    }


def reduction(world: World, design: Design, seed: int) -> tuple[Number, float]:
    """How much time traces save, and the p-value."""
    result = analyze_study(
        responses(world, design, seed), log_time, control=CONTROL, treatment=TREATMENT
    ).result
    interval = Interval(low=1 - exp(result.interval.high), high=1 - exp(result.interval.low))
    number = Number(
        value=1 - exp(result.estimate), unit="share", interval=interval, name=f"time.{design}"
    )
    return number, result.p_value


def rates(world: World, simulations: int) -> tuple[Number, Number, Number]:
    """How often each design and the trust scale find an effect."""
    within = between = trusted = 0
    for seed in range(1, simulations + 1):
        within += reduction(world, "within", seed)[1] < 0.05
        between += reduction(world, "between", seed)[1] < 0.05
        control, treatment = trust(world, seed)["right"]
        trusted += welch_t(control.mean(axis=1), treatment.mean(axis=1)).p_value < 0.05
    return rate(within, simulations), rate(between, simulations), rate(trusted, simulations)


def study(registration: Registration, *, quick: bool = False) -> Report:
    """Run the experiment; ``quick`` takes few simulations."""
    simulations = 3 if quick else 200
    specified = responses(EFFECTS, "between", 42)
    groups = {
        condition: [
            each.answers["answer"] == "correct" for each in specified if each.condition == condition
        ]
        for condition in (CONTROL, TREATMENT)
    }
    counts = {name: (sum(each), len(each) - sum(each)) for name, each in groups.items()}
    fisher = fisher_exact([list(counts[CONTROL]), list(counts[TREATMENT])])
    times = {design: reduction(EFFECTS, design, 42) for design in ("within", "between")}
    scales = trust(EFFECTS, 42)
    gains = {
        kind: welch_t(*(items.mean(axis=1) for items in pair)) for kind, pair in scales.items()
    }
    numbers = {
        kind: Number(
            value=test.estimate,
            interval=Interval(low=test.interval.low, high=test.interval.high),
            name=f"trust.{kind}",
        )
        for kind, test in gains.items()
    }
    verdicts: list[Verdict] = [
        verdict_on(
            "time falls by at least 30 %", times["within"][0], demand="above", threshold=0.3
        ),
        verdict_on(
            "trust in right answers rises by 1", numbers["right"], demand="above", threshold=1.0
        ),
        verdict_on("trust in wrong answers falls", numbers["wrong"], demand="below", threshold=0.0),
    ]
    control, treatment = scales["right"]
    size = cohens_d(control.mean(axis=1), treatment.mean(axis=1))
    return Report(
        title=registration.title,
        banner=SYNTHETIC,
        sections=[
            Section(
                "Summary",
                [
                    summary(
                        ["No person took part: this shows that the kit and the analysis work."]
                        + [f"{v.verdict}: {v.claim}." for v in verdicts]
                    ),
                    *verdicts,
                ],
            ),
            registration.section(DEVIATIONS),
            Section(
                "Results of the synthetic study",
                [
                    Table(
                        columns=("Outcome", "Estimate", "95 % interval"),
                        rows=[
                            ("time saved, within", *both(times["within"][0])),
                            ("time saved, between", *both(times["between"][0])),
                            ("trust in right answers", *both(numbers["right"])),
                            ("trust in wrong answers", *both(numbers["wrong"])),
                        ],
                    ),
                    Paragraph(
                        f"Success: Fisher's exact test, p = {fisher.p_value:.2g}, with the task as"
                        " unit, as specified. Tasks of one participant are not independent."
                    ),
                    Paragraph(
                        f"Trust scale: Cronbach's alpha {cronbach(np.vstack(scales['right'])):.2f},"
                        f" d = {size.value:.2f}."
                    ),
                ],
            ),
            Section(
                "Power and known truth",
                [
                    Table(
                        columns=("World", "Time, within", "Time, between", "Trust"),
                        rows=[
                            ("the effects of the plan", *rates(EFFECTS, simulations)),
                            ("no effects", *rates(NO_EFFECTS, simulations)),
                        ],
                        caption="Share of simulated studies of 40 with p < .05",
                    )
                ],
            ),
        ],
    )


def both(number: Number) -> tuple[Number, Number]:
    """A number and its interval, for two cells."""
    return number, number.as_interval
