"""Scores of language models: repeats, clusters and missing answers (Miller 2024)."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from .._core.arithmetic import is_binary, mean, variance
from .._core.errors import InvalidDataError, InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_choice, check_number, check_share, checked_options, renamed_value
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.wording import number
from .._data.intake import column_of_labels
from .._data.scores import (
    MISSING_ANSWERS,
    MissingAnswers,
    Scores,
    item_means,
    score_rows,
    single_scores,
    without_missing,
)
from .._data.values import ClusterLabels
from .._intervals.clusters import ClusteredMean, clustered_mean
from .._intervals.means_and_quantiles import mean_interval
from .._intervals.rates import interval_of_rates


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
    ids: tuple[Hashable, ...] | None = field(default=None, repr=False)

    @shown
    def __str__(self) -> str:
        error = "" if math.isnan(self.se) else f" (SE {number(self.se)})"
        text = f"score = {number(self.mean)}{error}, {self.interval}, "
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
            notes=(str(self), *map(str, self.warnings)),
        )


@checked_options
def variance_components(rows: Scores) -> dict[str, float]:
    """Variance within and between items, and the intraclass correlation ICC(1).

    Args:
        rows: One list of repeated scores per item, in order or by item id.

    Returns:
        ``within``, ``between``, ``icc`` and ``repeats`` (the mean number, harmonic); NaN where no
        item was repeated. The between variance is not cut at 0.

    Raises:
        InvalidDataError: No items, an item without scores, or a missing score.
    """
    read = score_rows(rows, "rows").rows
    if any(math.isnan(value) for row in read for value in row):
        raise InvalidDataError("rows", "a score is missing; leave it out of its item's repeats")
    return components_of(read)


def components_of(rows: Sequence[Sequence[float]]) -> dict[str, float]:
    """The components of rows that were read before."""
    spreads = [variance(np.array(row, dtype=float)) for row in rows if len(row) > 1]
    repeats = len(rows) / math.fsum(1 / len(row) for row in rows)
    if not spreads or len(rows) < 2:  # the two components cannot be separated
        return {"within": math.nan, "between": math.nan, "icc": math.nan, "repeats": repeats}
    within, total = math.fsum(spreads) / len(spreads), variance(item_means(rows))
    bottom = repeats * total + (repeats - 1) * within
    return {
        "within": within,
        "between": total - within / repeats,
        "icc": (repeats * total - within) / bottom if bottom > 0 else math.nan,
        "repeats": repeats,
    }


@checked_options
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
        score = 0.583 (SE 0.210), 95% CI [0.129, 0.930], 4 items x 3 repeats.
    """
    missing = renamed_value("missing", missing, {"exclude": "omit"})
    check_choice("missing", missing, MISSING_ANSWERS)
    check_share("level", level)
    read = _read(scores, missing)
    means, present, count = read.means, read.present, read.missing
    labels = None
    if clusters is not None:
        named = column_of_labels(clusters, len(present), "clusters", ids=read.ids)
        labels = [label for label, kept in zip(named, present, strict=True) if kept]
    found: ClusteredMean | None = None
    if labels is not None:
        found = clustered_mean(means, labels)
    se = found.se_cr2 if found is not None else _standard_error(means)
    if read.binary:
        interval = interval_of_rates(means, read.answers, labels, level)
    else:
        interval = mean_interval(means, level=level, clusters=labels)
    parts = read.parts
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
        bounds=read.bounds,
        warnings=tuple(notes),
        ids=_ids(read.ids, present),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Items:
    """The scores by item: those that count, what is missing, and what the repeats show."""

    means: FloatArray
    present: FloatArray
    missing: int
    answers: int
    binary: bool
    parts: dict[str, float]
    bounds: tuple[float, float]
    ids: Sequence[Hashable] | None


def _read(scores: Scores, missing: MissingAnswers) -> _Items:
    single = single_scores(scores)
    if single is not None:
        centre = mean(single)
        return _Items(
            means=single,
            present=np.ones(len(single), dtype=bool),
            missing=0,
            answers=len(single),
            binary=is_binary(single),
            parts={"within": math.nan, "between": math.nan, "icc": math.nan, "repeats": 1.0},
            bounds=(centre, centre),
            ids=None,
        )
    read = score_rows(scores)
    rows, count, present = without_missing(read.rows, missing)
    answers = [value for row in read.rows for value in row]
    gaps = sum(map(math.isnan, answers))
    known = math.fsum(value for value in answers if not math.isnan(value))
    return _Items(
        means=item_means(rows),
        present=present,
        missing=count,
        answers=sum(map(len, rows)),
        binary=all(value in (0.0, 1.0) for row in rows for value in row),
        parts=components_of(rows),
        bounds=(known / len(answers), (known + gaps) / len(answers)),
        ids=read.ids,
    )


def _ids(ids: Sequence[Hashable] | None, present: FloatArray) -> tuple[Hashable, ...] | None:
    """The ids of the items that have an answer; row numbers are none of their own."""
    if ids is None or isinstance(ids, range):
        return None
    return tuple(item for item, kept in zip(ids, present, strict=True) if kept)


def _standard_error(means: FloatArray) -> float:
    """sd/sqrt(n), as Miller 2024 and the evaluation harnesses print it; NaN without spread."""
    spread = variance(means)
    return math.sqrt(spread / len(means)) if spread > 0 else math.nan


@checked_options
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
    cluster_size, icc = check_number("cluster_size", cluster_size), check_number("icc", icc)
    if cluster_size < 1:
        raise InvalidOptionError("cluster_size", cluster_size, "at least 1")
    return 1 + (cluster_size - 1) * icc
