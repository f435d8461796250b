"""The result of pairwise preferences: a strength per system, and the odds of every pair."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.errors import UnknownRowError
from .._core.rendering import Result, ResultTable, Value
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.wording import bracket, number, percent
from .._multiplicity.pairwise import PairwiseTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength(Value):
    """One system: its log-odds of winning against an average one, with its interval."""

    name: str
    games: int
    wins: float
    strength: float
    se: float
    interval: Interval

    @shown
    def __str__(self) -> str:
        return f"{self.name}: {number(self.strength)}, {self.interval}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences(Result):
    """The systems from strongest to weakest, and every pair with its odds.

    Attributes:
        systems: Strengths in log-odds that sum to zero, strongest first.
        pairs: Differences of strength, second minus first, Holm-corrected.
        ties: How many games ended in a tie; each counts as half a win for both.
    """

    systems: tuple[Strength, ...]
    pairs: PairwiseTable
    games: int
    ties: int
    warnings: tuple[Note, ...] = ()

    def strength(self, name: str) -> Strength:
        """The strength of a system, by its name.

        Raises:
            UnknownRowError: The result has no such system.
        """
        for system in self.systems:
            if system.name == name:
                return system
        raise UnknownRowError(name, [system.name for system in self.systems])

    def win_probability(self, first: str, second: str) -> float:
        """The chance that the first is preferred to the second."""
        gap = self.strength(first).strength - self.strength(second).strength
        return 1 / (1 + math.exp(-gap))

    @shown
    def __str__(self) -> str:
        return "; ".join(map(str, self.systems)) + "."

    def table(self) -> ResultTable:
        level = self.systems[0].interval.level
        return ResultTable(
            title="Strengths from pairwise preferences (Bradley-Terry)",
            columns=("System", "Strength", f"{percent(level)} CI", "Wins", "Games"),
            rows=tuple(
                (
                    system.name,
                    number(system.strength),
                    bracket(system.interval.low, system.interval.high),
                    f"{system.wins:g}",
                    str(system.games),
                )
                for system in self.systems
            ),
            notes=(
                f"log-odds against the average system; {self.games} games, {self.ties} ties",
                *map(str, self.warnings),
            ),
        )
