"""How reliable an agent is beyond its accuracy: the profile of Rabanser et al. 2026.

Metrics of arXiv:2602.16666, each from 0 to 1 and higher when better, with intervals over items or
their clusters, which the paper does not give.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import UnknownRowError
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import EffectSize, Note
from .._core.shown import shown
from .._core.wording import number
from .._data.intake import column_of_labels
from .._data.scores import Scores, score_rows
from .._data.values import ClusterLabels, cluster_codes
from .._intervals.clusters import FEW
from .._intervals.shares import Share, Units, capped_ratio, mean_share, share_interval
from .calibration import calibration
from .reliability_metrics import (
    check_within,
    divergence,
    edit_distance,
    likeness,
    matched_rows,
    outcome_consistency,
    predictability,
    resource_consistency,
    safety,
    same_items,
)

_FEW_ITEMS = 20
_FEW_EVENTS = 10  # measured with accuracies of .95 and .09, 30 and 60 items

Trajectories = Sequence[Sequence[Sequence[Hashable]]]
"""For every item, for every run, the actions in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityProfile(Result):
    """The metrics that the data at hand allow, by dimension.

    Attributes:
        metrics: By name, each with its interval.
        dimensions: The mean of each dimension's metrics; safety is one minus the product of the
            share of violations and their severity.
    """

    accuracy: float
    metrics: Mapping[str, EffectSize]
    dimensions: Mapping[str, float]
    n_items: int
    n_clusters: int
    level: float
    seed: int
    resamples: int
    warnings: tuple[Note, ...] = ()

    def metric(self, name: str) -> EffectSize:
        """One metric with its interval.

        Raises:
            UnknownRowError: The profile has no such metric.
        """
        if name not in self.metrics:
            raise UnknownRowError(name, self.metrics)
        return self.metrics[name]

    @shown
    def __str__(self) -> str:
        parts = "; ".join(f"{name} = {number(value)}" for name, value in self.dimensions.items())
        return f"accuracy = {number(self.accuracy)} on {self.n_items} items; {parts}."

    def table(self) -> ResultTable:
        return ResultTable(
            title="Reliability profile",
            columns=("Metric", "Value", "Low", "High"),
            rows=tuple(
                (name, number(each.value), *_ends(each)) for name, each in self.metrics.items()
            ),
            notes=(str(self), *map(str, self.warnings)),
        )


def _ends(size: EffectSize) -> tuple[str, str]:
    if size.interval is None:
        return "", ""
    return number(size.interval.low), number(size.interval.high)


