"""Computes the metrics of events, one level at a time, over columns."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from .._core.catalogue import LEVELS, Level
from .._core.columns import integer_scalar, outcome_codes, scalar, text_codes
from .._core.event import Event
from .interval import Interval
from .metrics import Calculator, LevelMetrics, Metrics
from .requests import WEIGHT, all_one, numbers_of, request_blocks
from .statistics import effective_size_of, percentile, percentile_interval, wilson

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}
COLUMNS = ("duration_ns", "cost_usd", "input_tokens", "output_tokens", "success", "model",
            "error_type")  # fmt: skip
_TEXTS = ("model", "error_type")
_OUTCOMES = (False, True, None)  # the codes of outcome_codes
_SUMS = ("n", WEIGHT, "squares", "cost", "costed", "input", "output", "input_known",
         "output_known")  # fmt: skip


def measure(
    batches: Callable[[], Iterable[Any]],
    *,
    events: Callable[[], Iterable[Event]],
    condition: str | None,
    custom: Sequence[Calculator],
    counters: Mapping[str, int],
    confidence: float,
) -> Metrics:
    """The metrics of events; see ``Recording.metrics``."""
    names: Counter[str] = Counter()
    sums: dict[Level, LevelSums] = {}

    def settled(level: Level, batch: Any) -> None:
        sums.setdefault(level, LevelSums()).add_costs(batch)

    for level, batch in request_blocks(
        batches(), COLUMNS, names, condition=condition, settled=settled
    ):
        sums.setdefault(level, LevelSums()).add(batch)
    every = [e for e in events() if condition in (None, e.condition)] if custom else []
    return Metrics(
        levels=tuple(_measure(level, sums[level], confidence) for level in LEVELS if level in sums),
        events=dict(sorted(names.items())),
        missed=dict(counters),
        custom={each.name: each.calculate(every) for each in custom},
    )


@dataclass(slots=True, kw_only=True)
class GroupSums:
    """Sums over the requests of one level.

    Attributes:
        groups: The sums of each model, success and class of error.
    """

    groups: dict[tuple[Any, ...], list[float]] = field(default_factory=dict)

    def add(self, batch: Any) -> None:
        """Add the requests of a block."""
        for key, values in _grouped(batch):
            known = self.groups.setdefault(key, [0.0] * len(_SUMS))
            for index, value in enumerate(values):
                known[index] += value

    def add_costs(self, batch: Any) -> None:
        """Add costs of requests that other events count."""
        known = self.groups.setdefault((None, None, None), [0.0] * len(_SUMS))
        sums = zip(_SUMS[1:], _summands(batch), strict=True)
        for name, column in sums:
            if name in ("cost", "costed"):
                known[_SUMS.index(name)] += column_sum(column)

    def total(self, name: str, accept: Callable[..., bool] = lambda *_: True) -> float:
        """A sum over the groups that are accepted by model, success and class of error."""
        at = _SUMS.index(name)
        return math.fsum(sums[at] for key, sums in self.groups.items() if accept(*key))

    def outcome(self, success: bool) -> float:
        """How many succeeded, or failed."""
        return self.total(WEIGHT, lambda _, found, __: found is success)

    @property
    def cost_usd(self) -> float | None:
        """The sum of the known costs; None when none is known."""
        return self.total("cost") if self.total("costed") else None


@dataclass(slots=True, kw_only=True)
class LevelSums(GroupSums):
    """Sums over the requests of one level, and their durations.

    Attributes:
        durations: Known durations in nanoseconds, block by block.
        weights: Their weights.
    """

    durations: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)

    def add(self, batch: Any) -> None:
        """Add the requests of a block."""
        durations, weights = known_durations(batch)
        if len(durations):
            self.durations.append(durations)
            self.weights.append(weights)
        GroupSums.add(self, batch)


def known_durations(batch: Any) -> tuple[Any, Any]:
    """The known durations of a block in nanoseconds, and their weights."""
    mask = batch.column("duration_ns").is_valid()
    return batch.column("duration_ns").filter(mask), batch.column(WEIGHT).filter(mask)


def _grouped(batch: Any) -> Iterator[tuple[tuple[Any, ...], list[float]]]:
    """The sums of a block for each model, success and class of error, by their first request."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    models, errors = (batch.column(name).dictionary.to_pylist() for name in _TEXTS)
    width = integer_scalar(len(errors) + 1, pa.int64())
    codes = pc.multiply(text_codes(batch.column("model")), width)
    codes = pc.add(codes, text_codes(batch.column("error_type")))
    codes = pc.multiply(codes, integer_scalar(len(_OUTCOMES), pa.int64()))
    codes = pc.add(codes, outcome_codes(batch.column("success")))
    counts = {each["values"]: each["counts"] for each in pc.value_counts(codes).to_pylist()}
    columns = _summands(batch)
    if len(counts) > 1:
        order = pc.array_sort_indices(codes)
        columns = [column.take(order) for column in columns]
    ordered = sorted(counts)
    starts = dict(zip(ordered, accumulate((counts[c] for c in ordered), initial=0), strict=False))
    for code, count in counts.items():
        rest, outcome = divmod(code, len(_OUTCOMES))
        model, error = divmod(rest, len(errors) + 1)
        key = ([None, *models][model], _OUTCOMES[outcome], [None, *errors][error])
        slices = [column.slice(starts[code], count) for column in columns]
        yield key, [count, *(pc.sum(each).as_py() or 0.0 for each in slices)]


