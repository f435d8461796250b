"""Tables of pairwise comparisons: estimates and intervals beside the p-values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .._core.errors import UnknownRowError
from .._core.rendering import Result, ResultTable
from .._core.results import Comparison, EffectSize, Interval, Note
from .._core.shown import shown
from .._core.wording import bracket, number, p_text, percent, printed, statistic_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(Result):
    """One pair of groups; all signs are second minus first.

    ``interval`` has its level alone; ``interval_adjusted`` has it for all pairs together, as
    ``p_adjusted`` does.
    """

    first: str
    second: str
    estimate: float
    estimate_name: str
    se: float
    statistic: float
    statistic_name: str
    p_value: float
    p_adjusted: float
    interval: Interval | None
    interval_adjusted: Interval | None = None
    df: float | None = None
    effect_size: EffectSize | None = None
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> str:
        text = f"{self.second} vs {self.first}: {self.estimate_name} = {number(self.estimate)}"
        if self.interval is not None:
            text += f", {self.interval}"
        if self.interval_adjusted not in (None, self.interval):
            ends = bracket(*self.interval_adjusted)
            text += f", adjusted {ends}"
        return f"{text}, adjusted {p_text(self.p_adjusted)}."

    def table(self) -> ResultTable:
        return PairwiseTable(test="pair", correction="", rows=(self,)).table()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseTable(Result):
    """All pairs, with the correction for their number."""

    test: str
    correction: str
    rows: tuple[Pair, ...]
    details: dict[str, float] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Pair]:
        return iter(self.rows)

    def pair(self, first: str, second: str) -> Pair:
        """The row of two groups, in either order as it stands in the table.

        Raises:
            UnknownRowError: The table has no such pair.
        """
        for row in self.rows:
            if {row.first, row.second} == {first, second}:
                return row
        known = [f"{row.first} and {row.second}" for row in self.rows]
        raise UnknownRowError(f"{first} and {second}", known)

    @shown
    def __str__(self) -> list[str]:
        return list(map(str, self.rows))

    def table(self) -> ResultTable:
        level = next((row.interval.level for row in self.rows if row.interval), 0.95)
        adjusted = any(row.interval_adjusted is not None for row in self.rows)
        rows = tuple(
            (
                f"{row.second} - {row.first}",
                number(row.estimate),
                "" if row.interval is None else bracket(row.interval.low, row.interval.high),
                *(_adjusted_text(row),) * adjusted,
                statistic_text(row.statistic_name, row.statistic),
                p_text(row.p_value).removeprefix("p ").removeprefix("= "),
                p_text(row.p_adjusted).removeprefix("p ").removeprefix("= "),
                "" if row.effect_size is None else number(row.effect_size.value),
            )
            for row in self.rows
        )
        return ResultTable(
            title=f"Pairwise comparisons ({printed(self.test)})",
            columns=(
                "Pair",
                "Estimate",
                f"{percent(level)} CI",
                *("Adjusted CI",) * adjusted,
                "Statistic",
                "p",
                "p adj.",
                "Effect",
            ),
            rows=rows,
            notes=(f"{len(self.rows)} comparisons, correction: {printed(self.correction)}",)
            * bool(self.correction),
        )


def _adjusted_text(row: Pair) -> str:
    return "" if row.interval_adjusted is None else bracket(*row.interval_adjusted)


def pair_of(first: str, second: str, result: Comparison) -> Pair:
    """One row from a two-group comparison with ``first`` as the control."""
    size = next(iter(result.effect_sizes.values()), None)
    return Pair(
        first=first,
        second=second,
        estimate=result.estimate,
        estimate_name=result.estimate_name,
        se=result.se,
        statistic=result.statistic,
        statistic_name=result.statistic_name,
        df=result.df[0] if result.df else None,
        p_value=result.p_value,
        p_adjusted=math.nan,
        interval=result.interval,
        effect_size=size,
        warnings=result.warnings,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyComparison(Result):
    """One test over all groups, and every pair with corrected p-values."""

    omnibus: Comparison
    pairwise: PairwiseTable

    @property
    def warnings(self) -> tuple[Note, ...]:
        """The warnings of the test over all groups."""
        return self.omnibus.warnings

    @shown
    def __str__(self) -> list[str]:
        return [str(self.omnibus), *str(self.pairwise).split("\n")]

    def table(self) -> ResultTable:
        table = self.pairwise.table()
        return replace(table, notes=(str(self.omnibus), *table.notes))
