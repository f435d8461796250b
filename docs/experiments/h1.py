"""H1: does a vote of five reach 99 % on MMLU-STEM, and beat the best single model?

CRUCIBLE_MIRROR=<folder> uv run --no-dev python docs/experiments/run.py h1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from kit import (
    Bools,
    Registration,
    correct_matrix,
    halves,
    points,
    rate,
    share,
    summary,
    votes_correct,
)
from panels import gsm8k_votes, latent_correlation, simulated_panel, stem_votes

from bench import (
    adjust,
    cohens_d,
    cohens_h,
    compare_paired,
    mcnemar,
    mcnemar_from_counts,
    proportion_interval,
    student_t,
)
from dataset_manager import Dataset, stratified_sample
from ensemble import VoteTable
from reporter import (
    Number,
    Paragraph,
    Report,
    Section,
    Table,
    TestLine,
    Verdict,
    forest,
    line_from,
    verdict_on,
)

PANEL = 5
SEEDS = (42, 43, 44)
DEVIATIONS = ()


@dataclass(frozen=True, kw_only=True)
class Arms:
    """Both arms on the same questions, each chosen on the other half."""

    single: Bools
    vote: Bools
    any_right: Bools


def arms(table: VoteTable) -> Arms:
    """The best single model and the vote of the best five, chosen on the other half."""
    right = correct_matrix(table)
    first = halves(len(table), 42)
    single, vote = np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
    for chosen_on, judged_on in ((first, ~first), (~first, first)):
        accuracies = right[chosen_on].mean(axis=0)
        order = np.argsort(-accuracies, kind="stable")
        names = [table.models[index] for index in order[:PANEL]]
        single[judged_on] = right[judged_on, order[0]]
        vote[judged_on] = votes_correct(table, names)[judged_on]
    return Arms(single=single, vote=vote, any_right=np.asarray(right.any(axis=1)))


def as_specified(data: Dataset, found: Arms, n: int) -> tuple[Section, Number]:
    """200 questions in three runs, with the tests that the original plan names."""
    places = {item.id: place for place, item in enumerate(data)}
    rows, single, vote = [], [], []
    for seed in SEEDS:
        sample = stratified_sample(data, n, by="subject", seed=seed)
        chosen = np.array([places[item.id] for item in sample])
        single.append(found.single[chosen])
        vote.append(found.vote[chosen])
        rows.append((str(seed), share(single[-1]), share(vote[-1])))
    control, treatment = np.concatenate(single).astype(float), np.concatenate(vote).astype(float)
    test = student_t(control, treatment)
    size = cohens_d(control, treatment)
    effect = Number(value=size.value, digits=2, name="stem.d")
    section = Section(
        "As specified",
        [
            Table(columns=("Seed", "Best single", "Vote of five"), rows=rows),
            line_from(test, label="independent t-test, three runs pooled"),
            Paragraph(
                [
                    "Cohen's d is ",
                    effect,
                    ". The test assumes independent answers, but the arms share their questions.",
                ]
            ),
        ],
    )
    return section, effect


def sound(
    table: VoteTable, found: Arms, name: str, subjects: Sequence[str] | None
) -> tuple[Section, Number]:
    """All questions, paired."""
    control, treatment = found.single.astype(float), found.vote.astype(float)
    test = mcnemar(control, treatment)
    gain = points(test, f"{name}.gain")
    lost, won = int((found.single & ~found.vote).sum()), int((~found.single & found.vote).sum())
    analysis = table.analyze()
    h = cohens_h(control, treatment)
    blocks: list[Any] = [
        Table(
            columns=("Arm", "Accuracy", "95 % interval"),
            rows=[
                (label, share(answers, f"{name}.{key}"), share(answers).as_interval)
                for label, key, answers in (
                    ("best single model", "single", found.single),
                    ("vote of five", "vote", found.vote),
                    ("any of the panel right", "any", found.any_right),
                )
            ],
        ),
        line_from(test, label="vote minus best single"),
        Paragraph(f"Only the vote is right on {won} questions, only the single model on {lost}."),
        Paragraph(f"Cohen's h is {h.value:.3f}."),
        Paragraph(
            f"Mean error correlation {analysis.mean_phi:.3f}: the panel is worth"
            f" {analysis.effective:.1f} independent models."
        ),
        Table(
            columns=("Share that agrees", "Questions", "Right"),
            rows=[
                (f"{agree:.0%}", str(count), Number(value=right, unit="share"))
                for agree, count, right in table.by_consensus()
            ],
            caption="Accuracy of the plurality of all by agreement",
        ),
    ]
    if subjects is not None:
        clustered = compare_paired(control, treatment, clusters=list(subjects))
        blocks.insert(2, line_from(clustered, label="the same, clustered by subject"))
    return Section("All questions, paired", blocks), gain


def verdicts(found: Arms, gain: Number) -> list[Verdict]:
    """The registered criteria (a) to (c)."""
    vote = share(found.vote)
    return [
        verdict_on("the vote reaches 99 %", vote, demand="above", threshold=0.99),
        verdict_on("its lower limit is above 95 %", vote, demand="above", threshold=0.95),
        verdict_on("the vote beats the best single model", gain, demand="above", threshold=0.0),
    ]


def power_rows(found: Arms, simulations: int) -> list[tuple[str, str, Number]]:
    """How often McNemar's test finds a difference, by simulation."""
    n = len(found.vote)
    measured = (
        float((found.single & ~found.vote).mean()),
        float((~found.single & found.vote).mean()),
    )
    designs = [
        ("claimed: .92 against .99", 200, (0.005, 0.075)),
        (".92 against .97", 200, (0.015, 0.065)),
        ("measured discordances", 200, measured),
        ("measured discordances", n, measured),
    ]
    generator = np.random.default_rng(1)
    rows = []
    for label, size, (lost, won) in designs:
        draws = generator.multinomial(size, [lost, won, 1 - lost - won], size=simulations)
        hits = sum(
            mcnemar_from_counts(0, int(a), int(b), int(rest)).p_value < 0.05 for a, b, rest in draws
        )
        rows.append((label, f"{size:,}", rate(hits, simulations)))
    return rows


