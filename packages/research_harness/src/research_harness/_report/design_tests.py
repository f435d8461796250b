"""The section on what belongs to the design: means by block or period, effects and trends."""

from typing import Any

from .._analysis.schema import Analysis, DesignFinding, DesignValues
from .wording import interval_text, p_text, value_text

_MAX_FINDINGS = 60


def is_paired(analysis: Analysis) -> bool:
    """Whether every condition answered every item."""
    design = analysis.get("design")
    return design is None or design["paired"]


def design_tests_section(analysis: Analysis) -> Any:
    """The tests of a design with the means by group; None for ``Within`` and without any.

    Args:
        analysis: ``analysis.json``.
    """
    import reporter

    design = analysis.get("design")
    if not design or not (design["findings"] or design["cells"]):
        return None
    metrics = list(dict.fromkeys(each["metric"] for each in design["cells"]))
    blocks: list[Any] = [_cells_table(design, metric) for metric in metrics]
    findings = design["findings"][:_MAX_FINDINGS]
    effects = [each for each in findings if not each["sentence"]]
    blocks += [_effects_table(effects)] if effects else []
    blocks += [
        reporter.Paragraph(f"{each['metric']}, {each['about']}: {each['sentence'].rstrip('.')}.")
        for each in findings
        if each["sentence"]
    ]
    if findings:
        note = "These tests explore the design. The verdicts on claims do not depend on them."
        blocks.append(reporter.Paragraph(note))
    if len(design["findings"]) > len(findings):
        left = len(design["findings"]) - len(findings)
        blocks.append(reporter.Paragraph(f"{left} more are in analysis.json."))
    return reporter.Section("Tests of the design", tuple(blocks))


def _effects_table(effects: list[DesignFinding]) -> Any:
    import reporter

    adjusted = any("p_adjusted" in each for each in effects)
    return reporter.Table(
        columns=("Metric", "Effect", "Estimate", "Interval", "p", *(["p (Holm)"] * adjusted)),
        rows=tuple(
            (
                each["metric"],
                each["about"],
                value_text(each["estimate"], each["unit"], difference=True),
                interval_text(each["interval"], each["unit"], difference=True),
                p_text(each["p_value"]),
                *([p_text(each.get("p_adjusted"))] if adjusted else []),
            )
            for each in effects
        ),
        caption="Effects of the design",
    )


def _cells_table(design: DesignValues, metric: str) -> Any:
    import reporter

    cells = [each for each in design["cells"] if each["metric"] == metric]
    conditions = list(dict.fromkeys(each["condition"] for each in cells))
    groups: dict[str, dict[str, str]] = {}
    for each in cells:
        text = f"{value_text(each['value'], each['unit'])} (n = {each['n']:,})"
        groups.setdefault(each["group"], {})[each["condition"]] = text
    return reporter.Table(
        columns=(design["groups"].capitalize(), *conditions),
        rows=tuple(
            (group, *(values.get(name, "-") for name in conditions))
            for group, values in groups.items()
        ),
        caption=f"Mean {metric} by {design['groups']}",
    )


def design_figure(design: DesignValues) -> Any:
    """The plan as a figure: how many rows each condition has in each group; None without groups.

    Args:
        design: The design with its cells.
    """
    import reporter

    cells = design["cells"]
    if not cells:
        return None
    cells = [each for each in cells if each["metric"] == cells[0]["metric"]]
    conditions = list(dict.fromkeys(each["condition"] for each in cells))
    groups = list(dict.fromkeys(each["group"] for each in cells))
    counts = {(each["condition"], each["group"]): float(each["n"]) for each in cells}
    return reporter.MatrixFigure(
        rows=conditions,
        columns=groups,
        values=[[counts.get((name, group), 0.0) for group in groups] for name in conditions],
        caption=f"The plan as it was run: rows of each condition by {design['groups']}",
        low=0.0,
        high=max(counts.values()),
    )
