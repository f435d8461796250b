"""The tables and figures of the report."""

from collections.abc import Mapping, Sequence
from typing import Any

from .._analysis.schema import (
    Analysis,
    ComparisonValues,
    CriterionValues,
    MetricValues,
)
from .numbers import claim_number, difference_number, metric_number, p_cell, price_metrics
from .wording import claim_text, count_text, family_text, interval_text, metric_value_text


def conditions_table(analysis: Analysis) -> Any:
    import reporter

    rows = [
        (
            found["metric"],
            each["name"],
            *_value_cells(found),
            found["interval"]["method"] if found["interval"] else "-",
            str(found["n"]),
        )
        for number in range(len(analysis["conditions"][0]["metrics"]))
        for each in analysis["conditions"]
        for found in [each["metrics"][number]]
    ]
    unknown = sum(found["unknown"] for each in analysis["conditions"] for found in each["metrics"])
    notes = "Repeats of an item are averaged before an interval of a mean is made."
    if unknown:
        notes += (
            f" {count_text(unknown, 'value')} unknown. Costs that have bounds are given from the"
            " least to the greatest; other unknown values are left out."
        )
    return reporter.Table(
        columns=("Metric", "Condition", "Value", _level(analysis), "Method", "Rows"),
        rows=rows,
        caption="Metrics by condition",
        notes=notes,
    )


def _value_cells(found: MetricValues) -> tuple[Any, Any]:
    """The value and its interval; of an unknown value what is known, in words."""
    if found["value"] is None or found.get("bounds") or found.get("censored"):
        return metric_value_text(found), interval_text(found["interval"], found["unit"])
    number = metric_number(found)
    return number, number.as_interval


def interval_figures(analysis: Analysis) -> list[Any]:
    """The shares of the conditions with their intervals, one drawing a metric."""
    import reporter

    drawn = []
    for number, first in enumerate(analysis["conditions"][0]["metrics"]):
        found = [(each["name"], each["metrics"][number]) for each in analysis["conditions"]]
        points = [point for name, values in found for point in _points(name, values)]
        if points:
            drawn.append(
                reporter.IntervalFigure(
                    points=points,
                    axis=f"{first['metric']} with its {_level(analysis)}",
                )
            )
    return drawn


def _points(name: str, found: MetricValues) -> list[Any]:
    """A condition's value as a point; nothing when it or an end of its interval is not finite."""
    import reporter

    value, interval = found["value"], found["interval"]
    if not isinstance(value, int | float) or interval is None:
        return []
    low, high = interval["low"], interval["high"]
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return []
    return [reporter.Point(label=name, value=value, low=low, high=high)]


def criteria_table(criteria: Sequence[CriterionValues]) -> Any:
    import reporter

    rows = tuple(
        (
            claim_text(each),
            each["holds_when"],
            claim_number(each),
            claim_number(each).as_interval,
            each["verdict"],
        )
        for each in criteria
    )
    return reporter.Table(
        columns=("Claim", "Holds when", "Estimate", "Interval", "Verdict"),
        rows=rows,
        caption="Claims",
        notes=(
            "SUPPORTED: the whole interval fulfils the claim. NOT SUPPORTED: all of it lies beyond"
            f" a bound. {family_text(criteria)}"
        ),
    )


def comparison_section(
    family: ComparisonValues, config: Mapping[str, Any], *, paired: bool = True
) -> Any:
    import reporter

    per_query = family["metric"] in price_metrics(config)
    blocks: list[Any] = []
    if family["omnibus"]:
        blocks.append(reporter.Paragraph(family["omnibus"]["sentence"]))
    adjusted = family["correction"] is not None
    pairing = "paired by item" if paired else "independent groups of items"
    extra = ["p (Holm)"] if adjusted else []
    rows = []
    for pair in family["pairs"]:
        number = difference_number(pair, family["unit"], per_query=per_query)
        p_value = None if pair["result"] is None else pair["result"]["p_value"]
        p_values = [p_value, pair.get("p_adjusted")] if adjusted else [p_value]
        cells = [number, number.as_interval, *(p_cell(each) for each in p_values)]
        rows.append((f"{pair['treatment']} minus {pair['control']}", *cells))
    blocks.append(
        reporter.Table(
            columns=("Difference", "Estimate", "Interval", "p", *extra),
            rows=tuple(rows),
            caption=f"Differences in {family['metric']}, {pairing}",
        )
    )
    blocks += [
        reporter.Paragraph(f"{pair['treatment']} against {pair['control']}: {pair['sentence']}")
        for pair in family["pairs"]
    ]
    return reporter.Section(f"Comparison: {family['metric']}", tuple(blocks))


def _level(analysis: Analysis) -> str:
    return f"{100 * analysis['level']:g} % interval"