def column_sum(column: Any) -> float:
    """The sum of a column; 0 when it has no value."""
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    return float(pc.sum(column).as_py() or 0.0)


def _summands(batch: Any) -> list[Any]:
    """The columns that are summed, in the order of ``_SUMS`` after the number."""
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    weight = batch.column(WEIGHT)
    cost, *tokens = (batch.column(name) for name in ("cost_usd", "input_tokens", "output_tokens"))
    return [
        weight,
        pc.multiply(weight, weight),
        pc.multiply(weight, cost),
        pc.if_else(cost.is_valid(), weight, scalar(0.0)),
        *(pc.multiply(weight, each.cast("float64", safe=False)) for each in tokens),
        *(pc.if_else(each.is_valid(), weight, scalar(0.0)) for each in tokens),
    ]


def _measure(level: Level, sums: LevelSums, confidence: float) -> LevelMetrics:
    succeeded, failed = sums.outcome(True), sums.outcome(False)
    judged, cost_known = succeeded + failed, sums.total("costed")
    models = sorted({key[0] for key in sums.groups if key[0] is not None})
    timed = _sorted(sums)
    return LevelMetrics(
        level=level,
        events=int(sums.total("n")),
        requests=sums.total(WEIGHT),
        succeeded=succeeded,
        failed=failed,
        success_rate=succeeded / judged if judged else None,
        success_interval=_share_interval(sums, succeeded, failed, confidence),
        latency_ms=_latency(timed),
        latency_intervals=_intervals(timed, confidence),
        cost_usd=sums.cost_usd,
        cost_known=cost_known,
        cost_by_model={
            model: sums.total("cost", _is(model))
            for model in models
            if sums.total("costed", _is(model))
        },
        input_tokens=sums.total("input"),
        output_tokens=sums.total("output"),
        input_tokens_known=sums.total("input_known"),
        output_tokens_known=sums.total("output_known"),
        tokens_by_model={
            model: {name: sums.total(name, _is(model)) for name in ("input", "output")}
            for model in models
        },
        error_types=_errors(sums),
    )


def _is(model: str) -> Callable[..., bool]:
    return lambda known, *_: known == model


def _errors(sums: LevelSums) -> dict[str, float]:
    found: dict[str, float] = {}
    for (_, success, error), values in sums.groups.items():
        if success is False:
            name = error or "unknown"
            found[name] = found.get(name, 0.0) + values[_SUMS.index(WEIGHT)]
    return found


def _share_interval(
    sums: LevelSums, succeeded: float, failed: float, confidence: float
) -> Interval | None:
    """Wilson's interval; a weighted sample counts as its effective size."""
    judged = succeeded + failed
    if not judged:
        return None
    squares = [sums.total("squares", lambda _, s, __, o=o: s is o) for o in (True, False)]
    effective = effective_size_of((succeeded, squares[0]), (failed, squares[1]))
    return wilson(succeeded / judged * effective, effective, confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """Durations in milliseconds in ascending order.

    Attributes:
        column: As an Arrow array.
        values: The same as a sequence of floats.
        weights: Their weights as an Arrow array; None when all are one.
    """

    column: Any
    values: Sequence[float]
    weights: Any


def _sorted(sums: LevelSums) -> Latencies | None:
    """The known durations of a level; None without any."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    if not sums.durations:
        return None
    values, weights = pa.concat_arrays(sums.durations), pa.concat_arrays(sums.weights)
    order = pc.array_sort_indices(values)
    ordered = pc.divide(values.take(order).cast("float64", safe=False), scalar(1e6))
    unweighted = all_one(weights)
    return Latencies(
        column=ordered,
        values=numbers_of(ordered, "d"),
        weights=None if unweighted else weights.take(order),
    )


def _latency(timed: Latencies | None) -> dict[str, float]:
    """Statistics of the durations."""
    if timed is None:
        return {}
    values, total = timed.values, _total(timed, None)
    if not total > 0:  # weights that others wrote
        return {}
    mean = _total(timed, timed.column) / total
    found = {"count": total, "mean": mean, "min": values[0], "max": values[-1]}
    if len(values) > 1 and total > 1:
        found["sd"] = math.sqrt(_squares(timed, mean) / (total - 1))
    return found | _percentiles(timed, total)


def _total(timed: Latencies, column: Any) -> float:
    """The weighted sum of a column; without a column, the sum of the weights."""
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    if timed.weights is None:
        return float(len(timed.values) if column is None else pc.sum(column).as_py())
    weighted = timed.weights if column is None else pc.multiply(column, timed.weights)
    found = pc.sum(weighted).as_py()
    return math.nan if found is None else float(found)  # None: others wrote no number as a weight


def _squares(timed: Latencies, mean: float) -> float:
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    return _total(timed, pc.power(pc.subtract(timed.column, scalar(mean)), scalar(2.0)))


def _percentiles(timed: Latencies, total: float) -> dict[str, float]:
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    values = timed.values
    if timed.weights is None:
        return {name: percentile(values, share) for name, share in QUANTILES.items()}
    sums = numbers_of(pc.cumulative_sum(timed.weights), "d")
    ranks = {name: bisect_left(sums, q * total * (1 - 1e-12)) for name, q in QUANTILES.items()}
    return {name: values[min(rank, len(values) - 1)] for name, rank in ranks.items()}


def _intervals(timed: Latencies | None, confidence: float) -> dict[str, Interval | None]:
    if timed is None or timed.weights is not None:
        return {}
    return {
        name: percentile_interval(timed.values, share, confidence)
        for name, share in QUANTILES.items()
    }
