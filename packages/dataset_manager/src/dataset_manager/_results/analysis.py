"""Analysis of a result: groups, hard items, kinds of failure, and confidence."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import fsum
from typing import Any

from .._core.deprecated import renamed_arguments
from .._core.errors import PredictionError
from .._core.intervals import Interval, level_text, wilson
from .._core.markup import html_table, html_text, markdown_table, one_line
from .._core.shown import shown
from .._data.dataset import Dataset
from .._data.item import Item, value_of
from .result import EvaluationResult, ItemResult

_NEAR = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGroup:
    """The result on a part of the items.

    Attributes:
        name: The value that they share.
        correct: How many are correct.
        total: How many there are.
        level: The level of the interval.
    """

    name: str
    correct: int
    total: int
    level: float = 0.95

    @property
    def accuracy(self) -> float:
        """The share of correct ones."""
        return self.correct / self.total

    @property
    def interval(self) -> Interval:
        """The interval of the accuracy (Wilson, JASA 22, 1927)."""
        return wilson(self.correct, self.total, level=self.level)

    def to_dict(self) -> dict[str, Any]:
        """The group as plain values."""
        return {
            "name": self.name,
            "correct": self.correct,
            "total": self.total,
            "accuracy": self.accuracy,
            "interval": list(self.interval),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTable:
    """The result by groups.

    Attributes:
        by: The field or function that defines the groups.
        groups: The groups by name.
    """

    by: str
    groups: tuple[ItemGroup, ...]

    @property
    def micro(self) -> float:
        """The mean over items."""
        return sum(group.correct for group in self.groups) / sum(
            group.total for group in self.groups
        )

    @property
    def macro(self) -> float:
        """The mean over groups, each of the same weight."""
        return fsum(group.accuracy for group in self.groups) / len(self.groups)

    @shown
    def __str__(self) -> list[str]:
        interval = level_text(self.groups[0].level)
        names = [one_line(group.name) for group in self.groups]
        width = max(len(self.by), len("macro"), *map(len, names))
        lines = [f"{self.by:<{width}}  right    of  accuracy  {interval}"]
        lines += [
            f"{name:<{width}} {group.correct:>6} {group.total:>5}    {group.accuracy:.4f}"
            f"  {group.interval}"
            for name, group in zip(names, self.groups, strict=True)
        ]
        lines.append(f"{'micro':<{width}} {'':>12}    {self.micro:.4f}")
        lines.append(f"{'macro':<{width}} {'':>12}    {self.macro:.4f}")
        return lines

    def _cells(self) -> list[tuple[str, str, str]]:
        rows = [
            (each.name, f"{each.correct}/{each.total}", f"{each.accuracy:.4f}")
            for each in self.groups
        ]
        return [*rows, ("micro", "", f"{self.micro:.4f}"), ("macro", "", f"{self.macro:.4f}")]

    def _repr_html_(self) -> str:
        """The table, for notebooks."""
        return html_table(
            (self.by, "right", "accuracy"), (map(html_text, row) for row in self._cells())
        )

    def to_markdown(self) -> str:
        """The table in Markdown."""
        return "\n".join(markdown_table((self.by, "right", "accuracy"), self._cells())) + "\n"

    def to_json(self) -> str:
        """The table as one JSON object."""
        return json.dumps(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The table as plain values."""
        return {
            "by": self.by,
            "micro": self.micro,
            "macro": self.macro,
            "groups": [group.to_dict() for group in self.groups],
        }


def group_table(
    result: EvaluationResult,
    dataset: Dataset,
    *,
    by: str | Callable[[Item], Any],
    level: float = 0.95,
) -> GroupTable:
    """The result by groups of items, such as the subjects of MMLU.

    Args:
        result: A result on this data set.
        dataset: The data set that the result is on.
        by: A field of the metadata, or a function of the item.
        level: The level of the intervals.

    Returns:
        The groups by name, with the mean over items (micro) and over groups (macro).

    Raises:
        PredictionError: The result is on another data set.
    """
    if result.dataset_hash != dataset.content_hash:
        raise PredictionError(f"the result on {result.dataset_name} is on other items than these")
    verdicts: dict[str, list[bool]] = {}
    right = {item.id: item.score.correct for item in result.items}
    for item in dataset:
        if item.id in right:
            verdicts.setdefault(str(value_of(item, by)), []).append(right[item.id])
    groups = tuple(
        ItemGroup(name=name, correct=sum(found), total=len(found), level=level)
        for name, found in sorted(verdicts.items())
    )
    return GroupTable(by=by if isinstance(by, str) else "group", groups=groups)


