"""The scores of systems and their differences; every number comes from bench."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from .._core.errors import ComparisonError
from .._logs.answers import FloatArray, IntArray
from .align import Alignment
from .options import CompareOptions
from .results import PairResult, PairVerdict, PooledDifference, SystemScore

_POWER = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItems:
    """The common items of a task, or of one subgroup of it.

    Attributes:
        task: The name of the task.
        group: The subgroup; empty for all items.
        alignment: Who answered what.
        keep: The positions of these items among the common ones.
        means: For each system the mean scores of these items.
        clusters: The cluster of each item; None without clusters.
    """

    task: str
    group: str
    alignment: Alignment
    keep: IntArray
    means: tuple[FloatArray, ...]
    clusters: list[Any] | None


def items_of(task: str, alignment: Alignment, options: CompareOptions) -> TaskItems:
    """All common items of a task."""
    return TaskItems(
        task=task,
        group="",
        alignment=alignment,
        keep=np.arange(len(alignment), dtype=np.int64),
        means=tuple(
            each.means()[order]
            for each, order in zip(alignment.answers, alignment.orders, strict=True)
        ),
        clusters=_labels(alignment, options.cluster_by) if options.cluster_by else None,
    )


def subgroups(items: TaskItems, field: str) -> list[TaskItems]:
    """The items by the value of a field, for values of at least two items."""
    labels = np.array([str(label) for label in _labels(items.alignment, field)])
    found = []
    for label in sorted(set(labels.tolist())):
        keep = np.flatnonzero(labels == label)
        if len(keep) < 2:
            continue
        clusters = items.clusters
        found.append(
            replace(
                items,
                group=label,
                keep=keep,
                means=tuple(means[keep] for means in items.means),
                clusters=None if clusters is None else [clusters[index] for index in keep],
            )
        )
    return found


def _labels(alignment: Alignment, field: str) -> list[Any]:
    """The values of a field by item, from the first log that has them."""
    for each, order in zip(alignment.answers, alignment.orders, strict=True):
        values = each.labels.get(field)
        if values is not None and all(values[index] is not None for index in order):
            return [values[index] for index in order.tolist()]
    raise ComparisonError(f"the items of no log have the field {field!r}")


def system_scores(items: TaskItems, options: CompareOptions) -> list[SystemScore]:
    """The score of every system with its interval, by item and with clusters."""
    import bench

    found = []
    alignment = items.alignment
    for number, answers in enumerate(alignment.answers):
        order = alignment.orders[number][items.keep]
        several = answers.repeats > 1
        rows = answers.rows(order.tolist()) if several else []
        # Without repeats every item has one score, which is at its own position.
        scores = rows if several else answers.scores[order]
        result = bench.eval_score(
            scores, clusters=items.clusters, level=options.level, missing="omit"
        )
        found.append(
            SystemScore(
                system=answers.system,
                task=items.task,
                group=items.group,
                source=answers.source,
                tool=answers.tool,
                items=len(order),
                repeats=answers.repeats,
                score=result.mean,
                se=_known(result.se),
                low=result.interval.low,
                high=result.interval.high,
                unscored=alignment.unscored[number],
                unmatched=len(alignment.unmatched[number]),
                consistency=_consistency(rows) if several else None,
                cost_usd=_mean_cost(answers.costs),
                latency_p50_ms=_quantile(answers.latencies, 0.5),
                latency_p95_ms=_quantile(answers.latencies, 0.95),
            )
        )
    return found


def pair_results(parts: Sequence[TaskItems], options: CompareOptions) -> list[PairResult]:
    """Every pair in every part, with p-values and intervals adjusted for all of them together."""
    import bench

    pairs = [(items, first, second) for items in parts for first, second in _pairs(items, options)]
    if not pairs:
        return []
    together = 1 - (1 - options.level) / len(pairs)
    results = [_pair(*each, options=options, together=together) for each in pairs]
    adjusted = bench.adjust([each.p_value for each in results], method="holm")
    return [
        _judged(each, float(p_value), options)
        for each, p_value in zip(results, adjusted, strict=True)
    ]


def _pairs(items: TaskItems, options: CompareOptions) -> list[tuple[int, int]]:
    names = [each.system for each in items.alignment.answers]
    if options.against is None:
        return list(combinations(range(len(names)), 2))
    if options.against not in names:
        raise ComparisonError(f"against: {options.against!r} is none of {', '.join(names)}")
    control = names.index(options.against)
    return [(control, index) for index in range(len(names)) if index != control]


def _pair(
    items: TaskItems, first: int, second: int, *, options: CompareOptions, together: float
) -> PairResult:
    import bench

    control, treatment = items.means[first], items.means[second]
    result, wide = (_compared(items, first, second, level) for level in (options.level, together))
    equivalent = None
    if options.equivalence is not None:
        # Two one-sided tests at alpha are an interval at 1 - 2 alpha inside the margins.
        inner = _compared(items, first, second, 1 - 2 * (1 - options.level)).interval
        equivalent = -options.equivalence < inner.low and inner.high < options.equivalence
    detectable = _known(
        bench.minimum_detectable_effect(
            control, treatment, clusters=items.clusters, power=_POWER
        ).value
    )
    bound = 1.0 if all(map(_is_share, (control, treatment))) else math.inf
    effect = next(iter(result.effect_sizes.values()), None)
    difference = result.estimate
    return PairResult(
        task=items.task,
        group=items.group,
        control=items.alignment.answers[first].system,
        treatment=items.alignment.answers[second].system,
        items=len(items.keep),
        difference=difference,
        low=max(-bound, result.interval.low),
        high=min(bound, result.interval.high),
        simultaneous_low=max(-bound, wide.interval.low),
        simultaneous_high=min(bound, wide.interval.high),
        test=result.title,
        p_value=result.p_value,
        p_adjusted=result.p_value,
        effect=None if effect is None else _known(effect.value),
        effect_name="" if effect is None else effect.name,
        detectable=detectable,
        items_needed=_needed(len(items.keep), difference, detectable),
        equivalent=equivalent,
        verdict="undecided",
    )


def _compared(items: TaskItems, first: int, second: int, level: float) -> Any:
    """The paired comparison; equal scores everywhere are pairs of which none is discordant."""
    import bench

    control, treatment = items.means[first], items.means[second]
    if np.array_equal(control, treatment):
        same = np.zeros(len(control))
        return bench.compare_paired(same, same, scale="binary", level=level, sensitivity=False)
    return bench.compare_paired(
        control, treatment, clusters=items.clusters, level=level, sensitivity=False
    )


def _judged(pair: PairResult, p_adjusted: float, options: CompareOptions) -> PairResult:
    verdict: PairVerdict = "equivalent" if pair.equivalent else "undecided"
    if p_adjusted <= 1 - options.level:
        verdict = "better" if pair.difference > 0 else "worse"
    return replace(pair, p_adjusted=p_adjusted, verdict=verdict)


def _needed(items: int, difference: float, detectable: float | None) -> int | None:
    """The number of items at which a difference of this size is the detectable one."""
    if not difference or detectable is None:
        return None
    return math.ceil(items * (detectable / abs(difference)) ** 2 - 1e-9)


def pooled(parts: Sequence[TaskItems], options: CompareOptions) -> list[PooledDifference]:
    """Scores and differences over tasks, where every task has the same systems."""
    import bench

    names = [each.system for each in parts[0].alignment.answers]
    if len(parts) < 2 or any(
        [each.system for each in part.alignment.answers] != names for part in parts
    ):
        return []
    pairs = _pairs(parts[0], options)
    found = []
    for method in ("macro", "micro"):
        for number, name in enumerate(names):
            values = {part.task: part.means[number] for part in parts}
            result = bench.pool_scores(
                values, method=method, clusters=_clusters(parts), level=options.level
            )
            found.append(_pooled(method, "", name, result))
        for first, second in pairs:
            values = {part.task: part.means[second] - part.means[first] for part in parts}
            level = 1 - (1 - options.level) / len(pairs)
            result = bench.pool_scores(
                values, method=method, clusters=_clusters(parts), level=level
            )
            found.append(_pooled(method, names[first], names[second], result))
    return found


def _pooled(method: Any, control: str, treatment: str, result: Any) -> PooledDifference:
    return PooledDifference(
        method=method,
        control=control,
        treatment=treatment,
        estimate=result.estimate,
        low=result.interval.low,
        high=result.interval.high,
        tasks=len(result.parts),
    )


def _clusters(parts: Sequence[TaskItems]) -> dict[str, list[Any]] | None:
    found = {part.task: part.clusters for part in parts if part.clusters is not None}
    return found or None


def _consistency(rows: Sequence[Sequence[float]]) -> float:
    """The share of items whose scored repeats are all equal."""
    known = [{value for value in row if not math.isnan(value)} for row in rows]
    return sum(len(values) <= 1 for values in known) / len(known)


def _mean_cost(costs: FloatArray) -> float | None:
    return None if not len(costs) or np.isnan(costs).any() else float(costs.mean())


def _quantile(values: FloatArray, share: float) -> float | None:
    known = values[~np.isnan(values)]
    return float(np.quantile(known, share)) if len(known) else None


def _is_share(means: FloatArray) -> bool:
    return bool(((means >= 0) & (means <= 1)).all())


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
