"""Verdicts, cost-benefit numbers, and comparisons of many conditions as a matrix."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from .._core.errors import ReportError
from .._model.evidence import Verdict, VerdictName
from .._model.figures import IntervalFigure, Point
from .._model.inline import InlineText
from .._model.tables import Table
from .._numbers.number import Number

Demand = Literal["above", "below"]


def verdict_on(
    claim: str, number: Number, *, demand: Demand, threshold: float, complete: bool = True
) -> Verdict:
    """Return the verdict on a claim about a number, by its interval.

    SUPPORTED: the whole interval fulfils the claim. NOT SUPPORTED: no part of it does. In between
    the data do not decide. A run that is not complete decides nothing.

    Args:
        claim: The claim, stated before the run.
        number: The number with its interval.
        demand: Whether the claim asks for values ``above`` or ``below`` the threshold.
        threshold: The threshold, in the unit of the number.
        complete: Whether the run has all its rows.

    Returns:
        The verdict, with the number and its interval as the reason.

    Raises:
        ReportError: The threshold is not finite.
    """
    if not math.isfinite(threshold):
        raise ReportError(f"verdict on {claim!r}: the threshold {threshold} is not finite")
    limit = replace(number, value=threshold, interval=None, p=None, name="", show="value")
    shown = replace(number, show="full")
    reason: list[str | InlineText | Number] = [shown, f"; the claim asks for {demand} ", limit, "."]
    return Verdict(
        claim=claim, verdict=_decided(number, demand, threshold, complete), reason=reason
    )


def _decided(number: Number, demand: Demand, threshold: float, complete: bool) -> VerdictName:
    if not complete:
        return "INCOMPLETE"
    if number.interval is None or number.value is None:
        return "INCONCLUSIVE"
    low, high = number.interval
    if demand == "below":
        low, high = -high, -low
        threshold = -threshold
    if low > threshold:
        return "SUPPORTED"
    return "NOT SUPPORTED" if high <= threshold else "INCONCLUSIVE"


def cost_per_point(extra_cost: Number, gain: Number, *, name: str = "") -> Number:
    """Return the extra cost of one percentage point of gain.

    Args:
        extra_cost: The difference in cost of a query, in ``usd`` or ``usd_per_query``.
        gain: The gain, in ``points``.
        name: The name of the result.

    Returns:
        The cost of a query for each point, in ``usd_per_query``; unknown where the gain is not
        above zero or a value is unknown.

    Raises:
        ReportError: A unit does not fit.

    Example:
        >>> from reporter import Number
        >>> cost = Number(value=0.02, unit="usd_per_query")
        >>> str(cost_per_point(cost, Number(value=0.072, unit="points")))
        '$2.78 per 1,000 queries and pp'
    """
    if extra_cost.unit not in ("usd", "usd_per_query") or gain.unit != "points":
        raise ReportError(
            f"cost per point: expected usd and points, got {extra_cost.unit} and {gain.unit}"
        )
    cost, points = extra_cost.value, gain.value
    known = cost is not None and points is not None and points > 0
    value = cost / (100 * points) if known and cost is not None and points else None
    return Number(value=value, unit="usd_per_query", suffix="and pp", direction="lower", name=name)


def difference_matrix(
    conditions: Sequence[str],
    differences: Mapping[tuple[str, str], Number],
    *,
    caption: str = "",
    alpha: float = 0.05,
) -> Table:
    """Return all pairs of conditions as one matrix: the row minus the column.

    Args:
        conditions: The names in order.
        differences: The difference for (row, column); the opposite pair is its negative.
        caption: What the matrix shows.
        alpha: A difference whose p-value is below it is printed in bold.

    Returns:
        The table, for 30 conditions in place of 435 sentences.

    Raises:
        ReportError: A pair names an unknown condition, or both directions of a pair differ.
    """
    from .._model.cells import Cell  # noqa: PLC0415  # beside its only use

    for pair in differences:
        if not set(pair) <= set(conditions):
            raise ReportError(f"matrix: {pair!r} names an unknown condition")
    rows = []
    for row in conditions:
        cells: list[str | Cell] = [row]
        for column in conditions:
            number = _directed(differences, row, column)
            significant = number is not None and number.p is not None and number.p < alpha
            cells.append(Cell(number, strong=significant) if number else "-")
        rows.append(cells)
    notes = f"Row minus column. Bold: p below {alpha:g}."
    return Table(columns=("", *conditions), rows=rows, caption=caption, notes=notes)


def _directed(
    differences: Mapping[tuple[str, str], Number], row: str, column: str
) -> Number | None:
    there, back = differences.get((row, column)), differences.get((column, row))
    if there is not None and back is not None and there.value != _negated(back).value:
        raise ReportError(f"matrix: {row!r} minus {column!r} differs from its opposite")
    number = there if there is not None else None if back is None else _negated(back)
    return None if number is None else replace(number, name="", show="value")


def _negated(number: Number) -> Number:
    interval = number.interval
    if interval is not None:
        interval = replace(interval, low=-interval.high, high=-interval.low)
    value = None if number.value is None else -number.value
    return replace(number, value=value, interval=interval, name="")


def forest(
    numbers: Mapping[str, Number],
    *,
    caption: str = "",
    axis: str = "",
    reference: float | None = 0.0,
) -> IntervalFigure:
    """Return a forest plot of numbers with their intervals; unknown values are left out.

    Args:
        numbers: The numbers by the text of their row.
        caption: What the figure shows.
        axis: The name and unit of the axis.
        reference: A value to draw a line at, such as 0 for differences.

    Returns:
        The figure. Shares and points are drawn in percent.

    Raises:
        ReportError: No number has a finite value.
    """
    points = []
    for label, number in numbers.items():
        scale = 100.0 if number.unit in ("share", "points") else 1.0
        if number.value is None or not math.isfinite(number.value):
            continue
        ends = tuple(number.interval) if number.interval is not None else ()
        finite = len(ends) > 0 and all(map(math.isfinite, ends))
        low, high = (scale * ends[0], scale * ends[1]) if finite else (None, None)
        points.append(Point(label=label, value=scale * number.value, low=low, high=high))
    return IntervalFigure(points=points, caption=caption, axis=axis, reference=reference)
