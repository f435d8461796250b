"""What the result rests on, as lines of the terminal and a section of the report."""

from collections.abc import Iterator, Sequence
from typing import Any

from .schema import BudgetValues, FrontPoint, PairChange, SensitivityValues

_READINGS = {
    "wrong": "wrong",
    "excluded": "left out",
    "best_for_treatment": "best for the treatment",
    "worst_for_treatment": "worst for the treatment",
}
_ON_FRONT = {True: "yes", False: "no", None: "depends on unknown costs"}


def sensitivity_lines(values: SensitivityValues | None) -> list[str]:
    """Lines for the terminal: conclusions that depend on missing answers, and budgets.

    Args:
        values: The part of the analysis.
    """
    if values is None:
        return []
    lines = []
    missing = values.get("missing")
    if missing is not None and missing["sensitive"]:
        lines.append(_sensitive_text(missing["sensitive"]))
    return lines + [_budget_text(each) for each in values.get("budgets", ())]


def sensitivity_section(values: SensitivityValues | None) -> Any:
    """The section of the report; None where nothing applies.

    Args:
        values: The part of the analysis.
    """
    import reporter

    if values is None:
        return None
    return reporter.Section("Sensitivity", tuple(_blocks(values)))


def _blocks(values: SensitivityValues) -> Iterator[Any]:
    import reporter

    missing = values.get("missing")
    if missing is not None:
        names = missing["sensitive"]
        stable = "No conclusion depends on how rows without an answer are read."
        yield reporter.Paragraph(f"{_sensitive_text(names)}." if names else stable)
        yield _changes(missing["changes"], "Answers missing", "Rows without an answer, read so")
    for part in values.get("subgroups", ()):
        caption = (
            f"{part['metric']} by {part['field']}; intervals that hold together at"
            f" {100 * part['level']:g} % (Bonferroni)"
        )
        yield _changes(part["changes"], part["field"], caption)
    if "variance" in values:
        yield _variance(values)
    if "front" in values:
        yield _front(values)
    if "budgets" in values:
        yield reporter.Table(
            columns=("Condition", "Quantile", "Budget", "Latency", "Interval", "Verdict"),
            rows=tuple(_budget_row(each) for each in values["budgets"]),
            caption="Latency against its budget",
        )


def _changes(changes: Sequence[PairChange], head: str, caption: str) -> Any:
    import reporter

    return reporter.Table(
        columns=("Treatment", head, "Items", "Difference", "Interval"),
        rows=tuple(
            (
                each["treatment"],
                _READINGS.get(each["reading"], each["reading"]),
                f"{each['items']:,}",
                _points(each["difference"]),
                f"[{_points(each['low'])}, {_points(each['high'])}]",
            )
            for each in changes
        ),
        caption=caption,
    )


def _variance(values: SensitivityValues) -> Any:
    import reporter

    return reporter.Table(
        columns=("Condition", "Item SD", "Run SD", "SE", "SE, 2 x repeats", "SE, 2 x items"),
        rows=tuple(
            (
                each["condition"],
                f"{each['item_variance'] ** 0.5:.3f}",
                f"{each['run_variance'] ** 0.5:.3f}",
                f"{each['standard_error']:.4f}",
                f"{each['with_double_repeats']:.4f}",
                f"{each['with_double_items']:.4f}",
            )
            for each in values["variance"]
        ),
        caption="Items and repeats as sources of error in accuracy",
    )


def _front(values: SensitivityValues) -> Any:
    import reporter

    return reporter.Table(
        columns=("Condition", "Accuracy", "Cost of a row", "On the Pareto front"),
        rows=tuple(
            (
                each["condition"],
                f"{100 * each['accuracy']:.1f} %",
                _cost(each),
                _ON_FRONT[each["on_front"]],
            )
            for each in sorted(values["front"], key=lambda point: point["cost_usd"])
        ),
        caption="Cost against accuracy",
    )


def _cost(each: FrontPoint) -> str:
    import reporter

    least = reporter.money_text(each["cost_usd"])
    if "most_cost_usd" not in each:
        return least
    most = each["most_cost_usd"]
    return f"at least {least}" if most is None else f"{least} to {reporter.money_text(most)}"


def _sensitive_text(names: Sequence[str]) -> str:
    return (
        f"the difference of {', '.join(names)} from the control depends on how rows without an"
        " answer are read"
    )


def _budget_row(each: BudgetValues) -> tuple[str, ...]:
    return (
        each["condition"],
        f"P{100 * each['quantile']:g}",
        _ms(each["budget_ms"]),
        _ms(each["value_ms"]),
        f"[{_ms(each['low_ms'])}, {_ms(each['high_ms'])}]",
        each["verdict"].upper(),
    )


def _budget_text(each: BudgetValues) -> str:
    name, quantile, budget, value, interval, verdict = _budget_row(each)
    return f"latency budget, {name}: {quantile} {value} {interval} of {budget}: {verdict}"


def _ms(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.0f} ms"


def _points(value: float | None) -> str:
    return "not known" if value is None else f"{100 * value:+.1f} points"
