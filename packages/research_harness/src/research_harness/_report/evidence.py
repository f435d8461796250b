"""Assumptions and sensitivity of the tests, and conditions by the dozen as matrices."""

from collections.abc import Mapping
from typing import Any

from .._analysis.schema import Analysis, ComparisonValues, PairValues
from .numbers import difference_number, price_metrics
from .wording import p_text, value_text

MAX_PAIRS = 10
_MAX_CONDITIONS = 58


def matrix_section(family: ComparisonValues, analysis: Analysis, config: Mapping[str, Any]) -> Any:
    """The comparisons of many conditions: all pairs as a matrix, those with the control drawn."""
    import reporter

    prices = family["metric"] in price_metrics(config)
    numbers = {
        (pair["treatment"], pair["control"]): difference_number(
            pair, family["unit"], per_query=prices
        )
        for pair in family["pairs"]
    }
    control = analysis["control"]
    rows = {
        f"{first} minus {control}": number
        for (first, second), number in numbers.items()
        if second == control
    }
    blocks: list[Any] = []
    if family["omnibus"]:
        blocks.append(reporter.Paragraph(family["omnibus"]["sentence"]))
    conditions = [each["name"] for each in analysis["conditions"]]
    blocks.append(
        reporter.difference_matrix(
            conditions,
            numbers,
            caption=f"Differences in {family['metric']}, p-values adjusted after Holm",
        )
    )
    if len(rows) <= _MAX_CONDITIONS and any(each.value is not None for each in rows.values()):
        blocks.append(
            reporter.forest(
                rows,
                caption=f"Differences in {family['metric']} from the control, with intervals",
                axis=f"difference in {family['metric']}",
            )
        )
    return reporter.Section(f"Comparison: {family['metric']}", blocks)


def assumptions_section(analysis: Analysis) -> Any:
    """Why each test was chosen, what it assumes, and what the design can detect."""
    import reporter

    rows = [
        _row(family, pair)
        for family in analysis["comparisons"]
        for pair in family["pairs"]
        if pair["result"] is not None and pair["control"] == analysis["control"]
    ]
    blocks: list[Any] = []
    if rows:
        shown = rows[: 3 * MAX_PAIRS]
        left = len(rows) - len(shown)
        blocks.append(
            reporter.Table(
                columns=("Metric", "Comparison", "Test and reason", "Checks", "Doubts"),
                rows=shown,
                caption="The tests, why they were chosen, and what they assume",
                notes=(
                    "Checks are reported and do not choose the test."
                    + (f" {left:,} more are in analysis.json." if left else "")
                ),
            )
        )
        rejected = _rejected(analysis)
        if rejected:
            blocks.append(reporter.Paragraph(f"Not used: {'; '.join(rejected)}."))
    blocks += _detectable(analysis)
    return reporter.Section("Assumptions and sensitivity", blocks) if blocks else None


def _row(family: ComparisonValues, pair: PairValues) -> tuple[str, ...]:
    result = pair["result"] or {}
    selection = result.get("selection") or {}
    checks = [_check_text(each) for each in result.get("assumptions") or ()]
    doubts = [_warning_text(each) for each in result.get("warnings") or ()]
    doubts += [_other_text(each) for each in result.get("sensitivity") or ()]
    if pair["dropped"]:
        doubts.append(f"{pair['dropped']:,} left out as unknown")
    reason = selection.get("reason") or ""
    return (
        family["metric"],
        f"{pair['treatment']} minus {pair['control']}",
        f"{result.get('title', '')}{': ' if reason else ''}{reason}",
        "; ".join(checks) or "-",
        "; ".join(doubts) or "-",
    )


def _check_text(check: Mapping[str, Any]) -> str:
    p = check.get("p_value")
    text = f"{check.get('name', '')} = {value_text(check.get('statistic'), '')}"
    return text if p is None else f"{text}, {p_text(p, name=True)}"


def _warning_text(warning: Any) -> str:
    if isinstance(warning, Mapping):
        return str(warning.get("text") or warning.get("id") or "")
    return str(warning)


def _other_text(result: Any) -> str:
    """Another analysis of the same values, with other assumptions."""
    if not isinstance(result, Mapping):
        return str(result)
    p = result.get("p_value")
    text = f"with {result.get('title') or result.get('test')}"
    return text if p is None else f"{text}: {p_text(p, name=True)}"


def _rejected(analysis: Analysis) -> list[str]:
    texts = [
        text
        for family in analysis["comparisons"]
        for pair in family["pairs"]
        for text in ((pair["result"] or {}).get("selection") or {}).get("rejected", ())
    ]
    return list(dict.fromkeys(texts))


def _detectable(analysis: Analysis) -> list[Any]:
    import reporter

    found = analysis["detectable"]
    if not found:
        return []
    return [
        reporter.Table(
            columns=("Metric", "Comparison", "Smallest difference", "Power"),
            rows=[
                (
                    each["metric"],
                    f"{each['treatment']} minus {each['control']}",
                    reporter.Number(
                        value=None if each["difference"] is None else float(each["difference"]),
                        unit="points" if each["unit"] == "share" else "number",
                    ),
                    reporter.Number(value=each["power"], unit="share", digits=0),
                )
                for each in found
            ],
            caption="The smallest true difference that this design finds",
            notes="A difference that is smaller would be missed more often than that.",
        )
    ]
