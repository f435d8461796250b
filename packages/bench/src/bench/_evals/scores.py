"""Scores of language models: repeats, clusters and missing answers (Miller 2024)."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, SupportsFloat

from .._core.arithmetic import is_binary, mean, variance
from .._core.errors import InvalidDataError, InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_choice, check_share, renamed_value
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.wording import number
from .._data.intake import column_of_labels, plain_list, split_ids
from .._data.intake import number as number_of
from .._data.values import ClusterLabels
from .._intervals.clusters import ClusteredMean, clustered_mean
from .._intervals.means_and_quantiles import mean_interval
from .._intervals.proportions import proportion_interval

Score = SupportsFloat | None
Scores = Iterable[Score | Iterable[Score]] | Mapping[Any, Score | Iterable[Score]]
"""One score for each item, or the scores of its repeats; by item id, or in order."""

MissingAnswers = Literal["error", "wrong", "omit"]
MISSING_ANSWERS: tuple[MissingAnswers, ...] = ("error", "wrong", "omit")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalScore(Result):
    """The mean score of one system over items, with its uncertainty."""

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
    missing: MissingAnswers
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
            treated = "left out" if self.missing == "omit" else "counted as wrong"
            text += f"; {self.n_missing} missing answers {treated}"
        return text + "."

    def table(self) -> ResultTable:
        return ResultTable(
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRows:
    """One list of repeats per item, missing answers as NaN, with the ids of the items."""

    rows: list[list[float]]
    ids: Sequence[Hashable] | None
    keyed: bool


def score_rows(scores: Scores, name: str = "scores") -> ScoreRows:
    """Scores as they come: by id or in order, one a item or the repeats of each."""
    if isinstance(scores, str | bytes | set | frozenset):
        raise InvalidDataError(name, f"expected scores by item, got {type(scores).__name__}")
    ids, values = split_ids(scores, name)
    rows = []
    for index, entry in enumerate(plain_list(values)):
        many = hasattr(entry, "__len__") and not isinstance(entry, str | bytes)
        repeats = plain_list(entry) if many else [entry]
        if isinstance(entry, Mapping):
            raise InvalidDataError(name, f"item {index} is a mapping, not a score or its repeats")
        rows.append([number_of(each, name, index) for each in repeats])
    if not rows or not all(rows):
        raise InvalidDataError(name, "no items, or an item without answers")
    if any(math.isinf(value) for row in rows for value in row):
        raise InvalidDataError(name, "infinite values cannot be averaged")
    return ScoreRows(rows=rows, ids=ids, keyed=isinstance(scores, Mapping))


def without_missing(
    rows: list[list[float]], missing: str
) -> tuple[list[list[float]], int, FloatArray]:
    """Missing answers scored 0 or left out; how many there were; which items are kept."""
    check_choice("missing", missing, MISSING_ANSWERS)
    count = sum(math.isnan(value) for row in rows for value in row)
    if count and missing == "error":
        raise InvalidDataError(
            "scores",
            f"{count} missing answers: pass missing='wrong' to count them as wrong,"
            " or missing='omit' to leave them out",
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

    Raises:
        InvalidDataError: No items, or an item without scores.
    """
    if not rows or not all(len(row) for row in rows):
        raise InvalidDataError("rows", "no items, or an item without scores")
    means = np.array([mean(np.array(row, dtype=float)) for row in rows])
    spreads = [variance(np.array(row, dtype=float)) for row in rows if len(row) > 1]
    repeats = len(rows) / math.fsum(1 / len(row) for row in rows)
    if not spreads or len(rows) < 2:  # the two components cannot be separated
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
    scores: Scores,
    *,
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
    missing: MissingAnswers = "error",
) -> EvalScore:
    """The mean score of a system, with repeats averaged by item and items clustered.

    Args:
        scores: One score per item, or a list of K repeated scores per item, or a mapping by id.
            None and NaN are missing answers.
        clusters: The cluster of every item, in order or as a mapping from item id.
        level: The level of the interval.
        missing: ``wrong`` scores missing answers 0, ``omit`` leaves them out, ``error`` refuses.
            ``bounds`` has the mean if all missing answers were wrong, and if all were right.

    Returns:
        The mean with its interval and the components of its variance.

    Raises:
        InvalidDataError: Missing answers with ``missing="error"``, or no items.
        NotEnoughDataError: Fewer than two items or clusters.

    Example:
        >>> print(bench.eval_score([[1, 1, 0], [0, 0, 0], [1, 1, 1], [1, 0, 1]]))
        score = 0.583 (SE 0.210), 95% CI [-0.0841, 1.25], 4 items x 3 repeats.
    """
    missing = renamed_value("missing", missing, {"exclude": "omit"})
    check_share("level", level)
    read = score_rows(scores)
    every = read.rows
    rows, count, present = without_missing(every, missing)
    means = np.array([mean(np.array(row)) for row in rows])
    labels = None
    if clusters is not None:
        named = column_of_labels(clusters, len(every), "clusters", ids=read.ids)
        labels = [label for label, kept in zip(named, present, strict=True) if kept]
    parts = variance_components(rows)
    found: ClusteredMean | None = None
    if labels is not None:
        found = clustered_mean(means, labels)
        interval, se = mean_interval(means, level=level, clusters=labels), found.se_cr2
    elif is_binary(means) and parts["repeats"] == 1:
        interval = proportion_interval(int(means.sum()), len(means), level=level)
        se = _standard_error(means)
    else:
        interval = mean_interval(means, level=level)
        se = _standard_error(means)
    worst = [0.0 if math.isnan(value) else value for row in every for value in row]
    best = [1.0 if math.isnan(value) else value for row in every for value in row]
    notes = [*interval.warnings]
    if count:
        notes.append(note("DROPPED_MISSING" if missing == "omit" else "MISSING_WRONG", str(count)))
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


def _standard_error(means: FloatArray) -> float:
    """sd/sqrt(n), as Miller 2024 and the evaluation harnesses print it; NaN without spread."""
    spread = variance(means)
    return math.sqrt(spread / len(means)) if spread > 0 else math.nan


def design_effect(cluster_size: float, icc: float) -> float:
    """How many times more items clustering needs: 1 + (m - 1) ICC (Kish 1965).

    Args:
        cluster_size: The mean number of values per cluster.
        icc: The intraclass correlation.

    Returns:
        The design effect, a factor of at least 1 for a positive ICC.

    Raises:
        InvalidOptionError: A mean cluster size below 1.
    """
    if cluster_size < 1:
        raise InvalidOptionError("cluster_size", cluster_size, "at least 1")
    return 1 + (cluster_size - 1) * icc