def known_truth(simulations: int) -> list[list[str | Number]]:
    """Panels whose truth is known: how often each criterion is met."""
    rows: list[list[str | Number]] = []
    for label, accuracy, rho in (
        ("independent errors", 0.92, 0.0),
        ("errors correlated by .6", 0.92, 0.6),
    ):
        latent = latent_correlation(accuracy, rho)
        generator = np.random.default_rng(2)
        truth = simulated_panel(
            generator, 100_000, accuracy=accuracy, models=PANEL, latent=latent
        ).sum(axis=1)
        reached = point = better = 0
        for _ in range(simulations):
            right = simulated_panel(generator, 200, accuracy=accuracy, models=PANEL, latent=latent)
            vote, single = right.sum(axis=1) > PANEL // 2, right[:, 0]
            low = proportion_interval(int(vote.sum()), 200).low
            reached += low > 0.95
            point += vote.mean() >= 0.99
            test = mcnemar(single.astype(float), vote.astype(float))
            better += test.interval.low > 0
        value = f"{(truth > PANEL // 2).mean():.4f}"
        rows.append([label, value, *(rate(each, simulations) for each in (point, reached, better))])
    generator = np.random.default_rng(3)
    latent = latent_correlation(0.92, 0.5)
    better = 0
    for _ in range(simulations):
        pair = simulated_panel(generator, 1000, accuracy=0.92, models=2, latent=latent)
        better += mcnemar(pair[:, 0].astype(float), pair[:, 1].astype(float)).interval.low > 0
    nothing = Number(value=None)
    rows.append(["equal arms, 1,000 questions", "0", nothing, nothing, rate(better, simulations)])
    return rows


def study(registration: Registration, *, quick: bool = False) -> Report:
    """Run the experiment.

    Args:
        registration: The checked plan.
        quick: A tenth of the questions and few simulations, for tests.
    """
    folder = registration.data()
    n, simulations = (200, 10) if quick else (None, 1000)
    questions, stem = stem_votes(folder, n)
    _, gsm = gsm8k_votes(folder, n)
    subjects = [str(item.metadata["subject"]) for item in questions]
    stem_arms, gsm_arms = arms(stem), arms(gsm)
    stem_section, stem_gain = sound(stem, stem_arms, "stem", subjects)
    gsm_section, gsm_gain = sound(gsm, gsm_arms, "gsm8k", None)
    holm = adjust({"MMLU-STEM": stem_gain.p or 0.0, "GSM8K": gsm_gain.p or 0.0}, "holm")
    specified, size = as_specified(questions, stem_arms, 36 if quick else 200)
    found = verdicts(stem_arms, stem_gain)
    return Report(
        title=registration.title,
        sections=[
            Section(
                "Summary",
                [
                    summary(
                        [f"{each.verdict}: {each.claim}." for each in found]
                        + [f"Cohen's d at the level of questions: {size.text}."]
                    ),
                    *found,
                    forest(
                        {"MMLU-STEM": stem_gain, "GSM8K": gsm_gain},
                        axis="vote minus best single [pp]",
                    ),
                    TestLine(
                        sentence=f"Holm: MMLU-STEM p = {holm['MMLU-STEM']:.2g},"
                        f" GSM8K p = {holm['GSM8K']:.2g}."
                    ),
                ],
            ),
            registration.section(DEVIATIONS),
            Section("MMLU-STEM, nine recorded voters", [specified, stem_section]),
            Section("GSM8K, eight recorded voters", [gsm_section, *verdicts(gsm_arms, gsm_gain)]),
            Section(
                "Power by simulation",
                [
                    Table(
                        columns=("Assumed", "Questions", "Power"),
                        rows=power_rows(stem_arms, simulations),
                    )
                ],
            ),
            Section(
                "Known truth (SIMULATED)",
                [
                    Table(
                        columns=("Panel", "Truth", "at least .99", "lower limit > .95", "better"),
                        rows=known_truth(min(simulations, 400)),
                        caption="How often a sample of 200 questions meets each criterion",
                    )
                ],
            ),
        ],
    )
