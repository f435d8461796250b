"""Scores of language models: repeats, clusters, pairs, missing answers, pass@k (Miller 2024)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._clusters import ClusteredMean, clustered_mean
from ._compare import compare_paired
from ._detectable import minimum_detectable_effect
from ._errors import InvalidDataError
from ._intervals import mean_interval
from ._lazy import FloatArray, np
from ._notes import note
from ._numbers import check_choice, check_share, is_binary, mean, variance
from ._proportion_intervals import proportion_interval
from ._rendering import Result, Table
from ._results import Comparison, Interval, Note
from ._tails import normal_quantile
from ._wording import number

MISSING = ("error", "wrong", "exclude")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalScore(Result):
    """The mean score of one system over items, with what it is uncertain about."""

    mean: float
    se: float
    interval: Interval
    n_items: int
    repeats: float
    n_clusters: int | None
    within_variance: float
    between_variance: float
    icc: float
    design_effect: float
    n_missing: int
    missing: str
    bounds: tuple[float, float]
    warnings: tuple[Note, ...] = ()

    def __str__(self) -> str:
        text = f"score = {number(self.mean)} (SE {number(self.se)}), {self.interval}, "
        text += f"{self.n_items} items"
        if self.repeats > 1:
            text += f" x {self.repeats:g} repeats"
        if self.n_clusters:
            text += f" in {self.n_clusters} clusters"
        if self.n_missing:
            text += f"; {self.n_missing} missing answers counted as {self.missing}"
        return text + "."

    def table(self) -> Table:
        return Table(
            title="Score",
            columns=("Mean", "SE", "Low", "High", "Items", "ICC"),
            rows=(
                (
                    number(self.mean),
                    number(self.se),
                    number(self.interval.low),
                    number(self.interval.high),
                    str(self.n_items),
                    number(self.icc),
                ),
            ),
            notes=tuple(map(str, self.warnings)),
        )


def _rows(scores: Any) -> list[list[float]]:
    """One list of repeats per item; a missing answer is NaN."""
    values = list(scores.values()) if isinstance(scores, Mapping) else list(scores)
    rows = []
    for place, entry in enumerate(values):
        repeats = (
            list(entry) if hasattr(entry, "__len__") and not isinstance(entry, str) else [entry]
        )
        try:
            rows.append([math.nan if each is None else float(each) for each in repeats])
        except (TypeError, ValueError):
            raise InvalidDataError("scores", f"item {place} is {entry!r}, not a number") from None
    if not rows or not all(rows):
        raise InvalidDataError("scores", "no items, or an item without answers")
    return rows


def _filled(rows: list[list[float]], missing: str) -> tuple[list[list[float]], int, FloatArray]:
    """Missing answers scored 0 or left out; how many there were; which items are kept."""
    check_choice("missing", missing, MISSING)
    count = sum(math.isnan(value) for row in rows for value in row)
    if count and missing == "error":
        raise InvalidDataError(
            "scores", f"{count} missing answers: pass missing='wrong' or missing='exclude'"
        )
    if missing == "wrong":
        rows = [[0.0 if math.isnan(value) else value for value in row] for row in rows]
    kept = [[value for value in row if not math.isnan(value)] for row in rows]
    present = np.array([bool(row) for row in kept])
    return [row for row in kept if row], count, present


def variance_components(rows: Sequence[Sequence[float]]) -> dict[str, float]:
    """Variance within and between items, and the intraclass correlation ICC(1).

    Args:
        rows: One list of repeated scores per item.

    Returns:
        ``within``, ``between``, ``icc`` and ``repeats`` (the mean number, harmonic); NaN where no
        item was repeated. The between variance is not cut at 0.
    """
    means = np.array([mean(np.array(row, dtype=float)) for row in rows])
    spreads = [variance(np.array(row, dtype=float)) for row in rows if len(row) > 1]
    repeats = len(rows) / math.fsum(1 / len(row) for row in rows)
    if not spreads or len(rows) < 2:  # nothing to tell the two apart
        return {"within": math.nan, "between": math.nan, "icc": math.nan, "repeats": repeats}
    within, total = math.fsum(spreads) / len(spreads), variance(means)
    bottom = repeats * total + (repeats - 1) * within
    return {
        "within": within,
        "between": total - within / repeats,
        "icc": (repeats * total - within) / bottom if bottom > 0 else math.nan,
        "repeats": repeats,
    }


def eval_score(
    scores: Any,
    *,
    clusters: Sequence[Any] | None = None,
    level: float = 0.95,
    missing: str = "error",
) -> EvalScore:
    """The mean score of a system, with repeats averaged by item and items clustered.

    Args:
        scores: One score per item, or a list of K repeated scores per item, or a mapping by id.
            None and NaN are missing answers.
        clusters: The cluster of every item.
        level: The level of the interval.
        missing: ``wrong`` scores missing answers 0, ``exclude`` leaves them out, ``error`` refuses.
            ``bounds`` has the mean if all missing answers were wrong, and if all were right.

    Raises:
        InvalidDataError: Missing answers with ``missing="error"``, or no items.
        NotEnoughDataError: Fewer than two items or clusters.
    """
    check_share("level", level)
    every = _rows(scores)
    rows, count, present = _filled(every, missing)
    means = np.array([mean(np.array(row)) for row in rows])
    labels = None
    if clusters is not None:
        labels = [label for label, kept in zip(clusters, present, strict=True) if kept]
    parts = variance_components(rows)
    found: ClusteredMean | None = None
    if labels is not None:
        found = clustered_mean(means, labels)
        interval, se = mean_interval(means, level=level, clusters=labels), found.se_cr2
    elif is_binary(means) and parts["repeats"] == 1:
        interval = proportion_interval(int(means.sum()), len(means), level=level)
        half = interval.width / 2
        se = half / normal_quantile(0.5 + level / 2)
    else:
        interval = mean_interval(means, level=level)
        spread = variance(means)
        se = math.sqrt(spread / len(means)) if spread > 0 else math.nan
    worst = [0.0 if math.isnan(value) else value for row in every for value in row]
    best = [1.0 if math.isnan(value) else value for row in every for value in row]
    notes = [*interval.warnings]
    if count:
        notes.append(
            note("DROPPED_MISSING" if missing == "exclude" else "MISSING_WRONG", str(count))
        )
    return EvalScore(
        mean=mean(means),
        se=se,
        interval=interval,
        n_items=len(means),
        repeats=parts["repeats"],
        n_clusters=found.n_clusters if found else None,
        within_variance=parts["within"],
        between_variance=parts["between"],
        icc=parts["icc"],
        design_effect=found.design_effect if found else 1.0,
        n_missing=count,
        missing=missing,
        bounds=(math.fsum(worst) / len(worst), math.fsum(best) / len(best)),
        warnings=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalComparison(Result):
    """Two systems on the same items, and what pairing them was worth."""

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
    details: dict[str, float] = field(default_factory=dict)

    @property
    def p_value(self) -> float:
        return self.comparison.p_value

    def n_needed(self, difference: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
        """How many items find a true ``difference`` (Miller 2024, section 5)."""
        check_share("alpha", alpha)
        check_share("power", power)
        reach = normal_quantile(1 - alpha / 2) + normal_quantile(power)
        per_item = self.se_paired**2 * self.control.n_items
        return math.ceil(reach**2 * per_item / difference**2 - 1e-9)

    def __str__(self) -> str:
        if math.isnan(self.variance_saved) or math.isnan(self.correlation):
            return f"{self.comparison} The scores do not vary, so pairing cannot be judged."
        return (
            f"{self.comparison} Pairing saved {self.variance_saved:.0%} of the variance"
            f" (r = {self.correlation:.2f}); differences of {number(self.detectable)} are found"
            " with 80% power."
        )

    def table(self) -> Table:
        rows = tuple(
            (name, number(score.mean), number(score.se), str(score.interval))
            for name, score in (("treatment", self.treatment), ("control", self.control))
        )
        return Table(
            title="Comparison of two systems on the same items",
            columns=("System", "Score", "SE", "Interval"),
            rows=rows,
            notes=(str(self),),
        )


def eval_compare(
    control: Any,
    treatment: Any,
    *,
    clusters: Sequence[Any] | None = None,
    level: float = 0.95,
    missing: str = "error",
) -> EvalComparison:
    """Compare two systems item by item, treatment minus control.

    Args:
        control: Scores by item as in ``eval_score``.
        treatment: The same items in the same order, or a mapping with the same ids.
        clusters: The cluster of every item.
        level: The level of the intervals.
        missing: ``wrong``, ``error``, or ``exclude`` (drops an item that either side lacks).

    Raises:
        InvalidDataError: Missing answers with ``missing="error"``, or items that do not match.
    """
    if isinstance(control, Mapping) and isinstance(treatment, Mapping):
        if set(control) != set(treatment):
            raise InvalidDataError("items", "control and treatment have different ids")
        treatment = [treatment[item] for item in control]
        control = list(control.values())
    first, second = _rows(control), _rows(treatment)
    if len(first) != len(second):
        raise InvalidDataError("items", f"control has {len(first)}, treatment has {len(second)}")
    _, _, here = _filled(first, missing)
    _, _, there = _filled(second, missing)
    kept = [place for place in range(len(first)) if here[place] and there[place]]
    labels = None if clusters is None else [list(clusters)[place] for place in kept]
    first, second = [first[place] for place in kept], [second[place] for place in kept]
    scores = [
        eval_score(rows, clusters=labels, level=level, missing=missing) for rows in (first, second)
    ]
    old, new = (
        [mean(np.array(row)) for row in _filled(rows, missing)[0]] for rows in (first, second)
    )
    x, y = np.array(new), np.array(old)
    result = compare_paired(y, x, level=level, clusters=labels)
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
        detectable=minimum_detectable_effect(y, x).value,
        details=details,
    )


def design_effect(cluster_size: float, icc: float) -> float:
    """How many times more items clustering needs: 1 + (m - 1) ICC (Kish 1965)."""
    return 1 + (cluster_size - 1) * icc
