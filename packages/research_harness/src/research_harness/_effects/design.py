"""What the design of a run is analysed by, beside the comparison of its conditions."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._analysis.schema import DesignCells, DesignFinding, DesignValues
from .._analysis.vectors import MetricData
from .._design.design import ExperimentDesign
from .._design.designs import Between, Blocks, LatinSquare, TimeSeries, Within
from .._design.grids import DoseResponse, Factorial
from .._design.stored import design_name, is_known
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .._rows.columns import value_of
from .carry_over import carry_over_findings
from .contrasts import Levels, dose_findings, factor_findings, strata_findings
from .trends import block_findings, period_findings, trend_findings

if TYPE_CHECKING:
    from .._definition.metrics import Metric

_MAX_GROUPS = 40


def design_values(
    prepared: PreparedExperiment,
    rows: Sequence[Row],
    data: Mapping[str, MetricData],
    *,
    level: float,
) -> DesignValues | None:
    """The design of a run with its own tests; None for ``Within``.

    Args:
        prepared: The experiment.
        rows: The finished rows.
        data: The values of each metric.
        level: The level of the intervals.
    """
    design = prepared.plan.design
    if type(design) is Within:
        return None
    means = [each for each in data.values() if each.metric.summary == "mean"]
    assigned = _assigned(design)
    findings: list[DesignFinding] = []
    for each in means:
        findings += _findings(prepared, each, rows, level)
    return {
        "kind": design_name(design),
        "text": design.text,
        "paired": design.paired,
        "groups": _group_name(assigned),
        "cells": [
            cell for each in means for cell in _cells(each.metric, rows, _group_of(assigned))
        ],
        "findings": findings,
    }


def _findings(
    prepared: PreparedExperiment, data: MetricData, rows: Sequence[Row], level: float
) -> list[DesignFinding]:
    design = prepared.plan.design
    assigned = _assigned(design)
    control = prepared.config["control"]
    levels: Levels = {each.name: each.levels for each in prepared.plan.conditions}
    found: list[DesignFinding] = []
    if isinstance(design, Factorial):
        found += factor_findings(data, levels, level=level)
    if isinstance(design, DoseResponse):
        found += dose_findings(data, levels, level=level)
    if isinstance(assigned, TimeSeries):
        found += trend_findings(data, control, level=level)
    if isinstance(assigned, LatinSquare):
        found += period_findings(data, rows, level=level)
        found += carry_over_findings(data, rows, level=level)
    if isinstance(assigned, Blocks):
        found += block_findings(data, control, {row.item_id: row.block for row in rows})
    if isinstance(assigned, Between) and assigned.stratify_by:
        strata = {row.item_id: row.block for row in rows}
        found += strata_findings(data, control, strata, level=level)
    return found


def _assigned(design: ExperimentDesign) -> object:
    """What assigned the items; None for a class of the user's own, whose groups mean anything."""
    assigned = getattr(design, "assignment", design)
    return assigned if is_known(assigned) else None


def _group_name(assigned: object) -> str:
    if isinstance(assigned, Blocks):
        return assigned.by or "block"
    if isinstance(assigned, Between):
        return assigned.stratify_by
    return "period" if isinstance(assigned, LatinSquare | TimeSeries) else ""


def _group_of(assigned: object) -> Callable[[Row], str] | None:
    if isinstance(assigned, LatinSquare | TimeSeries):
        return lambda row: str(row.period + 1)
    if isinstance(assigned, Blocks) or (isinstance(assigned, Between) and assigned.stratify_by):
        return lambda row: row.block
    return None


def _cells(
    metric: "Metric", rows: Sequence[Row], group_of: Callable[[Row], str] | None
) -> list[DesignCells]:
    """The mean of a metric by group and condition; none without groups or with very many."""
    if group_of is None:
        return []
    sums: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        value = value_of(row, metric)
        if value is not None:
            cell = sums.setdefault((group_of(row), row.condition), [0, 0.0])
            cell[0] += 1
            cell[1] += value
    if len({group for group, _ in sums}) > _MAX_GROUPS:
        return []
    return [
        {
            "metric": metric.name,
            "unit": metric.unit,
            "group": group,
            "condition": condition,
            "n": count,
            "value": total / count,
        }
        for (group, condition), (count, total) in sorted(sums.items(), key=_in_order)
    ]


def _in_order(cell: tuple[tuple[str, str], Any]) -> tuple[int, str, str]:
    """Numbered groups by their number, others by name."""
    group, condition = cell[0]
    digits = group.removeprefix("block ")
    return (int(digits) if digits.isdigit() else 0, group, condition)
