"""Numbers, tables and test lines from the results of statistical tests."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from .._core.errors import ReportError
from .._model.blocks import TestLine
from .._model.cells import Cell
from .._model.tables import Table
from .._numbers.interval import Interval
from .._numbers.number import Direction, Number
from .._numbers.units import Unit


@runtime_checkable
class ResultLike(Protocol):
    """What a comparison of bench has: an estimate, an interval and a p-value."""

    @property
    def estimate(self) -> float:
        """The estimate."""
        ...

    @property
    def interval(self) -> Any:
        """Its interval, with ``low``, ``high`` and perhaps ``level`` and ``method``; or None."""
        ...

    @property
    def p_value(self) -> float | None:
        """The p-value; None without a test."""
        ...


def number_from(
    result: ResultLike,
    *,
    unit: Unit = "number",
    name: str = "",
    direction: Direction = "none",
    digits: int | None = None,
) -> Number:
    """Return the estimate of a result with its interval and its p-value.

    Args:
        result: A result, such as of ``bench.compare_paired``.
        unit: The unit of the estimate, as of ``Number``.
        name: The name by which texts refer to it.
        direction: Whether higher or lower values are better.
        digits: As of ``Number``.

    Returns:
        The number. An interval or a p-value that is NaN is left out.

    Raises:
        ReportError: The object has no estimate, interval and p-value.
    """
    if not isinstance(result, ResultLike):
        raise ReportError(
            f"number_from: {type(result).__name__} has no estimate, interval and p_value"
        )
    p = result.p_value
    return Number(
        value=result.estimate,
        unit=unit,
        interval=_interval(result.interval),
        p=None if p is None or math.isnan(p) else p,
        direction=direction,
        digits=digits,
        name=name,
    )


def results_table(
    results: Mapping[str, ResultLike],
    *,
    unit: Unit = "number",
    caption: str = "",
    p_adjusted: Mapping[str, float] | None = None,
    adjustment: str = "adjusted",
    names: str = "",
    label: str = "",
) -> Table:
    """Return a table of comparisons: estimate, interval, p-value and effect sizes.

    Args:
        results: The results by the text of their row.
        unit: The unit of the estimates.
        caption: What the table shows.
        p_adjusted: Adjusted p-values by the text of the row.
        adjustment: The name of the adjustment, such as "Holm".
        names: The beginning of the names of the numbers: with "accuracy" the first row is
            "accuracy.1". Empty gives no names.
        label: The name by which texts refer to the table.

    Returns:
        The table. A method that the result names becomes a footnote.

    Raises:
        ReportError: A value is not a result, or there are no results.
    """
    if not results:
        raise ReportError("results_table: results is empty; give at least one result")
    rows = []
    for at, (text, result) in enumerate(results.items(), start=1):
        number = number_from(result, unit=unit, name=f"{names}.{at}" if names else "")
        title = str(getattr(result, "title", ""))
        cells: list[Any] = [Cell(text, [title] if title else []), number, number.as_interval]
        cells.append(number.as_p)
        if p_adjusted is not None:
            cells.append(Number(value=p_adjusted.get(text), unit="p"))
        rows.append([*cells, _effects(result)])
    extra = (f"p ({adjustment})",) if p_adjusted is not None else ()
    columns: Sequence[str] = ("Comparison", "Estimate", _level(rows), "p", *extra, "Effect size")
    if not any(row[-1] for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Table(columns=columns, rows=rows, caption=caption, label=label)


def line_from(result: ResultLike, *, label: str = "") -> TestLine:
    """Return the sentence of a result with the reason for its test.

    Args:
        result: A result whose text is a sentence, as those of bench.
        label: What was compared.

    Returns:
        The line, with why the test was chosen and the warnings as notes.
    """
    reason = getattr(getattr(result, "selection", None), "reason", "")
    notes = [str(reason)] if reason else []
    notes += [str(getattr(each, "text", each)) for each in getattr(result, "warnings", ())]
    return TestLine(sentence=str(result), label=label, notes=notes)


def _interval(interval: Any) -> Interval | None:
    if interval is None:
        return None
    low, high = float(interval.low), float(interval.high)
    if math.isnan(low) or math.isnan(high):
        return None
    level, method = getattr(interval, "level", 0.95), getattr(interval, "method", "")
    return Interval(low=low, high=high, level=level, method=str(method))


def _level(rows: Sequence[Sequence[Any]]) -> str:
    """Return the head of the intervals; their level if all have the same."""
    levels = {row[1].interval.level for row in rows if row[1].interval is not None}
    return f"{100 * levels.pop():g} % CI" if len(levels) == 1 else "Interval"


def _effects(result: ResultLike) -> str:
    effects = getattr(result, "effect_sizes", None) or {}
    texts = []
    for name, effect in effects.items():
        value = getattr(effect, "value", effect)
        symbol = getattr(effect, "symbol", "") or name
        texts.append(f"{symbol} = {Number(value=value, digits=3).text}")
    return ", ".join(texts[:1])  # the first is the one that the test's sentence carries
