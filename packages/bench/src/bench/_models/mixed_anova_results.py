"""The result of a mixed ANOVA: effects, each tested against the error of its stratum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .._core.errors import UnknownRowError
from .._core.rendering import Result, ResultTable, Value
from .._core.results import Note
from .._core.shown import shown
from .._core.wording import df_text, number, p_text, printed
from .._multiplicity.pairwise import PairwiseTable
from .anova_table import AnovaTerm


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorStratum(Value):
    """The error that the effects with the same within factors are tested against."""

    name: str
    sum_of_squares: float
    df: float
    greenhouse_geisser: float
    huynh_feldt: float
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedAnova(Result):
    """Effects between and within items.

    Attributes:
        terms: The effects; degrees of freedom are corrected for unequal covariances.
        errors: The error of each stratum, with its epsilons.
        pairs: Differences of the levels of each factor, Holm-corrected.
        n: How many items.
    """

    outcome: str
    terms: tuple[AnovaTerm, ...]
    errors: tuple[ErrorStratum, ...]
    pairs: Mapping[str, PairwiseTable]
    correction: str
    n: int
    n_dropped: int = 0
    warnings: tuple[Note, ...] = ()
    data_hash: str = ""

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
        return ResultTable(
            title=f"Mixed ANOVA of {self.outcome}",
            columns=("Effect", "SS", "df", "F", "p", "partial eta²"),
            rows=tuple(
                (
                    term.name,
                    number(term.sum_of_squares),
                    df_text((term.df, term.df_residual)),
                    number(term.statistic),
                    p_text(term.p_value, term.log_p).removeprefix("p ").removeprefix("= "),
                    number(term.effect_size.value),
                )
                for term in self.terms
            ),
            notes=(
                f"type III sums of squares, {self.n} items, {printed(self.correction)}",
                *map(str, self.warnings),
            ),
        )
