"""Two systems on the same items, with repeats, clusters and missing answers (Miller 2024)."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace

from .._comparison.clustered_rates import widened_pairs
from .._comparison.naming import check_names
from .._comparison.two_groups import compare_paired
from .._core.arithmetic import mean, variance
from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, np
from .._core.options import check_choice, check_share, checked_options, renamed_value
from .._core.rendering import Result, ResultTable
from .._core.results import Comparison, Interval, Note
from .._core.shown import shown
from .._core.tails import normal_quantile
from .._core.wording import number
from .._data.intake import column_of_labels, unique_ids
from .._data.scores import (
    MISSING_ANSWERS,
    MissingAnswers,
    Scores,
    score_rows,
    without_missing,
)
from .._data.values import ClusterLabels
from .._intervals.clusters import clustered_mean
from .._planning.detectable import minimum_detectable_effect
from .scores import EvalScore, eval_score


def _same_items(
    control: Scores, treatment: Scores, missing: str
) -> tuple[Sequence[Hashable] | None, list[list[float]], list[list[float]]]:
    """Both sides in one order: by id where both have ids, else by position.

    An item that one side lacks is a missing answer there, unless missing answers are refused.
    """
    first, second = score_rows(control, "control"), score_rows(treatment, "treatment")
    if first.keyed != second.keyed and None in (first.ids, second.ids):
        raise InvalidDataError("items", "one side has ids and the other has not: pass both by id")
    if first.ids is None or second.ids is None or list(first.ids) == list(second.ids):
        if len(first.rows) != len(second.rows):
            sizes = f"control has {len(first.rows)}, treatment has {len(second.rows)}"
            raise InvalidDataError("items", sizes)
        return first.ids if first.ids is not None else second.ids, first.rows, second.rows
    unique_ids(first.ids, "control")
    unique_ids(second.ids, "treatment")
    ours = dict(zip(first.ids, first.rows, strict=True))
    theirs = dict(zip(second.ids, second.rows, strict=True))
    order = list(dict.fromkeys([*ours, *theirs]))
    partial = [item for item in order if item not in ours or item not in theirs]
    if partial and (missing == "error" or len(partial) == len(order)):
        raise InvalidDataError(
            "items",
            f"control and treatment have different ids: {len(partial)} are on one side only, such"
            f" as {partial[0]!r}",
        )
    gap = [math.nan]
    return order, [ours.get(item, gap) for item in order], [theirs.get(item, gap) for item in order]


def _answers_of_rates(first: list[list[float]], second: list[list[float]]) -> FloatArray | None:
    """How many answers each item has of a side, on average; None where some are not 0 or 1."""
    sides = zip(first, second, strict=True)
    if any(value not in (0.0, 1.0) for one, other in sides for value in (*one, *other)):
        return None
    return np.array([(len(x) + len(y)) / 2 for x, y in zip(first, second, strict=True)])


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalComparison(Result):
    """Two systems on the same items, and how much variance the pairing removed."""

    comparison: Comparison
    control: EvalScore
    treatment: EvalScore
    difference: float
    interval: Interval
    se_paired: float
    se_unpaired: float
    correlation: float
    variance_saved: float
    detectable: float
    names: tuple[str, str] = ("control", "treatment")
    details: dict[str, float] = field(default_factory=dict)

    @property
    def p_value(self) -> float:
        """The p-value of the comparison."""
        return self.comparison.p_value

    @property
    def warnings(self) -> tuple[Note, ...]:
        """The warnings of the comparison."""
        return self.comparison.warnings

    @property
    def se(self) -> float:
        """The standard error of the difference: clustered (CR2) where clusters were given."""
        return self.details.get("se_cr2", self.se_paired)

    @property
    def sample(self) -> str:
        """How many items, repeats and clusters there were, in words."""
        repeats = self.treatment.repeats
        words = f"{self.control.n_items} items"
        if repeats > 1:
            words += f" x {repeats:.3g} repeats"
        clusters = self.control.n_clusters
        return words if clusters is None else f"{words} in {clusters} clusters"

    def n_needed(self, difference: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
        """How many items find a true ``difference`` (Miller 2024, section 5).

        With clusters: items in clusters of the same sizes, with the clustered standard error.
        """
        check_share("alpha", alpha)
        check_share("power", power)
        reach = normal_quantile(1 - alpha / 2) + normal_quantile(power)
        # Clusters of the same sizes: the variance of the mean still falls with their number.
        per_item = self.se**2 * self.control.n_items
        return math.ceil(reach**2 * per_item / difference**2 - 1e-9)

    @shown
    def __str__(self) -> str:
        if math.isnan(self.variance_saved) or math.isnan(self.correlation):
            return (
                f"{self.comparison} The scores do not vary, so pairing cannot be judged"
                f" ({self.sample})."
            )
        verb = "saved" if self.variance_saved >= 0 else "added"
        saved = f"{verb} {abs(self.variance_saved):.0%}"
        return (
            f"{self.comparison} On {self.sample}. Pairing {saved} of the"
            f" variance (r = {self.correlation:.2f}); differences of {number(self.detectable)} are"
            " found with 80% power."
        )

    def table(self) -> ResultTable:
        rows = tuple(
            (name, number(score.mean), number(score.se), str(score.interval))
            for name, score in zip(
                reversed(self.names), (self.treatment, self.control), strict=True
            )
        )
        gap = ("difference", number(self.difference), number(self.se), str(self.interval))
        return ResultTable(
            title="Comparison of two systems on the same items",
            columns=("System", "Score", "SE", "Interval"),
            rows=(*rows, gap),
            notes=(str(self), *map(str, self.comparison.warnings)),
        )


@checked_options
def eval_compare(
    control: Scores,
    treatment: Scores,
    *,
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
    missing: MissingAnswers = "error",
    names: tuple[str, str] | None = None,
) -> EvalComparison:
    """Compare two systems item by item, treatment minus control.

    Args:
        control: Scores by item as in ``eval_score``.
        treatment: The same items in the same order, or a mapping with the same ids.
        clusters: The cluster of every item.
        level: The level of the intervals.
        missing: ``wrong``, ``error``, or ``omit`` (drops an item that either side lacks).
        names: What to call control and treatment in the result.

    Returns:
        The comparison, both scores, and the share of variance that pairing removed.

    Raises:
        InvalidDataError: Missing answers with ``missing="error"``, or items that do not match.

    Example:
        >>> result = bench.eval_compare([1, 0, 0, 1, 0, 1], [1, 1, 0, 1, 1, 1])
        >>> round(result.difference, 2)
        0.33
    """
    missing = renamed_value("missing", missing, {"exclude": "omit"})
    check_choice("missing", missing, MISSING_ANSWERS)
    ids, first, second = _same_items(control, treatment, missing)
    _, _, here = without_missing(first, missing)
    _, _, there = without_missing(second, missing)
    kept = [index for index in range(len(first)) if here[index] and there[index]]
    labels = None
    if clusters is not None:
        marks = column_of_labels(clusters, len(first), "clusters", ids=ids)
        labels = [marks[index] for index in kept]
    first, second = [first[index] for index in kept], [second[index] for index in kept]
    own = None if ids is None or isinstance(ids, range) else tuple(ids[place] for place in kept)
    scores = [
        replace(eval_score(rows, clusters=labels, level=level, missing=missing), ids=own)
        for rows in (first, second)
    ]
    y, x = (
        np.array([mean(np.array(row)) for row in without_missing(rows, missing)[0]])
        for rows in (first, second)
    )
    result = compare_paired(y, x, level=level, clusters=labels, names=names)
    if (counts := _answers_of_rates(first, second)) is not None:
        result = widened_pairs(result, (y, x), labels, level, answers=counts)
    result = replace(result, ids=own)
    gaps = x - y
    paired, apart = variance(gaps) / len(gaps), (variance(x) + variance(y)) / len(gaps)
    spread = math.sqrt(variance(x) * variance(y))
    details = {}
    if labels is not None:
        found = clustered_mean(gaps, labels)
        details = {
            "se_cr0": found.se_cr0,
            "se_cr1": found.se_cr1,
            "se_cr2": found.se_cr2,
            "se_miller": found.se_miller,
            "p_cr1_t": found.p_value(),
            "p_cr1_z": found.p_value(distribution="normal"),
            "clusters": float(found.n_clusters),
        }
    return EvalComparison(
        comparison=result,
        control=scores[0],
        treatment=scores[1],
        difference=result.estimate,
        interval=result.interval,
        se_paired=math.sqrt(paired) if paired > 0 else math.nan,
        se_unpaired=math.sqrt(apart) if apart > 0 else math.nan,
        correlation=(variance(x) + variance(y) - variance(gaps)) / (2 * spread)
        if spread > 0
        else math.nan,
        variance_saved=1 - paired / apart if apart > 0 else math.nan,
        detectable=minimum_detectable_effect(y, x, clusters=labels).value,
        names=check_names(names) or ("control", "treatment"),
        details=details,
    )
