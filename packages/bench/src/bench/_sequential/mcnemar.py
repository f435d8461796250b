"""An always-valid McNemar test: a p-value from a beta mixture that may be checked at any time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.errors import InvalidDataError
from .._core.lazy import np, special
from .._core.options import check_above, check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.shown import shown
from .._core.wording import p_text
from .._data.pairs import clean_pairs
from .._data.values import ValuesByItem


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialTest(Result):
    """An always-valid test of paired right and wrong answers."""

    p_values: tuple[float, ...]
    e_values: tuple[float, ...]
    wins: int
    losses: int
    alpha: float
    stopped_at: int | None

    @property
    def p_value(self) -> float:
        """The p-value after the last item."""
        return self.p_values[-1] if self.p_values else 1.0

    @shown
    def __str__(self) -> str:
        decision = "not yet decided"
        if self.stopped_at is not None:
            decision = f"decided after {self.stopped_at} items"
        return (
            f"{self.wins} wins, {self.losses} losses: always-valid {p_text(self.p_value)};"
            f" {decision} (alpha = {self.alpha:g}); valid after every item."
        )

    def table(self) -> ResultTable:
        return ResultTable(
            title="Always-valid test of paired answers",
            columns=("Items", "Wins", "Losses", "p"),
            rows=(
                (
                    str(len(self.p_values)),
                    str(self.wins),
                    str(self.losses),
                    p_text(self.p_value).removeprefix("p ").removeprefix("= "),
                ),
            ),
        )


@checked_options
def sequential_mcnemar(
    control: ValuesByItem, treatment: ValuesByItem, *, alpha: float = 0.05, prior: float = 1.0
) -> SequentialTest:
    """Test paired right and wrong answers after every item and stop when it is clear.

    The e-value is the beta-binomial likelihood of the discordant pairs over that of fair coins; the
    p-value is the smallest 1/e so far. By Ville's inequality it falls below ``alpha`` with chance
    at most ``alpha`` at any number of looks.

    Args:
        control: 1 where the control was right, else 0, in the order the items came.
        treatment: 1 where the treatment was right, else 0.
        alpha: The error rate.
        prior: Both parameters of the beta mixture; larger bets on smaller differences.

    Returns:
        The p-value after every item, and the item at which it fell to alpha.

    Raises:
        UnequalLengthsError: The two sides do not match.
        InvalidDataError: Values other than 0 and 1.

    Example:
        >>> bench.sequential_mcnemar([0] * 12, [1] * 12).stopped_at
        8
    """
    check_share("alpha", alpha)
    check_above("prior", prior)
    pairs = clean_pairs(control, treatment, min_count=1)
    if not np.isin(pairs.control, (0, 1)).all() or not np.isin(pairs.treatment, (0, 1)).all():
        raise InvalidDataError("pairs", "expected only 0 and 1")
    wins, losses = np.cumsum(pairs.gaps > 0), np.cumsum(pairs.gaps < 0)
    log_e = (
        special.betaln(prior + wins, prior + losses)
        - special.betaln(prior, prior)
        + (wins + losses) * math.log(2)
    )
    p_values = np.minimum.accumulate(np.minimum(1.0, np.exp(-log_e)))
    below = np.flatnonzero(p_values <= alpha)
    return SequentialTest(
        p_values=tuple(p_values.tolist()),
        e_values=tuple(np.exp(np.minimum(log_e, 700.0)).tolist()),
        wins=int(wins[-1]),
        losses=int(losses[-1]),
        alpha=alpha,
        stopped_at=int(below[0]) + 1 if len(below) else None,
    )