@renamed_arguments(count="n")
def hardest_items(results: Sequence[EvaluationResult], n: int = 10) -> list[tuple[str, int, int]]:
    """The items that the fewest models answer correctly.

    Args:
        results: Results on the same data set, one for each model.
        n: How many items.

    Returns:
        For each item its id, the number of models that are correct, and the number of models.

    Raises:
        PredictionError: ``results`` is empty, or they are not on the same items.
    """
    if not results or len({result.dataset_hash for result in results}) > 1:
        raise PredictionError(
            "results: hardest_items needs at least one result, and all on the same data set"
        )
    right = Counter({item.id: 0 for item in results[0].items})
    for result in results:
        right.update(item.id for item in result.items if item.score.correct)
    order = sorted(right.items(), key=lambda pair: pair[1])
    return [(identifier, times, len(results)) for identifier, times in order[:n]]


def failure_modes(result: EvaluationResult) -> dict[str, int]:
    """The kinds of wrong answers with their counts, most frequent first.

    ``missing``, ``empty``, ``refused``, ``ambiguous`` and ``not_found`` are outcomes of extraction;
    ``near_miss`` is a text that is nearly an expected one, ``wrong_answer`` any other.

    Args:
        result: A result.

    Returns:
        The number of items of each kind.
    """
    kinds = (_failure(item) for item in result.items if not item.score.correct)
    return dict(Counter(kinds).most_common())


def disagreements(
    result: EvaluationResult, verdicts: Mapping[str, bool]
) -> list[tuple[ItemResult, bool]]:
    """The items that another scorer or a person judged differently.

    Args:
        result: A result.
        verdicts: Whether each item is correct, by its id.

    Returns:
        The items with the other decision, in the order of the data set.
    """
    return [
        (item, verdicts[item.id])
        for item in result.items
        if item.id in verdicts and verdicts[item.id] != item.score.correct
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceCalibration:
    """How well the stated confidences match the accuracies.

    Attributes:
        error: The expected calibration error with bins of equal width (Guo et al. 2017).
        brier: The mean squared difference of confidence and outcome (Brier 1950).
        bins: For each bin that is not empty: items, mean confidence, accuracy.
        items: How many items have a confidence.
    """

    error: float
    brier: float
    bins: tuple[tuple[int, float, float], ...]
    items: int

    def to_dict(self) -> dict[str, Any]:
        """The calibration as plain values."""
        return {
            "error": self.error,
            "brier": self.brier,
            "bins": [list(each) for each in self.bins],
            "items": self.items,
        }

    @shown
    def __str__(self) -> str:
        return f"ECE {self.error:.4f}, Brier score {self.brier:.4f} on {self.items} items"


def confidence_calibration(
    result: EvaluationResult, *, bins: int = 10
) -> ConfidenceCalibration | None:
    """The calibration of the confidences; None where no prediction had one.

    Args:
        result: A result whose predictions have confidences.
        bins: The number of bins of equal width.

    Returns:
        The expected calibration error, the Brier score and the bins; None without any confidence.

    Raises:
        ValueError: There is no bin.
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, not {bins}")
    pairs = [
        (item.confidence, item.score.correct)
        for item in result.items
        if item.confidence is not None
    ]
    if not pairs:
        return None
    held: dict[int, list[tuple[float, bool]]] = {}
    for sure, correct in pairs:
        held.setdefault(min(int(sure * bins), bins - 1), []).append((sure, correct))
    shown = tuple(
        (
            len(each),
            fsum(sure for sure, _ in each) / len(each),
            sum(right for _, right in each) / len(each),
        )
        for _, each in sorted(held.items())
    )
    return ConfidenceCalibration(
        error=fsum(count * abs(sure - right) for count, sure, right in shown) / len(pairs),
        brier=fsum((sure - right) ** 2 for sure, right in pairs) / len(pairs),
        bins=shown,
        items=len(pairs),
    )


def _failure(item: ItemResult) -> str:
    if item.missing:
        return "missing"
    if not item.score.answered:
        return item.score.outcome
    given, right = str(item.score.extracted), str(item.expected)
    both_words = given.isalpha() and right.isalpha() and min(len(given), len(right)) > 3
    near = both_words and SequenceMatcher(None, given.lower(), right.lower()).ratio() > _NEAR
    return "near_miss" if near else "wrong_answer"
