"""The values of the analysis as numbers of the report, by name."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._analysis.schema import Analysis, CriterionValues, IntervalValues, MetricValues, PairValues
from .._analysis.schema import Number as JsonNumber
from .._definition.metrics import Unit


@dataclass(frozen=True, slots=True)
class NumberNames:
    """The names of the numbers: ``accuracy.baseline``, ``accuracy.ensemble-minus-baseline``.

    Attributes:
        metrics: A metric's part of a name.
        conditions: A condition's part of a name.
    """

    metrics: Mapping[str, str]
    conditions: Mapping[str, str]

    def value(self, metric: str, condition: str) -> str:
        """The name of a condition's value."""
        return f"{self.metrics[metric]}.{self.conditions[condition]}"

    def difference(self, metric: str, pair: PairValues) -> str:
        """The name of the difference of two conditions."""
        first, second = (self.conditions[pair[role]] for role in ("treatment", "control"))
        return f"{self.metrics[metric]}.{first}-minus-{second}"


def number_names(analysis: Analysis) -> NumberNames:
    """The names for all metrics and conditions of an analysis; no two are the same."""
    conditions = [each["name"] for each in analysis["conditions"]]
    metrics = [each["metric"] for each in analysis["conditions"][0]["metrics"]]
    return NumberNames(_name_parts(metrics, "metric"), _name_parts(conditions, "condition"))


def _name_parts(texts: Iterable[str], kind: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for text in texts:
        part = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
        part = part if part[:1].isalpha() else f"{kind}_{part}".rstrip("_")
        name, count = part, 2
        while name in parts.values():
            name, count = f"{part}_{count}", count + 1
        parts[text] = name
    return parts


def metric_number(found: MetricValues, *, per_query: bool = False, name: str = "") -> Any:
    """The value of a metric of one condition.

    Args:
        found: The value with its interval.
        per_query: Whether it is the mean price of one query.
        name: Its name.
    """
    unit = "usd_per_query" if per_query else _UNITS[found["unit"]]
    return _number(found["value"], found["interval"], unit=unit, name=name)


def difference_number(
    pair: PairValues, unit: Unit, *, per_query: bool = False, name: str = ""
) -> Any:
    """The difference of two conditions with its interval and p-value.

    The p-value is the one adjusted for all pairs where there are several.
    """
    result = pair["result"]
    kind = "usd_per_query" if per_query else {"share": "points"}.get(unit, _UNITS[unit])
    if result is None:
        return _number(None, None, unit=kind, name=name)
    p = pair.get("p_adjusted", result["p_value"])
    return _number(result["estimate"], result["interval"], unit=kind, name=name, p=p, signed=True)


def claim_number(found: CriterionValues) -> Any:
    """What a claim is about: a value, a difference, a ratio or a relative change."""
    measure = found.get("measure")
    if measure == "relative":
        unit = "share"
    elif found["unit"] == "share" and (measure == "difference" or " minus " in found["holds_when"]):
        unit = "points"
    else:
        unit = "number" if measure == "ratio" else _UNITS[found["unit"]]
    return _number(found["estimate"], found["interval"], unit=unit, name="")


def price_metrics(config: Mapping[str, Any]) -> frozenset[str]:
    """The metrics that are the mean price of a query."""
    return frozenset(
        each["name"]
        for each in config["metrics"]
        if each.get("unit") == "usd" and each.get("summary") == "mean"
    )


def p_cell(p_value: float | None) -> Any:
    """A p-value as the cell of a table."""
    import reporter

    return reporter.Number(value=p_value, unit="p")


def all_numbers(analysis: Analysis, config: Mapping[str, Any]) -> list[Any]:
    """Every value and every difference of the analysis, named."""
    names, prices = number_names(analysis), price_metrics(config)
    values = [
        metric_number(
            found,
            per_query=found["metric"] in prices,
            name=names.value(found["metric"], each["name"]),
        )
        for each in analysis["conditions"]
        for found in each["metrics"]
    ]
    differences = [
        difference_number(
            pair,
            family["unit"],
            per_query=family["metric"] in prices,
            name=names.difference(family["metric"], pair),
        )
        for family in analysis["comparisons"]
        for pair in family["pairs"]
    ]
    return values + differences


def as_float(value: JsonNumber) -> float | None:
    """A number of the analysis, whose infinities are words; None for unknown."""
    return None if value is None else float(value)


def _number(
    value: JsonNumber,
    interval: IntervalValues | None,
    *,
    unit: str,
    name: str,
    p: float | None = None,
    signed: bool | None = None,
) -> Any:
    import reporter

    known = None if p is None or math.isnan(p) else p
    made: Any = reporter.Number  # the unit is a Literal there
    return made(
        value=as_float(value),
        unit=unit,
        interval=_interval(interval),
        p=known,
        signed=signed,
        name=name,
    )


def _interval(interval: IntervalValues | None) -> Any:
    import reporter

    if interval is None:
        return None
    low, high = as_float(interval["low"]), as_float(interval["high"])
    if low is None or high is None or low > high:
        return None
    level, method = interval.get("level", 0.95), interval.get("method", "")
    return reporter.Interval(low=low, high=high, level=level, method=method)


_UNITS: Mapping[str, str] = {"share": "share", "usd": "usd", "ms": "ms", "": "number"}