@checked_options
def reliability_profile(
    correct: Scores,
    *,
    actions: Trajectories | None = None,
    resources: Mapping[str, Sequence[Sequence[float]]] | None = None,
    confidences: Scores | None = None,
    perturbed: Mapping[str, Scores] | None = None,
    violations: Scores | None = None,
    severity: Scores | None = None,
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> ReliabilityProfile:
    """Consistency, robustness, predictability and safety of an agent.

    Args:
        correct: 0 or 1 for every run of every item, in order or by item id.
        actions: For every item and run the actions in order: the consistency of their distribution
            (one minus the Jensen-Shannon divergence) and of their sequence (edit distance).
        resources: By name (tokens, seconds, cost), for every item and run: exp(-mean coefficient
            of variation).
        confidences: The stated confidence of every run: calibration (one minus the ECE of ten
            bins), discrimination (AUROC) and one minus the Brier score.
        perturbed: By name (faults, environment, prompts) the right answers under a perturbation of
            the same items: its accuracy over the plain one, at most 1.
        violations: 1 for every run that broke a constraint.
        severity: From 0 to 1 for every run; counted where it broke a constraint.
        clusters: The cluster of every item: then the errors are those between clusters.
        level: The level of the intervals.
        resamples: Draws of the noise of the bins, for the interval of the calibration.
        seed: Of these draws.

    Returns:
        The metrics that the data allow. Outcome consistency is 1 - s²/(p(1 - p)) per item, cut at
        0, as in the paper: with the sample variance it is 1 where all runs agree and else 0.

    Raises:
        InvalidDataError: Shapes that do not match, or values outside 0 to 1.

    Example:
        >>> found = bench.reliability_profile([[1, 1, 1], [1, 0, 1], [0, 0, 0]], resamples=200)
        >>> round(found.metric("outcome consistency").value, 3)
        0.667
    """
    check_share("level", level)
    read = score_rows(correct, "correct")
    rows = read.rows
    check_within("correct", rows)
    labels: Sequence[Any] = range(len(rows))
    if clusters is not None:
        labels = column_of_labels(clusters, len(rows), "clusters", ids=read.ids)
    columns: dict[str, FloatArray] = {"outcome consistency": outcome_consistency(rows)}
    if actions is not None:
        runs = same_items("actions", actions, rows)
        columns["action consistency"] = np.array([likeness(each, divergence) for each in runs])
        columns["sequence consistency"] = np.array([likeness(each, edit_distance) for each in runs])
    if resources is not None:
        columns["resource consistency"] = resource_consistency(resources, rows)
    shares = {name: mean_share(each) for name, each in columns.items()}
    events = {"outcome consistency": _rarer(columns["outcome consistency"])}
    accuracy = np.array([math.fsum(row) / len(row) for row in rows])
    for name, given in (perturbed or {}).items():
        other = matched_rows(name, given, read.ids, len(rows))
        means = np.array([math.fsum(row) / len(row) for row in other])
        shares[f"robustness to {name}"] = capped_ratio(accuracy, means)
    stated: list[list[float]] | None = None
    if confidences is not None:
        stated = matched_rows("confidences", confidences, read.ids, len(rows))
        shares |= predictability(stated, rows)
        answers = _rarer(np.array([value for row in rows for value in row]))
        events |= {"discrimination": answers, "Brier": answers}
    if violations is not None:
        broken = matched_rows("violations", violations, read.ids, len(rows))
        harm = None if severity is None else matched_rows("severity", severity, read.ids, len(rows))
        shares |= safety(broken, harm)
        violating = np.array([any(row) for row in broken], dtype=float)
        events |= {"compliance": _rarer(violating), "harm": int(violating.sum())}
    found = _profile(shares, accuracy, labels, level=level, resamples=resamples, seed=seed)
    found = replace(found, metrics=_with_events(found.metrics, events))
    return found if stated is None else _calibrated(found, stated, rows, labels)


def _rarer(values: FloatArray) -> int:
    """How many values are not at the end, 0 or 1, where most of the others are."""
    return min(int((values < 1).sum()), int((values > 0).sum()))


def _with_events(
    metrics: Mapping[str, EffectSize], events: Mapping[str, int]
) -> dict[str, EffectSize]:
    """The metrics, with a warning where few items or answers decide one."""
    found = dict(metrics)
    for name, each in metrics.items():
        if each.interval is not None and 0 < events.get(name, 0) < _FEW_EVENTS:
            warnings = (*each.warnings, note("FEW_EVENTS", f"{events[name]}"))
            interval = replace(each.interval, warnings=warnings)
            found[name] = replace(each, interval=interval, warnings=warnings)
    return found


def _few(clusters: int, items: int) -> tuple[Note, ...]:
    if clusters == items:
        return (note("FEW_ITEMS", f"{items} items"),) if items < _FEW_ITEMS else ()
    if clusters >= FEW:
        return ()
    return (note("FEW_CLUSTERS", f"{clusters} clusters"),)


def _calibrated(
    profile: ReliabilityProfile,
    stated: Sequence[Sequence[float]],
    rows: Sequence[Sequence[float]],
    labels: Sequence[Any],
) -> ReliabilityProfile:
    """The profile with the interval of calibration from that of the ECE, which is measured."""
    sizes = [len(row) for row in rows]
    found = calibration(
        [value for row in stated for value in row],
        [value for row in rows for value in row],
        clusters=[label for label, size in zip(labels, sizes, strict=True) for _ in range(size)],
        level=profile.level,
        resamples=profile.resamples,
        seed=profile.seed,
    )
    plain, ends = profile.metrics["calibration"], found.ece_interval
    interval = replace(ends, low=1 - ends.high, high=1 - ends.low, estimate=1 - ends.estimate)
    size = replace(plain, interval=interval, warnings=ends.warnings)
    return replace(profile, metrics={**profile.metrics, "calibration": size})


def _dimensions(values: Mapping[str, float]) -> dict[str, float]:
    """As in the paper: trajectories count once, predictability is Brier's, safety a product."""
    found = {}
    parts = [values["outcome consistency"]]
    if "action consistency" in values:
        parts.append((values["action consistency"] + values["sequence consistency"]) / 2)
    if "resource consistency" in values:
        parts.append(values["resource consistency"])
    found["consistency"] = math.fsum(parts) / len(parts)
    robust = [value for name, value in values.items() if name.startswith("robustness")]
    if robust:
        found["robustness"] = math.fsum(robust) / len(robust)
    if "Brier" in values:
        found["predictability"] = values["Brier"]
    if "compliance" in values:
        harm = values.get("harm", 0.0)
        found["safety"] = 1 - (1 - values["compliance"]) * (1 - harm)
    return found


def _profile(
    shares: Mapping[str, Share],
    accuracy: FloatArray,
    labels: Sequence[Any],
    *,
    level: float,
    resamples: int,
    seed: int,
) -> ReliabilityProfile:
    size = len(accuracy)
    codes, count = cluster_codes(list(labels), size)
    units = Units(codes=codes, count=count, clustered=count < size)
    few = _few(count, size)
    metrics = {}
    for name, share in shares.items():
        if name == "calibration":  # its interval follows
            metrics[name] = EffectSize(name=name, value=share.value)
            continue
        interval = share_interval(share, units, level)
        interval = replace(interval, warnings=(*interval.warnings, *few))
        metrics[name] = EffectSize(
            name=name, value=share.value, interval=interval, warnings=interval.warnings
        )
    values = {name: each.value for name, each in metrics.items()}
    return ReliabilityProfile(
        accuracy=float(accuracy.mean()),
        metrics=metrics,
        dimensions=_dimensions(values),
        n_items=size,
        n_clusters=count,
        level=level,
        seed=seed,
        resamples=resamples,
        warnings=few,
    )
