"""Accuracy and diversity of a panel: error correlations and the gain of a vote."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import Any

from .._core.rendering import counted, html_table, markdown_table, marked, number_text
from .._core.responses import Source
from .._core.values import Value
from .._voting.votes import Ties
from .paired import Interval, Paired, paired, wilson
from .votes import LabelledVotes

_HEAD = ("Model", "Accuracy", "Interval", "Failed calls")
_NEAR_DUPLICATE = 0.95


class AccuracyEstimate(Value):
    """The accuracy of a model on labelled questions; it unpacks into value, low and high.

    Attributes:
        value: The share of questions that it has right.
        interval: The Wilson score interval of that share.
    """

    value: float
    interval: Interval

    def __iter__(self) -> Iterator[float]:
        return iter((self.value, *self.interval))

    def __getitem__(self, index: int) -> float:
        return (self.value, self.interval.low, self.interval.high)[index]


class Pair(Value):
    """How two models err together.

    Attributes:
        models: The two.
        phi: The correlation of their errors; NaN when one never errs, or always.
        double_fault: The share of questions that both have wrong.
        q: Yule's Q of right and wrong; NaN when undefined.
        kappa: Cohen's kappa of their answers: agreement beyond chance.
        disagreement: The share of questions that just one has right.
        same_wrong: Of the questions both have wrong, the share where they say the same.
    """

    models: tuple[str, str]
    phi: float
    double_fault: float
    q: float
    kappa: float
    disagreement: float
    same_wrong: float

    def duplicate_text(self) -> str:
        """The sentence about two near-duplicate members."""
        first, second = self.models
        return (
            f"near-duplicates: {first} and {second} have the error correlation {self.phi:.3f} and"
            " count almost as one voter: leave one of them out"
        )


class Analysis(Value):
    """The measurements of a panel on labelled questions.

    Attributes:
        labels: How many questions.
        accuracies: Of each model, with its Wilson score interval.
        best_single: The most accurate model.
        majority: The accuracy of the plurality of all; ties go to the more accurate model.
        gain: The plurality against the best single model.
        oracle: The share of questions that at least one has right.
        gap_closed: (majority - best) / (oracle - best); NaN without a gap.
        pairs: How each two err together.
        mean_phi: The mean correlation of errors.
        effective: How many independent members the panel is worth, N / (1 + (N-1) mean phi).
        same_wrong: Of pairs that are both wrong, the share that say the same.
        unanimous: Coverage and accuracy where all voters agree, at least two of them.
        cost_usd: What asking all costs a question; None when unknown.
        cost_per_correct: Of the majority, per right answer; None when unknown.
        failed: The failed calls of each model, by the class of their error; a failed call counts as
            a wrong answer.
        source: Where the votes come from, as of ``VoteTable``.
        near_duplicates: The pairs whose errors have a correlation above 0.95.
    """

    labels: int
    accuracies: Mapping[str, AccuracyEstimate]
    best_single: str
    majority: float
    gain: Paired
    oracle: float
    gap_closed: float
    pairs: Sequence[Pair]
    mean_phi: float
    effective: float
    same_wrong: float
    unanimous: tuple[float, float]
    cost_usd: float | None
    cost_per_correct: float | None
    failed: Mapping[str, Mapping[str, int]] = MappingProxyType({})
    source: Source | None = None
    near_duplicates: Sequence[Pair] = ()

    def correlations(self) -> str:
        """The error correlation of every pair, as a table in the order of the models."""
        names = list(self.accuracies)
        found = {frozenset(pair.models): f"{pair.phi:6.2f}" for pair in self.pairs}
        width = max(map(len, names))
        rows = [
            f"{name:<{width}} {index:>3} "
            + "".join(found.get(frozenset((name, other)), "     -") for other in names)
            for index, name in enumerate(names, start=1)
        ]
        head = " " * (width + 5) + "".join(f"{index:>6}" for index in range(1, len(names) + 1))
        return marked([head, *rows], self.source)

    def __str__(self) -> str:
        rows = [
            f"{model:<40} {share:.4f} [{low:.4f}, {high:.4f}]"
            for model, (share, low, high) in self.accuracies.items()
        ]
        return marked([*rows, *self._lines()], self.source)

    def _lines(self) -> list[str]:
        """The lines about the whole panel, and about failed calls."""
        correlation, worth = number_text(self.mean_phi, ".2f"), f"{self.effective:.1f}"
        lines = [
            f"plurality {self.majority:.4f}, against {self.best_single} {self.gain}",
            f"any right {self.oracle:.4f}, of the gap {number_text(self.gap_closed, '.0%')} closed",
            f"error correlation {correlation}, worth {worth} members",
            f"same answer when both are wrong {number_text(self.same_wrong, '.2f')}",
        ]
        for model, kinds in self.failed.items():
            calls = counted(sum(kinds.values()), "failed call")
            lines.append(
                f"{model}: {calls} of {self.labels} ({', '.join(kinds)}), counted as wrong"
            )
        return [*lines, *(pair.duplicate_text() for pair in self.near_duplicates)]

    def _cells(self) -> list[tuple[str, str, str, str]]:
        return [
            (model, f"{share:.4f}", f"[{low:.4f}, {high:.4f}]", str(self._failed(model)))
            for model, (share, low, high) in self.accuracies.items()
        ]

    def _failed(self, model: str) -> int:
        return sum(self.failed.get(model, {}).values())

    def _repr_html_(self) -> str:
        caption = marked(self._lines(), self.source)
        return html_table(caption, _HEAD, self._cells())

    def to_markdown(self) -> str:
        """Return the accuracies as a Markdown table, with what concerns the whole panel."""
        table = markdown_table(_HEAD, self._cells()).split("\n")
        return marked([*table, "", *(f"- {line}" for line in self._lines())], self.source)


def analyze(table: LabelledVotes, *, level: float = 0.95) -> Analysis:
    """Measure the accuracy of a panel, the correlation of its errors and the gain of a vote.

    Args:
        table: The votes; no model is asked.
        level: The level of the intervals.
    """
    right = {model: table.right(model) for model in table.models}
    size = len(table)
    accuracies = {model: sum(each) / size for model, each in right.items()}
    best = max(accuracies, key=lambda model: accuracies[model])
    winners = table.winners(ties=Ties(policy="accuracy", accuracies=accuracies))
    correct = [
        key is not None and key == gold for key, gold in zip(winners, table.gold, strict=True)
    ]
    majority = sum(correct) / size
    oracle = sum(any(row) for row in zip(*right.values(), strict=True)) / size
    gap = oracle - accuracies[best]
    pairs = [_pair(table, right, *both) for both in combinations(table.models, 2)]
    phis = [pair.phi for pair in pairs if not math.isnan(pair.phi)]
    mean_phi = sum(phis) / len(phis) if phis else math.nan
    costs = [table.cost(model) for model in table.models]
    cost = None if None in costs else math.fsum(each for each in costs if each is not None)
    count = len(table.models)
    return Analysis(
        labels=size,
        accuracies={
            model: AccuracyEstimate(
                value=share, interval=wilson(sum(right[model]), size, level=level)
            )
            for model, share in accuracies.items()
        },
        best_single=best,
        majority=majority,
        gain=paired(correct, right[best], level=level),
        oracle=oracle,
        gap_closed=(majority - accuracies[best]) / gap if gap else math.nan,
        pairs=pairs,
        mean_phi=mean_phi,
        effective=count / (1 + (count - 1) * (0.0 if math.isnan(mean_phi) else mean_phi)),
        same_wrong=_same_wrong(table, pairs, right),
        unanimous=_unanimous(table),
        cost_usd=cost,
        cost_per_correct=cost / majority if cost is not None and majority else None,
        failed=table.failed(),
        source=table.source,
        near_duplicates=tuple(pair for pair in pairs if pair.phi > _NEAR_DUPLICATE),
    )


def near_duplicates(table: LabelledVotes) -> tuple[Pair, ...]:
    """The pairs of models whose errors have a correlation above 0.95."""
    right = {model: table.right(model) for model in table.models}
    return tuple(
        _pair(table, right, first, second)
        for first, second in combinations(table.models, 2)
        if _phi(*_outcomes(right[first], right[second])) > _NEAR_DUPLICATE
    )


def _outcomes(first: list[bool], second: list[bool]) -> tuple[int, int, int, int]:
    """How many questions both have right, only the first, only the second, and neither."""
    both = sum(a and b for a, b in zip(first, second, strict=True))
    only_first, only_second = sum(first) - both, sum(second) - both
    return both, only_first, only_second, len(first) - both - only_first - only_second


def _phi(both: int, only_first: int, only_second: int, neither: int) -> float:
    """The correlation of errors; NaN when one never errs, or always."""
    spread = math.sqrt(
        (both + only_first)
        * (neither + only_second)
        * (both + only_second)
        * (neither + only_first)
    )
    return (both * neither - only_first * only_second) / spread if spread else math.nan


def _columns(table: LabelledVotes, *models: str) -> Iterator[Sequence[Any]]:
    indices = [list(table.models).index(model) for model in models]
    return ([row[index] for index in indices] for row in table.votes)


def _pair(table: LabelledVotes, right: dict[str, list[bool]], first: str, second: str) -> Pair:
    size = len(table)
    both, only_first, only_second, neither = _outcomes(right[first], right[second])
    product, cross = both * neither, only_first * only_second
    return Pair(
        models=(first, second),
        phi=_phi(both, only_first, only_second, neither),
        double_fault=neither / size,
        q=(product - cross) / (product + cross) if product + cross else math.nan,
        kappa=_kappa(list(_columns(table, first, second))),
        disagreement=(only_first + only_second) / size,
        same_wrong=_share_alike(table, right, first, second)[0],
    )


def _kappa(rows: Sequence[Sequence[Any]]) -> float:
    size = len(rows)
    observed = sum(a is not None and a == b for a, b in rows) / size
    left: dict[Any, int] = {}
    other: dict[Any, int] = {}
    for first, second in rows:
        left[first] = left.get(first, 0) + 1
        other[second] = other.get(second, 0) + 1
    expected = (
        sum(count * other.get(key, 0) for key, count in left.items() if key is not None) / size**2
    )
    return (observed - expected) / (1 - expected) if expected < 1 else math.nan


def _share_alike(
    table: LabelledVotes, right: dict[str, list[bool]], first: str, second: str
) -> tuple[float, int, int]:
    """Of the questions both have wrong, the share with the same answer; and both counts."""
    alike = wrong = 0
    cells = _columns(table, first, second)
    for (a, b), good, fine in zip(cells, right[first], right[second], strict=True):
        if not good and not fine and a is not None and b is not None:
            wrong += 1
            alike += a == b
    return (alike / wrong if wrong else math.nan), alike, wrong


def _same_wrong(table: LabelledVotes, pairs: Sequence[Pair], right: dict[str, list[bool]]) -> float:
    counts = [_share_alike(table, right, *pair.models) for pair in pairs]
    wrong = sum(each[2] for each in counts)
    return sum(each[1] for each in counts) / wrong if wrong else math.nan


def _unanimous(table: LabelledVotes) -> tuple[float, float]:
    covered = good = 0
    for row, gold in zip(table.votes, table.gold, strict=True):
        keys = [key for key in row if key is not None]
        if len(keys) > 1 and len(set(keys)) == 1:
            covered += 1
            good += keys[0] == gold
    return covered / len(table), good / covered if covered else math.nan


def by_consensus(table: LabelledVotes) -> list[tuple[float, int, float]]:
    """The accuracy of the plurality at each level of agreement.

    Returns:
        The share of members behind the winner, how many questions had it, and the share of these
        that the plurality had right; the highest agreement first.
    """
    levels: dict[float, list[bool]] = {}
    for row, gold, winner in zip(table.votes, table.gold, table.winners(), strict=True):
        share = sum(key == winner for key in row) / len(row) if winner is not None else 0.0
        levels.setdefault(share, []).append(winner is not None and winner == gold)
    return [
        (share, len(good), sum(good) / len(good)) for share, good in sorted(levels.items())[::-1]
    ]
