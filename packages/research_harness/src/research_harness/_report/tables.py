"""The tables and figures of the report."""

from collections.abc import Sequence
from typing import Any

from .._analysis.schema import (
    Analysis,
    ComparisonValues,
    CriterionValues,
    MetricValues,
)
from .claims import change_text, claim_text, family_text, interval_of_claim
from .wording import count_text, interval_text, metric_value_text, p_text, value_text


def conditions_table(analysis: Analysis) -> Any:
    import reporter

    rows = [
        (
            found["metric"],
            each["name"],
            metric_value_text(found),
            interval_text(found["interval"], found["unit"]),
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
            change_text(each["estimate"], each),
            interval_of_claim(each),
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


def comparison_section(family: ComparisonValues) -> Any:
    import reporter

    unit = family["unit"]
    blocks: list[Any] = []
    if family["omnibus"]:
        blocks.append(reporter.Paragraph(family["omnibus"]["sentence"]))
    rows = []
    for pair in family["pairs"]:
        result = pair["result"]
        if result is None:
            rows.append((f"{pair['treatment']} minus {pair['control']}", "-", "-", "-", "-"))
            continue
        rows.append(
            (
                f"{pair['treatment']} minus {pair['control']}",
                value_text(result["estimate"], unit),
                interval_text(result["interval"], unit),
                p_text(result["p_value"]),
                p_text(pair["p_adjusted"]) if "p_adjusted" in pair else "-",
            )
        )
    blocks.append(
        reporter.Table(
            columns=("Difference", "Estimate", "Interval", "p", "p (Holm)"),
            rows=tuple(rows),
            caption=f"Differences in {family['metric']}, paired by item",
        )
    )
    blocks += [
        reporter.Paragraph(f"{pair['treatment']} against {pair['control']}: {pair['sentence']}")
        for pair in family["pairs"]
    ]
    return reporter.Section(f"Comparison: {family['metric']}", tuple(blocks))


def _level(analysis: Analysis) -> str:
    return f"{100 * analysis['level']:g} % interval"
