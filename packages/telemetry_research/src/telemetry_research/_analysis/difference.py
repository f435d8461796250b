"""The result of comparing two experiments."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._core import tables
from .._core.catalogue import Level
from .._core.errors import UnknownMetricError
from .._core.renamed import renamed_attribute
from .._core.safe import on_lines, on_one_line
from .._metrics.interval import Interval

_HEAD = ("metric", "control", "treatment", "difference", "interval", "improvement")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDifference:
    """The difference of one metric between two experiments.

    Attributes:
        metric: ``latency_ms``, ``cost_usd`` (means per request) or ``success_rate``.
        control: The value in the control.
        treatment: The value in the treatment.
        difference: Treatment minus control.
        interval: The interval of the difference; None with fewer than two values.
        improvement_pct: The improvement in percent of the control, positive when better: lower for
            latency and cost, higher for success. None when the control is zero.
        test: The comparison of ``bench`` with ``test=True``; otherwise None.
    """

    metric: str
    control: float
    treatment: float
    difference: float
    interval: Interval | None
    improvement_pct: float | None
    test: Any = None

    def __str__(self) -> str:
        interval = "" if self.interval is None else f" {self.interval}"
        better = (
            "" if self.improvement_pct is None else f", {_percent(self.improvement_pct)} better"
        )
        text = f"{self.metric}: {self.control:.6g} to {self.treatment:.6g}, difference"
        return on_one_line(f"{text} {self.difference:+.6g}{interval}{better}")

    def to_dict(self) -> dict[str, object]:
        """The difference as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            **values,
            "interval": None if self.interval is None else self.interval.to_dict(),
            "test": None if self.test is None else self.test.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentComparison:
    """The differences between a control and one treatment, for requests of one level.

    Attributes:
        control: The name of the control.
        treatment: The name of the treatment.
        event_level: The level of the requests.
        direction: ``treatment minus control``.
        differences: One for each metric that both have.
    """

    control: str
    treatment: str
    event_level: Level
    direction: str
    differences: tuple[MetricDifference, ...]

    if not TYPE_CHECKING:
        level = renamed_attribute("event_level")

    def __getitem__(self, metric: str) -> MetricDifference:
        """The difference of one metric.

        Args:
            metric: ``latency_ms``, ``cost_usd`` or ``success_rate``.

        Raises:
            UnknownMetricError: The comparison does not have it.
        """
        for each in self.differences:
            if each.metric == metric:
                return each
        raise UnknownMetricError(metric, (each.metric for each in self.differences))

    def __str__(self) -> str:
        head = f"{self.treatment} minus {self.control}, {self.event_level} requests"
        return on_lines([head, *(f"  {each}" for each in self.differences)])

    def _repr_html_(self) -> str:
        return tables.html(_HEAD, map(_cells, self.differences))

    def to_markdown(self) -> str:
        """One row for each metric, as a Markdown table."""
        return tables.markdown(_HEAD, map(_cells, self.differences))

    def to_json(self) -> str:
        """The comparison as JSON."""
        return tables.json_text(self.to_dict())

    def to_dict(self) -> dict[str, object]:
        """The comparison as plain values."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return {**found, "differences": [each.to_dict() for each in self.differences]}


def _cells(each: MetricDifference) -> tuple[str, ...]:
    interval = "-" if each.interval is None else str(each.interval)
    better = "-" if each.improvement_pct is None else _percent(each.improvement_pct)
    values = (f"{each.control:.6g}", f"{each.treatment:.6g}", f"{each.difference:+.6g}")
    return (each.metric, *values, interval, better)


def _percent(improvement: float) -> str:
    return f"{round(improvement, 1) + 0.0:+.1f} %"  # no difference is not minus zero
