"""The result table of the terminal."""

from collections.abc import Sequence
from typing import Any

from .wording import banner_text, p_text, value_text, with_interval


def summary_text(analysis: dict[str, Any]) -> str:
    """The analysis as plain text: a table of conditions, the comparisons and the verdicts.

    Args:
        analysis: What ``analysis.json`` holds.
    """
    lines = []
    banner = banner_text(analysis["origin"])
    if banner:
        lines += [banner, ""]
    lines += [
        (
            f"{analysis['name']}: {analysis['rows']} rows, {analysis['items']} items,"
            f" {analysis['repeat']} repeats, {analysis['failures']} failed"
        ),
        "",
    ]
    lines += _table(analysis)
    for family in analysis["comparisons"]:
        compared = _comparisons(family)
        lines += ["", *compared] if compared else []
    if analysis["criteria"]:
        lines.append("")
    lines += [
        f"{each['verdict']}: {each['claim']} ({each['holds_when']};"
        f" {with_interval({'value': each['estimate'], **each})})"
        for each in analysis["criteria"]
    ]
    if analysis["deviations"]:
        lines += ["", "resumed with changes: " + "; ".join(analysis["deviations"])]
    return "\n".join(lines)


def _table(analysis: dict[str, Any]) -> list[str]:
    names = [each["metric"] for each in analysis["conditions"][0]["metrics"]]
    rows = [["condition", *names, "failed"]]
    for each in analysis["conditions"]:
        cells = [with_interval(found) for found in each["metrics"]]
        rows.append([each["name"], *cells, str(each["failures"])])
    return align(rows)


def _comparisons(family: dict[str, Any]) -> list[str]:
    unit = family["unit"]
    lines = []
    for pair in family["pairs"]:
        result = pair["result"]
        head = f"{family['metric']}, {pair['treatment']} minus {pair['control']}: "
        if result is None:
            continue  # a condition without this metric; the report says so
        interval = result["interval"]
        text = value_text(result["estimate"], unit)
        text += f" [{value_text(interval['low'], unit)}, {value_text(interval['high'], unit)}]"
        p_value = result["p_value"]
        text += f", p {_equals(p_value)}"
        if "p_adjusted" in pair:
            text += f", Holm p {_equals(pair['p_adjusted'])}"
        lines.append(f"{head}{text} ({result['test']})")
    return lines


def _equals(p_value: float | None) -> str:
    text = p_text(p_value)
    return text if text.startswith("<") else f"= {text}"


def align(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines with aligned columns and a rule under the first."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]
