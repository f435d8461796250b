"""The result of a mixed-effects model: fixed effects and variance components."""

from __future__ import annotations

from dataclasses import dataclass

from .._core.errors import UnknownRowError
from .._core.rendering import Result, ResultTable, Value
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.wording import bracket, df_text, number, p_text, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedEffect(Value):
    """One coefficient: the difference a level makes, or the slope of a covariate."""

    name: str
    estimate: float
    se: float
    statistic: float
    df: float
    p_value: float
    log_p: float
    interval: Interval

    @shown
    def __str__(self) -> str:
        test = f"t{df_text((self.df,))} = {number(self.statistic)}"
        return f"{self.name}: b = {number(self.estimate)}, {self.interval}, {test}, " + p_text(
            self.p_value, self.log_p
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceComponent(Value):
    """The variance between the levels of one random effect."""

    name: str
    levels: int
    variance: float
    share: float

    @shown
    def __str__(self) -> str:
        return f"{self.name}: variance {number(self.variance)} ({percent(round(self.share, 3))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedModel(Result):
    """A linear mixed model, fitted by restricted maximum likelihood.

    Attributes:
        effects: The fixed effects; the first is the intercept.
        variances: The components of variance; the last is the residual.
        log_likelihood: The restricted log-likelihood.
        converged: Whether the optimiser says that it found the maximum.
    """

    outcome: str
    effects: tuple[FixedEffect, ...]
    variances: tuple[VarianceComponent, ...]
    log_likelihood: float
    converged: bool
    n: int
    n_dropped: int = 0
    warnings: tuple[Note, ...] = ()
    data_hash: str = ""

    def effect(self, name: str) -> FixedEffect:
        """The fixed effect of this name.

        Raises:
            UnknownRowError: The model has no such effect.
        """
        for effect in self.effects:
            if effect.name == name:
                return effect
        raise UnknownRowError(name, [effect.name for effect in self.effects])

    @shown
    def __str__(self) -> str:
        parts = [*map(str, self.effects[1:]), *map(str, self.variances)]
        return "; ".join(parts) + "."

    def table(self) -> ResultTable:
        level = self.effects[0].interval.level
        rows = tuple(
            (
                effect.name,
                number(effect.estimate),
                number(effect.se),
                bracket(effect.interval.low, effect.interval.high),
                f"t{df_text((effect.df,))} = {number(effect.statistic)}",
                p_text(effect.p_value, effect.log_p).removeprefix("p ").removeprefix("= "),
            )
            for effect in self.effects
        )
        return ResultTable(
            title=f"Mixed-effects model of {self.outcome}",
            columns=("Fixed effect", "Estimate", "SE", f"{percent(level)} CI", "Statistic", "p"),
            rows=rows,
            notes=(
                "Variances: " + "; ".join(map(str, self.variances)),
                f"n = {self.n}, restricted maximum likelihood",
                *map(str, self.warnings),
            ),
        )
