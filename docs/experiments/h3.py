"""H3: how does accuracy grow with the size and the diversity of a panel?

CRUCIBLE_MIRROR=<folder> uv run --no-dev python docs/experiments/run.py h3
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from kit import Registration, correct_matrix, halves, rate, summary
from latencies import Floats
from numpy.typing import NDArray
from panels import gsm8k_votes, stem_votes

from bench import CurveFits, cochran_q, correlation, factorial_anova, fit_curves, repeated_anova
from ensemble import VoteTable
from reporter import (
    Curve,
    LineFigure,
    Number,
    Paragraph,
    Report,
    Section,
    Table,
    Verdict,
    line_from,
)

SEEDS = (42, 43, 44)
SPECIFIED_SIZES = (1, 2, 3, 5, 7)
DEVIATIONS = (
    (
        "Criterion (c) is reported and not decided: the power curve of bench levels off by"
        " construction, so that its exponent cannot be above 0."
    ),
)


def one_hot(table: VoteTable) -> NDArray[np.float64]:
    """The votes: question, model, answer. Answer 0 is the right one."""
    size = len(table.models)
    votes = np.zeros((len(table), size, size + 1))
    for place, (row, gold) in enumerate(zip(table.votes, table.gold, strict=True)):
        codes = {gold: 0}
        for model, key in enumerate(row):
            if key is not None:
                votes[place, model, codes.setdefault(key, len(codes))] = 1.0
    return votes


def vote_scores(votes: NDArray[np.float64], members: tuple[int, ...], weights: Floats) -> Floats:
    """How right the vote is on each question, ties split.

    Args:
        votes: As of ``one_hot``.
        members: The columns of the panel.
        weights: The weight of each model: a row a question.
    """
    chosen = list(members)
    sums = np.einsum("qma,qm->qa", votes[:, chosen], weights[:, chosen])
    top = sums.max(axis=1)
    leaders = (sums >= top[:, None] - 1e-9).sum(axis=1)
    return np.where((sums[:, 0] >= top - 1e-9) & (top > 0), 1.0 / leaders, 0.0)


@dataclass(frozen=True, kw_only=True)
class Panels:
    """The scores of all panels of one data set.

    Attributes:
        majority: Mean score of all subsets on each question: a row a size.
        weighted: The same with learned weights.
        coverage: The share of questions on which all members agree, by size.
        selective: The accuracy where all agree, by size.
        diversity: Mean error correlation and gain over the best member of each panel of three.
    """

    majority: Floats
    weighted: Floats
    coverage: Floats
    selective: Floats
    diversity: list[tuple[float, float]]


def all_panels(table: VoteTable) -> Panels:
    """Count every subset of the recorded models."""
    votes, right = one_hot(table), correct_matrix(table).astype(float)
    equal, learned = np.ones(right.shape), learned_weights(right)
    rows: dict[str, list[Floats]] = {"majority": [], "weighted": []}
    coverage, selective, diversity = [], [], []
    errors = np.corrcoef(1 - right, rowvar=False)
    for size in range(1, right.shape[1] + 1):
        subsets = list(combinations(range(right.shape[1]), size))
        scores = {members: vote_scores(votes, members, equal) for members in subsets}
        rows["majority"].append(np.mean(list(scores.values()), axis=0))
        rows["weighted"].append(
            np.mean([vote_scores(votes, members, learned) for members in subsets], axis=0)
        )
        agree = [votes[:, list(members)].sum(axis=1).max(axis=1) >= size for members in subsets]
        unanimous = np.stack(agree)
        correct = np.stack([votes[:, list(members), 0].sum(axis=1) >= size for members in subsets])
        coverage.append(float(unanimous.mean()))
        selective.append(float(correct.sum() / unanimous.sum()))
        if size == 3:
            for members, score in scores.items():
                pairs = [errors[a, b] for a, b in combinations(members, 2)]
                best = right[:, list(members)].mean(axis=0).max()
                diversity.append((float(np.mean(pairs)), float(score.mean() - best)))
    return Panels(
        majority=np.stack(rows["majority"]),
        weighted=np.stack(rows["weighted"]),
        coverage=np.array(coverage),
        selective=np.array(selective),
        diversity=diversity,
    )


def learned_weights(right: Floats) -> Floats:
    """Log-odds weights of each model from the other half of the questions: a row a question."""
    first = halves(len(right), 42)
    weights = np.zeros(right.shape)
    for chosen_on, judged_on in ((first, ~first), (~first, first)):
        hits = right[chosen_on].sum(axis=0) + 1
        accuracy = hits / (chosen_on.sum() + 2)
        weights[judged_on] = np.maximum(0.0, np.log(accuracy / (1 - accuracy)))
    return weights


def curves(scores: Floats, resamples: int) -> CurveFits:
    """The families of curves through the mean accuracy by size."""
    generator = np.random.default_rng(0)
    draws = generator.integers(scores.shape[1], size=(resamples, scores.shape[1]))
    errors = np.std([scores[:, draw].mean(axis=1) for draw in draws], axis=0, ddof=1)
    sizes = list(range(1, len(scores) + 1))
    return fit_curves(sizes, list(scores.mean(axis=1)), errors=list(errors))


def line_loses(fits: CurveFits) -> bool:
    """Whether a curve that levels off, or the logarithm, beats the line by 2 of AICc."""
    found = {fit.family: fit.aicc for fit in fits.fits}
    bent = [found[each] for each in found if each not in {"constant", "linear"}]
    return bool(bent) and min(bent) <= found["linear"] - 2


def nested(table: VoteTable) -> list[tuple[int, ...]]:
    """The models by accuracy on the first half, the best first, as panels of growing size."""
    right = correct_matrix(table)
    order = np.argsort(-right[halves(len(right), 42)].mean(axis=0), kind="stable")
    return [tuple(int(each) for each in order[:size]) for size in range(1, len(order) + 1)]


def as_specified(table: VoteTable, n: int) -> Section:
    """One nested panel, 100 questions in three runs."""
    votes, right = one_hot(table), correct_matrix(table).astype(float)
    unseen = np.flatnonzero(~halves(len(right), 42))
    panels = nested(table)
    weights = {"majority": np.ones(right.shape), "weighted": learned_weights(right)}
    scores = {
        (size, strategy): vote_scores(votes, panels[size - 1], each)
        for size in SPECIFIED_SIZES
        for strategy, each in weights.items()
    }
    rows: list[dict[str, object]] = []
    by_size: dict[str, list[float]] = {str(size): [] for size in SPECIFIED_SIZES}
    for seed in SEEDS:
        chosen = np.random.default_rng(seed).choice(unseen, size=n, replace=False)
        for (size, strategy), score in scores.items():
            rows += [
                {"size": str(size), "strategy": strategy, "right": float(each)}
                for each in score[chosen]
            ]
            if strategy == "majority":
                by_size[str(size)] += [float(each) for each in score[chosen]]
    anova = factorial_anova(rows, outcome="right", factors=["size", "strategy"])
    return Section(
        "As specified",
        [
            Table(
                columns=("Term", "F", "p"),
                rows=[
                    (term.name, f"{term.statistic:.2f}", Number(value=term.p_value, unit="p"))
                    for term in anova.terms
                ],
                caption="Analysis of variance, answers taken as independent",
            ),
            line_from(repeated_anova(by_size), label="repeated measures over sizes, majority"),
            Paragraph(
                "With five sizes, AICc is not defined for a curve with three parameters: the plan"
                " as specified cannot compare a power curve with a line. All sizes are used below."
            ),
        ],
    )


def data_section(
    name: str, label: str, table: VoteTable, resamples: int
) -> tuple[Section, CurveFits]:
    """All panels of one data set."""
    panels = all_panels(table)
    fits = curves(panels.majority, resamples)
    majority, weighted = panels.majority.mean(axis=1), panels.weighted.mean(axis=1)
    best = int(np.argmax(majority >= majority.max() - 0.005)) + 1
    rho = correlation(*map(list, zip(*panels.diversity, strict=True)), method="spearman")
    sizes = range(1, len(majority) + 1)
    section = Section(
        label,
        [
            Table(
                columns=("Size", "Majority", "Weighted", "All agree", "Right where all agree"),
                rows=[
                    (
                        str(size),
                        Number(value=majority[size - 1], unit="share", name=f"{name}.size{size}"),
                        Number(value=weighted[size - 1], unit="share"),
                        Number(value=panels.coverage[size - 1], unit="share"),
                        Number(value=panels.selective[size - 1], unit="share"),
                    )
                    for size in sizes
                ],
                caption="Mean over all subsets of each size",
            ),
            LineFigure(
                curves=[
                    Curve(label="majority", x=list(sizes), y=[float(each) for each in majority]),
                    Curve(label="weighted", x=list(sizes), y=[float(each) for each in weighted]),
                ],
                x_axis="models",
                y_axis="mean accuracy",
            ),
            Table(
                columns=("Curve", "Formula", "AICc", "Weight"),
                rows=[
                    (fit.family, fit.formula, f"{fit.aicc:.1f}", f"{fit.weight:.3f}")
                    for fit in fits.fits
                ],
                caption="Families of curves, the best first",
            ),
            Paragraph(
                [
                    "The smallest size within half a point of the best mean is ",
                    Number(value=float(best), unit="count", name=f"{name}.best-size"),
                    ". Over all panels of three, the gain over the best member and the mean error",
                    f" correlation have a Spearman correlation of {rho.estimate:.2f}.",
                    " It is mixed with accuracy: models of like accuracy err more alike.",
                ]
            ),
        ],
    )
    return section, fits


def power(table: VoteTable, simulations: int) -> Number:
    """How often 100 recorded questions show that the line is wrong."""
    scores = all_panels(table).majority
    generator = np.random.default_rng(4)
    hits = sum(
        line_loses(curves(scores[:, generator.integers(scores.shape[1], size=100)], 50))
        for _ in range(simulations)
    )
    return rate(hits, simulations, "power")


def study(registration: Registration, *, quick: bool = False) -> Report:
    """Run the experiment; ``quick`` takes few questions and simulations."""
    folder = registration.data()
    n, resamples, simulations = (200, 20, 3) if quick else (None, 200, 100)
    stem, gsm = stem_votes(folder, n)[1], gsm8k_votes(folder, n)[1]
    stem_section, stem_fits = data_section("stem", "MMLU-STEM, nine voters", stem, resamples)
    gsm_section, gsm_fits = data_section("gsm8k", "GSM8K, eight voters", gsm, resamples)
    votes, equal = one_hot(stem), np.ones((len(stem), len(stem.models)))
    by_size = {
        str(len(members)): [float(each >= 1) for each in vote_scores(votes, members, equal)]
        for members in nested(stem)
        if len(members) % 2
    }
    test = cochran_q(by_size)
    verdicts = [
        Verdict(
            claim="size changes the accuracy of the vote",
            verdict="SUPPORTED" if test.p_value < 0.05 else "INCONCLUSIVE",
            reason=f"{test.statistic_name} = {test.statistic:.1f}, p = {test.p_value:.2g}",
        ),
        Verdict(
            claim="a curve that levels off beats the line",
            verdict="SUPPORTED"
            if line_loses(stem_fits) and line_loses(gsm_fits)
            else "NOT SUPPORTED",
            reason=f"best: {stem_fits.best.family} on MMLU-STEM, {gsm_fits.best.family} on GSM8K",
        ),
    ]
    return Report(
        title=registration.title,
        sections=[
            Section(
                "Summary", [summary([f"{v.verdict}: {v.claim}." for v in verdicts]), *verdicts]
            ),
            registration.section(DEVIATIONS),
            stem_section,
            gsm_section,
            as_specified(stem, 40 if quick else 100),
            Section("All questions, nested panel", [line_from(test, label="Cochran's Q")]),
            Section(
                "Power by simulation",
                [
                    Paragraph(
                        [
                            "With 100 questions of MMLU-STEM the line loses by 2 of AICc in ",
                            power(stem, simulations),
                            " of the samples.",
                        ]
                    )
                ],
            ),
        ],
    )
