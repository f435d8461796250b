"""RQ3: the Pareto front of accuracy and cost, by nested validation.

CRUCIBLE_MIRROR=<folder> uv run --no-dev python docs/experiments/run.py rq3
"""

import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from kit import Bools, Registration, points, share, summary

from bench import adjust, mcnemar
from dataset_manager import Dataset, Item, load_sync, random_sample
from ensemble import (
    PRICES_DATE,
    Agreement,
    EnsembleResult,
    ModelLike,
    ReplayModel,
    Response,
    Sequential,
    VoteTable,
    collect_sync,
    find_price,
    predict,
)
from reporter import (
    Dot,
    Number,
    Paragraph,
    Report,
    ScatterFigure,
    Section,
    Table,
    Verdict,
    verdict_on,
)

FOLDS, PROMPT_TOKENS = 5, 200
DEVIATIONS = ()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A panel and its rule: ``single``, ``plurality`` or ``two agree``."""

    members: tuple[str, ...]
    rule: str

    def __str__(self) -> str:
        return f"{self.rule}: {', '.join(self.members)}"

    def answer(self, votes: dict[str, Hashable]) -> Hashable:
        """The answer to a question; ties go to the first of the tied."""
        given = [votes[name] for name in self.members if votes[name] is not None]
        if self.rule == "two agree":
            first, second = (votes[name] for name in self.members[:2])
            if first == second and first is not None:
                return first
            return given[-1] if given else None
        return max(given, key=given.count, default=None)

    async def predict(self, item: Item, *, models: Mapping[str, ModelLike]) -> EnsembleResult:
        """Ask the panel, by ensemble.

        Args:
            item: The question.
            models: The models by name, real or recorded.
        """
        panel = [models[name] for name in self.members]
        if self.rule == "two agree":
            early = Sequential(first=2, stop=Agreement(votes=2))
            return await predict(
                item, models=panel, execution=early, tie_break="last", normalize="number"
            )
        return await predict(item, models=panel, normalize="number")


def priced_panel(folder: Path, n: int | None) -> tuple[Dataset, dict[str, ModelLike]]:
    """The questions, and the recorded models that have a price."""
    questions = load_sync("gsm8k", split="test", mirror=folder)
    if n is not None:
        questions = random_sample(questions, n, seed=0)
    panel: dict[str, ModelLike] = {}
    for path in sorted((folder / "zeroeval-gsm8k" / "gsm").glob("*.json")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # models without a price are left out
            price = find_price(path.stem)
            if price is None:
                continue
            texts = ReplayModel.from_zeroeval(path).texts(questions.ids())
        answers = {
            item: Response(
                text=text or "",
                model=path.stem,
                input_tokens=PROMPT_TOKENS,
                output_tokens=len(text or "") // 4,
            )
            for item, text in texts.items()
        }
        panel[path.stem] = ReplayModel(path.stem, answers, price=price)
    return questions, panel


def priced_votes(folder: Path, n: int | None) -> VoteTable:
    """What the priced models answered, and what each answer cost."""
    questions, panel = priced_panel(folder, n)
    return collect_sync(questions, models=list(panel.values()), normalize="number")


def candidates(table: VoteTable) -> dict[Candidate, tuple[float, float]]:
    """Accuracy and cost of each candidate on a table; members the best first."""
    accuracy = table.accuracies()
    found = {}
    for choice in table.choices():
        members = tuple(choice.members)
        if choice.rule != "two agree":
            members = tuple(sorted(members, key=lambda name: -accuracy[name]))
        key = Candidate(members=members, rule=choice.rule)
        found[key] = (choice.accuracy, float(choice.cost_usd or 0.0))
    return found


def best_under(found: dict[Candidate, tuple[float, float]], ceiling: float) -> Candidate | None:
    """The most accurate candidate that costs at most the ceiling; the cheaper of equals."""
    cheap = [each for each, (_, cost) in found.items() if cost <= ceiling]
    return max(cheap, key=lambda each: (found[each][0], -found[each][1]), default=None)


def measured(table: VoteTable, candidate: Candidate) -> tuple[list[bool], list[float]]:
    """Whether a candidate is right on each question, and what the question costs."""
    correct, spent = [], []
    for row, gold, costs in zip(table.votes, table.gold, table.costs or (), strict=True):
        votes = dict(zip(table.models, row, strict=True))
        prices = dict(zip(table.models, costs, strict=True))
        asked: Sequence[str] = candidate.members
        first, second = (*asked, asked[0])[:2]
        if candidate.rule == "two agree" and votes[first] == votes[second] is not None:
            asked = asked[:2]
        correct.append(candidate.answer(votes) == gold)
        spent.append(sum(prices[name] or 0.0 for name in asked))
    return correct, spent


@dataclass(frozen=True, kw_only=True)
class Nested:
    """The procedure under one ceiling, on questions that did not choose."""

    correct: Bools
    cost_usd: float
    naive: float
    chosen: Candidate


def nested(table: VoteTable, ceiling: float, *, singles: bool = False) -> Nested:
    """Choose on four folds, measure on the fifth; and choose on all for use."""
    folds = np.random.default_rng(42).permutation(len(table)) % FOLDS
    correct, spent = np.zeros(len(table), dtype=bool), np.zeros(len(table))

    def choose(part: VoteTable) -> tuple[Candidate, float]:
        found = candidates(part)
        if singles:
            found = {each: value for each, value in found.items() if each.rule == "single"}
        best = best_under(found, ceiling)
        if best is None:
            raise ValueError(f"no model costs at most ${ceiling:g} a question")
        return best, found[best][0]

    for fold in range(FOLDS):
        judged = np.flatnonzero(folds == fold)
        chosen, _ = choose(table.take(np.flatnonzero(folds != fold).tolist()))
        correct[judged], spent[judged] = measured(table.take(judged.tolist()), chosen)
    final, naive = choose(table)
    return Nested(correct=correct, cost_usd=float(spent.mean()), naive=naive, chosen=final)


def study(registration: Registration, *, quick: bool = False) -> Report:
    """Run the experiment; ``quick`` takes few questions."""
    table = priced_votes(registration.data(), 120 if quick else None)
    single = nested(table, float("inf"), singles=True)
    ceilings = {
        "a fifth": single.cost_usd / 5,
        "a half": single.cost_usd / 2,
        "the same": single.cost_usd * 1.001,
        "no ceiling": float("inf"),
    }
    found = {label: nested(table, ceiling) for label, ceiling in ceilings.items()}
    tests = {
        label: mcnemar(single.correct.astype(float), each.correct.astype(float))
        for label, each in found.items()
    }
    holm = adjust({label: test.p_value for label, test in tests.items()}, "holm")
    gains = {
        label: points(test, "gain." + label.replace(" ", "-")) for label, test in tests.items()
    }
    verdicts: list[Verdict] = [
        verdict_on(
            "a fifth of the price loses less than two points",
            gains["a fifth"],
            demand="above",
            threshold=-0.02,
        ),
        verdict_on(
            "without a ceiling, a panel beats the best single model",
            gains["no ceiling"],
            demand="above",
            threshold=0.0,
        ),
    ]
    everything = candidates(table)
    front = pareto(everything)
    return Report(
        title=registration.title,
        sections=[
            Section(
                "Summary", [summary([f"{v.verdict}: {v.claim}." for v in verdicts]), *verdicts]
            ),
            registration.section(DEVIATIONS),
            Section(
                "Nested validation",
                [
                    Table(
                        columns=(
                            "Ceiling",
                            "Chosen on all questions",
                            "Held out",
                            "95 % interval",
                            "Cost",
                            "Without nesting",
                            "Against the best single",
                            "p (Holm)",
                        ),
                        rows=[
                            (
                                label,
                                str(each.chosen),
                                share(each.correct),
                                share(each.correct).as_interval,
                                Number(value=each.cost_usd, unit="usd_per_query"),
                                Number(value=each.naive, unit="share"),
                                gains[label],
                                Number(value=holm[label], unit="p"),
                            )
                            for label, each in found.items()
                        ],
                        notes=f"{len(everything)} candidates were tried. The best single model,"
                        f" chosen in the same folds, is right on {single.correct.mean():.1%}.",
                    ),
                    Paragraph(f"Prices of {PRICES_DATE}; tokens are estimated from characters."),
                ],
            ),
            Section(
                "Front on all questions",
                [
                    ScatterFigure(
                        dots=[
                            Dot(
                                label=str(each), x=1000 * everything[each][1], y=everything[each][0]
                            )
                            for each in front
                        ],
                        x_axis="USD per 1,000 questions",
                        y_axis="accuracy",
                        front=True,
                        caption="Not held out: the candidates that no other beats",
                    )
                ],
            ),
        ],
    )


def pareto(found: dict[Candidate, tuple[float, float]]) -> list[Candidate]:
    """The candidates that no other beats in accuracy without costing more."""
    front: list[Candidate] = []
    for each in sorted(found, key=lambda one: (found[one][1], -found[one][0])):
        if not front or found[each][0] > found[front[-1]][0]:
            front.append(each)
    return front
