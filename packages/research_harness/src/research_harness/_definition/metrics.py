"""Metrics, by name.

A metric is a column of the rows and how it is summarised. The statistics follow from that: a yes/no
column compares as paired proportions, a mean as paired means, a quantile by a paired bootstrap.
"""

import dataclasses
import re
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .._core.errors import UnknownMetricError

Summary = Literal["mean", "quantile", "total"]
Unit = Literal["share", "usd", "ms", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number per condition.

    Attributes:
        name: The name in every table.
        column: The column of the rows it is made from, such as ``correct`` or ``latency_ms``; a
            name that the conditions return; or a function of the row that gives a number or None.
        summary: ``mean``, ``total``, or ``quantile``.
        quantile: The quantile, in (0, 1), when ``summary`` is ``quantile``.
        higher_is_better: Whether a higher value is better; None when neither is.
        unit: ``share``, ``usd``, ``ms`` or empty.
        description: One sentence for the report.
        marks: Whether the column holds marks of a scorer. Where these lie between 0 and 1, so do
            the ends of intervals.
    """

    name: str
    column: str | Callable[[Any], float | None]
    summary: Summary = "mean"
    quantile: float | None = None
    higher_is_better: bool | None = None
    unit: Unit = ""
    description: str = ""
    marks: bool = False

    @property
    def binary(self) -> bool:
        """Whether each row is right or wrong."""
        return self.column in ("correct", "failed")

    def to_dict(self) -> dict[str, object]:
        """The metric as plain values, as ``config.json`` holds it."""
        column = self.column
        return {
            "name": self.name,
            "column": column
            if isinstance(column, str)
            else getattr(column, "__qualname__", "function"),
            "summary": self.summary,
            "quantile": self.quantile,
            "unit": self.unit,
        }


_KNOWN: dict[str, Metric] = {}


def register_metric(
    name: str | Metric, metric: Metric | None = None, *, replace: bool = False
) -> None:
    """Make a metric known by a name, which ``Experiment.metrics`` may then use.

    Args:
        name: The name. A ``Metric`` in its place is deprecated.
        metric: The metric; its own name is replaced by ``name``.
        replace: Allow a name that is known already.

    Raises:
        ValueError: The name is known already.

    Example:
        >>> from research_harness import Metric, metric_names, register_metric
        >>> register_metric("sentences", Metric(name="sentences", column="sentences"))
        >>> "sentences" in metric_names()
        True
    """
    if isinstance(name, Metric):
        text = "register_metric(metric) is now register_metric(name, metric)"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        metric = name
        name = metric.name
    if metric is None:
        raise TypeError(f"register_metric: pass the metric that is to be called {name!r}")
    if name in _KNOWN and not replace:
        raise ValueError(f"metric {name!r} is known already; pass replace=True to replace it")
    _KNOWN[name] = dataclasses.replace(metric, name=name)


def metric_names() -> tuple[str, ...]:
    """The names that ``Experiment.metrics`` accepts, beside ``latency_p<q>``.

    Returns:
        The names, sorted.
    """
    return tuple(sorted(_KNOWN))


def resolve_metrics(
    wanted: Sequence[str | Metric], returns: Sequence[str] = (), scorers: Sequence[str] = ()
) -> list[Metric]:
    """Turn names into metrics.

    Args:
        wanted: The names, or metrics.
        returns: The names of the numbers that conditions return.
        scorers: The names of further scorers.

    Raises:
        UnknownMetricError: Nothing defines a name.
    """
    return [
        each if isinstance(each, Metric) else _by_name(each, returns, scorers) for each in wanted
    ]


def _by_name(name: str, returns: Sequence[str], scorers: Sequence[str]) -> Metric:
    if name in scorers:
        return Metric(
            name=name, column=name, marks=True, description=f"Mean of the marks of {name}"
        )
    if name in returns:
        return Metric(name=name, column=name, description="Mean of what the condition returned")
    if name in _KNOWN:
        return _KNOWN[name]
    match = re.fullmatch(r"latency_p(\d{1,2}(?:[._]\d)?)", name)
    if match:
        percent = float(match[1].replace("_", "."))
        if percent > 0:
            return Metric(
                name=name,
                column="latency_ms",
                summary="quantile",
                quantile=percent / 100,
                higher_is_better=False,
                unit="ms",
                description=f"{percent:g}th percentile of the latency",
            )
    raise UnknownMetricError(name, (*_KNOWN, *returns, *scorers))


def scorer_problems(
    scorer: str | None, further: Sequence[str], returns: Sequence[str]
) -> list[str]:
    """What is wrong with the names of the scorers.

    Args:
        scorer: The scorer that decides which answers are right; None takes the data set's own.
        further: The scorers whose values are kept beside.
        returns: The names of the numbers that conditions return.
    """
    given: Any = further
    if isinstance(given, str):
        return [f"scorers: {given!r} is one string; write [{given!r}]"]
    problems = [] if scorer is None else _unknown("scorer", scorer)
    for name in given:
        problems += _unknown("scorers", name)
    texts = [each for each in given if isinstance(each, str)]
    twice = [name for name, count in Counter(texts).items() if count > 1]
    problems += [f"scorers: {name!r} is listed twice" for name in twice]
    taken = [name for name in dict.fromkeys(texts) if name in (*metric_names(), *returns)]
    problems += [
        f"scorers: {name!r} is the name of a metric or of a number in returns; register the scorer"
        " under another name"
        for name in taken
    ]
    return problems


def _unknown(field: str, name: Any) -> list[str]:
    import dataset_manager

    if isinstance(name, str) and name in dataset_manager.scorer_names():
        return []
    known = ", ".join(dataset_manager.scorer_names())
    text = f"{field}: unknown scorer {name!r}; known: {known};"
    return [f"{text} add one with dataset_manager.register_scorer"]


for _metric in (
    Metric(
        name="accuracy",
        column="correct",
        higher_is_better=True,
        unit="share",
        description="Share of right answers; a failed row counts as wrong",
    ),
    Metric(
        name="failure_rate",
        column="failed",
        higher_is_better=False,
        unit="share",
        description="Share of rows that raised, timed out or returned no usable value",
    ),
    Metric(
        name="cost_per_query",
        column="cost_usd",
        higher_is_better=False,
        unit="usd",
        description="Mean cost of a row with a known cost",
    ),
    Metric(
        name="cost",
        column="cost_usd",
        summary="total",
        higher_is_better=False,
        unit="usd",
        description="Total cost; unknown when the cost of a row is unknown",
    ),
    Metric(
        name="scoring_cost",
        column="scoring_cost_usd",
        higher_is_better=False,
        unit="usd",
        description="Mean cost of the calls to models that the scorers made for a row",
    ),
    Metric(
        name="latency",
        column="latency_ms",
        higher_is_better=False,
        unit="ms",
        description="Mean latency of the rows that gave an answer",
    ),
    Metric(
        name="score",
        column="score",
        higher_is_better=True,
        description="Mean of the scorer's value, for scorers that give partial marks",
    ),
    Metric(
        name="confidence",
        column="confidence",
        unit="share",
        description="Mean of the confidence that the condition stated",
    ),
    Metric(
        name="consensus",
        column="consensus",
        unit="share",
        description="Mean share of the voters behind the answer",
    ),
):
    register_metric(_metric.name, _metric)
