"""The result of a factorial or mixed ANOVA or an ANCOVA, term by term."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._core.errors import UnknownRowError
from .._core.rendering import Result, ResultTable, Value
from .._core.results import Check, EffectSize, Interval, Note
from .._core.shown import shown
from .._core.wording import bracket, df_text, number, p_text, percent, printed
from .._multiplicity.pairwise import PairwiseTable


@dataclass(frozen=True, slots=True, kw_only=True)
class AnovaTerm(Value):
    """One line of the table: an effect tested against its error.

    With factors within items, degrees of freedom are corrected for unequal covariances.
    """

    name: str
    sum_of_squares: float
    df: float
    mean_square: float
    statistic: float
    df_residual: float
    p_value: float
    log_p: float
    effect_size: EffectSize

    @shown
    def __str__(self) -> str:
        test = f"F{df_text((self.df, self.df_residual))} = {number(self.statistic)}"
        return f"{self.name}: {test}, {p_text(self.p_value, self.log_p)}, {self.effect_size}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorStratum(Value):
    """The error that the effects with the same within factors are tested against."""

    name: str
    sum_of_squares: float
    df: float
    greenhouse_geisser: float = 1.0
    huynh_feldt: float = 1.0
    epsilon: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedMean(Value):
    """The mean of one level, the other factors weighted equally, covariates at their means."""

    factor: str
    level: str
    n: int
    estimate: float
    se: float
    interval: Interval

    @shown
    def __str__(self) -> str:
        return f"{self.factor} {self.level}: {number(self.estimate)}, {self.interval}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnovaTable(Result):
    """A linear model of one outcome, tested effect by effect.

    Attributes:
        terms: The effects, in the order of the model.
        errors: What they are tested against: the residual, or with factors within items the error
            of each stratum with its epsilons.
        means: Adjusted means of every factor; empty with factors within items.
        pairs: Differences of (adjusted) means by factor, Holm-corrected within each factor.
        sum_of_squares: 2 or 3, the type of the sums of squares.
        correction: For unequal covariances within items.
        n: How many rows, or with factors within items how many items.
    """

    title: str
    outcome: str
    terms: tuple[AnovaTerm, ...]
    errors: tuple[ErrorStratum, ...]
    means: tuple[AdjustedMean, ...] = ()
    pairs: Mapping[str, PairwiseTable]
    sum_of_squares: int
    correction: str = "none"
    n: int
    n_dropped: int = 0
    assumptions: tuple[Check, ...] = ()
    warnings: tuple[Note, ...] = ()
    data_hash: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def residual_square(self) -> float:
        """The sum of squares of the first error: the residual of a model without strata."""
        return self.errors[0].sum_of_squares

    @property
    def residual_df(self) -> float:
        """The degrees of freedom of the first error."""
        return self.errors[0].df

    def term(self, name: str) -> AnovaTerm:
        """The row of an effect; the order of the factors in ``a:b`` does not matter.

        Raises:
            UnknownRowError: The table has no such effect.
        """
        wanted = set(name.split(":"))
        for term in self.terms:
            if set(term.name.split(":")) == wanted:
                return term
        raise UnknownRowError(name, [term.name for term in self.terms])

    @shown
    def __str__(self) -> str:
        return "; ".join(map(str, self.terms)) + "."

    def table(self) -> ResultTable:
        strata = len(self.errors) > 1
        rows = [
            (
                term.name,
                number(term.sum_of_squares),
                df_text((term.df, term.df_residual)) if strata else f"{term.df:g}",
                number(term.mean_square),
                number(term.statistic),
                p_text(term.p_value, term.log_p).removeprefix("p ").removeprefix("= "),
                _size_text(term.effect_size),
            )
            for term in self.terms
        ]
        rows += [
            (
                f"error of {error.name}" if strata else error.name,
                number(error.sum_of_squares),
                f"{error.df:g}",
                number(error.sum_of_squares / error.df if error.df else math.nan),
                "",
                "",
                "",
            )
            for error in self.errors
        ]
        level = next((term.effect_size.interval for term in self.terms), None)
        shown = f" {percent(level.level)} CI" if level else ""
        kind = f"type {'I' * self.sum_of_squares} sums of squares"
        size = f"{self.n} items, {printed(self.correction)}" if strata else f"n = {self.n}"
        return ResultTable(
            title=f"{self.title} of {self.outcome}",
            columns=("Effect", "SS", "df", "MS", "F", "p", f"partial eta²{shown}"),
            rows=tuple(rows),
            notes=(f"{kind}, {size}", *map(str, self.assumptions), *map(str, self.warnings)),
        )


def _size_text(size: EffectSize) -> str:
    if size.interval is None:
        return number(size.value)
    return f"{number(size.value)} {bracket(size.interval.low, size.interval.high)}"
