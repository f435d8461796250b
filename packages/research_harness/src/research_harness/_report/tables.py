"""The tables and figures of the report."""

from collections.abc import Sequence
from typing import Any

from .wording import interval_text, p_text, value_text


def conditions_table(analysis: dict[str, Any]) -> Any:
    import reporter

    rows = [
        (
            found["metric"],
            each["name"],
            value_text(found["value"], found["unit"]),
            interval_text(found["interval"], found["unit"]),
            found["interval"]["method"] if found["interval"] else "-",
            str(found["n"]),
        )
        for place in range(len(analysis["conditions"][0]["metrics"]))
        for each in analysis["conditions"]
        for found in [each["metrics"][place]]
    ]
    unknown = sum(found["unknown"] for each in analysis["conditions"] for found in each["metrics"])
    notes = "Repeats of an item are averaged before an interval of a mean is made."
    if unknown:
        notes += f" {unknown} values are unknown and left out of their metric."
    return reporter.Table(
        columns=("Metric", "Condition", "Value", _level(analysis), "Method", "Rows"),
        rows=rows,
        caption="Metrics by condition",
        notes=notes,
    )


def interval_figures(analysis: dict[str, Any]) -> list[Any]:
    """The shares of the conditions with their intervals, one drawing a metric."""
    import reporter

    drawn = []
    for place, first in enumerate(analysis["conditions"][0]["metrics"]):
        points = [
            reporter.Point(
                label=each["name"],
                value=found["value"],
                low=found["interval"]["low"],
                high=found["interval"]["high"],
            )
            for each in analysis["conditions"]
            for found in [each["metrics"][place]]
            if found["value"] is not None and found["interval"] and _drawable(found["interval"])
        ]
        if points:
            drawn.append(
                reporter.IntervalFigure(
                    points=points,
                    axis=f"{first['metric']} with its {_level(analysis)}",
                )
            )
    return drawn


def _drawable(interval: dict[str, Any]) -> bool:
    """Whether both ends are numbers; infinite ones are written as words."""
    return all(isinstance(interval[end], int | float) for end in ("low", "high"))


def criteria_table(criteria: Sequence[dict[str, Any]]) -> Any:
    import reporter

    rows = tuple(
        (
            each["claim"],
            each["holds_when"],
            value_text(each["estimate"], each["unit"]),
            interval_text(each["interval"], each["unit"]),
            each["verdict"],
        )
        for each in criteria
    )
    return reporter.Table(
        columns=("Claim", "Holds when", "Estimate", "Interval", "Verdict"),
        rows=rows,
        caption="Claims stated before the run",
        notes="SUPPORTED: the whole interval fulfils the claim. NOT SUPPORTED: no part of it does.",
    )


def comparison_section(family: dict[str, Any]) -> Any:
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


def _level(analysis: dict[str, Any]) -> str:
    return f"{100 * analysis['level']:g} % interval"
