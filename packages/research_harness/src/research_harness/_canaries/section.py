"""What the fixed requests show, as a line of the terminal and a section of the report."""

from typing import Any

from .drift import CanaryComparison, CanaryValues

_MEASURES = {"same_answer": "same answer as the reference", "characters": "characters"}


def canary_line(values: CanaryValues | None) -> str | None:
    """One line for the terminal; None when nothing was asked.

    Args:
        values: The part of the analysis.
    """
    if values is None:
        return None
    cost = f"${values['known_cost_usd']:.4g}"
    if values["unknown_costs"]:
        cost = f"at least {cost}"
    asked = f"{values['requests']:,} requests, {values['failures']:,} failed, cost {cost}"
    return f"canaries: {_finding(values)} ({asked}; not in the costs of conditions)"


def canaries_section(values: CanaryValues | None) -> Any:
    """The section of the report; None when nothing was asked.

    Args:
        values: The part of the analysis.
    """
    import reporter

    if values is None:
        return None
    blocks: list[Any] = [
        reporter.Callout(
            kind="warning" if values["changed"] else "note", text=f"{canary_line(values)}."
        ),
        reporter.Paragraph(
            "The same requests were asked at several moments of the run. Each moment is compared"
            " with the first by permutation tests, with Holm's correction over models, moments and"
            f" measures at {values['alpha']:g}."
        ),
    ]
    rows = [
        (model["name"], *_cells(each))
        for model in values["models"]
        for each in model["comparisons"]
    ]
    if rows:
        blocks.append(
            reporter.Table(
                columns=("Model", "Moment", "Measure", "n", "First", "Then", "p", "Holm p"),
                rows=tuple(rows),
                caption="Answers to the fixed requests, against the first moment",
            )
        )
    return reporter.Section("Canaries", tuple(blocks))


def _finding(values: CanaryValues) -> str:
    if values["changed"]:
        return f"CHANGED during the run: {', '.join(values['changed'])}"
    if any(model["comparisons"] for model in values["models"]):
        return "no change of a model was found"
    return "too few answers for a test"


def _cells(each: CanaryComparison) -> tuple[str, ...]:
    return (
        f"{each['moment']}, session {each['session']}",
        _MEASURES[each["measure"]],
        f"{each['n']:,}",
        f"{each['before']:.3g}",
        f"{each['after']:.3g}",
        f"{each['p_value']:.2g}",
        f"{each['p_adjusted']:.2g}",
    )
