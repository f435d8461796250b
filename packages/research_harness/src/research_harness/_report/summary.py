"""The result of a run in one screen: a table of conditions, comparisons and verdicts."""

from .._analysis.schema import Analysis, ComparisonValues
from .._canaries.section import canary_line
from .._core.grids import fitting_grid, html_grid
from .._core.text import on_lines
from .._sensitivity.section import sensitivity_lines
from .wording import (
    ANSWER_COLUMNS,
    answer_lines,
    banner_text,
    count_of,
    count_text,
    early_text,
    failures_text,
    family_text,
    incomplete_text,
    interval_text,
    line_of_claim,
    metric_text,
    p_text,
    tries_lines,
    unscored_lines,
    value_text,
)


def summary_text(analysis: Analysis, width: int | None = None) -> str:
    """The analysis as plain text.

    Args:
        analysis: What ``analysis.json`` holds.
        width: The columns of the terminal, where the text is shown on one.

    Returns:
        The lines of the terminal.
    """
    above, below = _above(analysis), _below(analysis)
    return on_lines([*above, "", *fitting_grid(condition_grid(analysis), width), *below])


def summary_html(analysis: Analysis) -> str:
    """The analysis as a table for a notebook, with the other lines above and below it."""
    lines = [*_above(analysis), *_below(analysis)]
    return html_grid(condition_grid(analysis), lines=lines)


def condition_grid(analysis: Analysis) -> list[list[str]]:
    """The metrics of each condition as rows of cells, the head first."""
    names = [each["metric"] for each in analysis["conditions"][0]["metrics"]]
    shown = [
        (key, head)
        for key, head in ANSWER_COLUMNS
        if any(count_of(each, key) for each in analysis["conditions"])
    ]
    rows = [["condition", *names, "failed", *(head for _, head in shown)]]
    for each in analysis["conditions"]:
        cells = [metric_text(found) for found in each["metrics"]]
        counts = [f"{count_of(each, key):,}" for key, _ in shown]
        rows.append([each["name"], *cells, f"{each['failures']:,}", *counts])
    return rows


def _above(analysis: Analysis) -> list[str]:
    banner = banner_text(analysis["origin"])
    line = (
        f"{analysis['name']}: {count_text(analysis['rows'], 'row')},"
        f" {count_text(analysis['items'], 'item')}, {count_text(analysis['repeat'], 'repeat')},"
        f" {analysis['failures']:,} failed"
    )
    warnings = [each for each in (incomplete_text(analysis), banner) if each]
    return [*(text for each in warnings for text in (each, "")), line]


def _below(analysis: Analysis) -> list[str]:
    lines = [failures_text(each) for each in analysis["conditions"] if each["failures"]]
    lines += [*answer_lines(analysis), *unscored_lines(analysis), *tries_lines(analysis)]
    lines = ["", *lines] if lines else []
    for family in analysis["comparisons"]:
        compared = _comparisons(family)
        lines += ["", *compared] if compared else []
    if analysis["criteria"]:
        lines.append("")
    for each in analysis["criteria"]:
        lines.append(line_of_claim(each))
    if family_text(analysis["criteria"]):
        lines.append(family_text(analysis["criteria"]))
    if analysis["criteria"] and analysis["withheld"]:
        lines.append(f"no claim was judged: {analysis['withheld']}")
    early = early_text(analysis)
    if early is not None:
        lines += ["", early]
    canaries = canary_line(analysis.get("canaries"))
    if canaries is not None:
        lines += ["", canaries]
    lines += sensitivity_lines(analysis.get("sensitivity"))
    if analysis["deviations"]:
        lines += ["", "resumed with changes: " + "; ".join(analysis["deviations"])]
    return lines


def _comparisons(family: ComparisonValues) -> list[str]:
    unit = family["unit"]
    lines = []
    for pair in family["pairs"]:
        result = pair["result"]
        head = f"{family['metric']}, {pair['treatment']} minus {pair['control']}:"
        if result is None:
            lines.append(f"{head} {pair['sentence']}")
            continue
        text = (
            f"{head} {value_text(result['estimate'], unit, difference=True)}"
            f" {interval_text(result['interval'], unit, difference=True)},"
            f" {p_text(result['p_value'], name=True)}"
        )
        if "p_adjusted" in pair:
            text += f", Holm {p_text(pair['p_adjusted'], name=True)}"
        lines.append(f"{text} ({result['title']})")
    return lines
