"""Looking after every item without fooling oneself.

Confidence sequences hold at all times at once, so one may stop whenever one likes: empirical
Bernstein and hedged capital by betting (Waudby-Smith and Ramdas 2024), and an always-valid p-value
for paired right and wrong answers from a beta mixture. Group-sequential bounds (O'Brien and Fleming
1979, Pocock 1977) are for a few looks planned beforehand, by alpha spending (Lan and DeMets 1983).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ._errors import InvalidDataError, InvalidOptionError
from ._lazy import FloatArray, np, optimize, special
from ._numbers import Values, check_choice, check_share, clean
from ._pairs import clean_pairs
from ._rendering import Result, Table
from ._tails import normal_quantile
from ._wording import bracket, number, percent

_MOST_BET = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceSequence(Result):
    """One interval after each value; all of them hold together with the level."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    estimate: tuple[float, ...]
    level: float
    method: str

    def __str__(self) -> str:
        return (
            f"after {len(self.low)} values: {number(self.estimate[-1])},"
            f" {percent(self.level)} always-valid interval {bracket(self.low[-1], self.high[-1])}"
            f" ({self.method}); may be looked at after every value."
        )

    def first_excluding(self, value: float = 0.0) -> int | None:
        """After how many values the interval left ``value`` out for the first time."""
        for place, (low, high) in enumerate(zip(self.low, self.high, strict=True), start=1):
            if not low <= value <= high:
                return place
        return None

    def table(self) -> Table:
        last = len(self.low)
        shown = sorted({1, last // 4, last // 2, last} - {0})
        rows = tuple(
            (str(n), number(self.estimate[n - 1]), bracket(self.low[n - 1], self.high[n - 1]))
            for n in shown
        )
        return Table(
            title=f"Confidence sequence ({self.method})",
            columns=("Values", "Estimate", f"{percent(self.level)} interval"),
            rows=rows,
        )


def confidence_sequence(
    values: Values,
    *,
    low: float = 0.0,
    high: float = 1.0,
    level: float = 0.95,
    method: str = "betting",
    grid: int = 1000,
) -> ConfidenceSequence:
    """Intervals for the mean of bounded values, valid at every stopping time.

    Args:
        values: In the order they came, between ``low`` and ``high``.
        low: The smallest possible value.
        high: The largest possible value.
        level: The chance that all intervals hold the mean.
        method: ``betting`` (hedged capital; tight) or ``bernstein`` (closed form).
        grid: How finely ``betting`` looks for the ends; rounded outwards.

    Raises:
        InvalidDataError: A value outside the bounds.
        InvalidOptionError: Unknown method.
    """
    check_choice("method", method, ("betting", "bernstein"))
    check_share("level", level)
    array, _ = clean(values, "values")
    if not low < high or float(array.min()) < low or float(array.max()) > high:
        raise InvalidDataError("values", f"must lie between {low:g} and {high:g}")
    scaled = (array - low) / (high - low)
    ends = (
        _betting(scaled, 1 - level, grid) if method == "betting" else _bernstein(scaled, 1 - level)
    )
    # Once left out a value stays out: the intersection is valid as well.
    lower, upper = np.maximum.accumulate(ends[0]), np.minimum.accumulate(ends[1])
    running = np.cumsum(array) / np.arange(1, len(array) + 1)
    width = high - low
    return ConfidenceSequence(
        low=tuple((low + width * lower).tolist()),
        high=tuple((low + width * upper).tolist()),
        estimate=tuple(running.tolist()),
        level=level,
        method=method,
    )


def paired_confidence_sequence(
    control: Values,
    treatment: Values,
    *,
    low: float = 0.0,
    high: float = 1.0,
    level: float = 0.95,
    method: str = "betting",
    grid: int = 1000,
) -> ConfidenceSequence:
    """Intervals for the mean difference of pairs of bounded scores, treatment minus control.

    The arguments are those of ``confidence_sequence``, for both sides.

    Raises:
        UnequalLengthsError: The two sides do not match.
        InvalidDataError: A value outside the bounds.
    """
    pairs = clean_pairs(control, treatment, least=1)
    width = high - low
    for name, side in (("control", pairs.control), ("treatment", pairs.treatment)):
        if float(side.min()) < low or float(side.max()) > high:
            raise InvalidDataError(name, f"must lie between {low:g} and {high:g}")
    return confidence_sequence(
        pairs.gaps, low=-width, high=width, level=level, method=method, grid=grid
    )


def _predictable(scaled: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Means and spreads known before each value, and the bets they suggest."""
    steps = np.arange(1.0, len(scaled) + 1)
    means = (0.5 + np.cumsum(scaled)) / (steps + 1)
    spreads = (0.25 + np.cumsum((scaled - means) ** 2)) / (steps + 1)
    before_mean = np.r_[0.5, means[:-1]]
    before = np.r_[0.25, spreads[:-1]]
    bets = np.sqrt(2 * math.log(2 / alpha) / (before * steps * np.log(1 + steps)))
    return before_mean, before, bets


def _bernstein(scaled: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    """Waudby-Smith and Ramdas 2024, theorem 2 (predictable plug-in empirical Bernstein)."""
    centre, _, bets = _predictable(scaled, alpha)
    bets = np.minimum(bets, _MOST_BET)
    cost = -np.log1p(-bets) - bets
    weight = np.cumsum(bets)
    middle = np.cumsum(bets * scaled) / weight
    reach = (math.log(2 / alpha) + np.cumsum((scaled - centre) ** 2 * cost)) / weight
    return np.maximum(0.0, middle - reach), np.minimum(1.0, middle + reach)


def _betting(scaled: FloatArray, alpha: float, grid: int) -> tuple[FloatArray, FloatArray]:
    """Hedged capital, theorem 3: half the money on each side of every candidate mean."""
    if grid < 10:  # a coarser grid says nothing
        raise InvalidOptionError("grid", grid, "at least 10")
    _, _, bets = _predictable(scaled, alpha)
    candidates = np.linspace(0.0, 1.0, grid + 1)
    up, down = np.zeros(grid + 1), np.zeros(grid + 1)
    with np.errstate(divide="ignore"):
        most_up, most_down = _MOST_BET / candidates, _MOST_BET / (1 - candidates)
    lower, upper = np.empty(len(scaled)), np.empty(len(scaled))
    limit = math.log(2 / alpha)
    alive = np.ones(grid + 1, dtype=bool)
    step = 1.0 / grid
    for place, value in enumerate(scaled.tolist()):
        gap = value - candidates
        up += np.log1p(np.minimum(bets[place], most_up) * gap)
        down += np.log1p(-np.minimum(bets[place], most_down) * gap)
        alive &= np.maximum(up, down) < limit
        kept = np.flatnonzero(alive)
        if len(kept):
            lower[place] = max(0.0, candidates[kept[0]] - (step if kept[0] else 0.0))
            upper[place] = min(1.0, candidates[kept[-1]] + (step if kept[-1] < grid else 0.0))
        else:
            lower[place], upper[place] = lower[place - 1], upper[place - 1]
    return lower, upper


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
        return self.p_values[-1] if self.p_values else 1.0

    def __str__(self) -> str:
        decision = "not yet decided"
        if self.stopped_at is not None:
            decision = f"decided after {self.stopped_at} items"
        return (
            f"{self.wins} wins, {self.losses} losses: always-valid p = {self.p_value:.4g};"
            f" {decision} (alpha = {self.alpha:g}); may be looked at after every item."
        )

    def table(self) -> Table:
        return Table(
            title="Always-valid test of paired answers",
            columns=("Items", "Wins", "Losses", "p"),
            rows=(
                (str(len(self.p_values)), str(self.wins), str(self.losses), f"{self.p_value:.4g}"),
            ),
        )


def sequential_mcnemar(
    control: Values, treatment: Values, *, alpha: float = 0.05, prior: float = 1.0
) -> SequentialTest:
    """Test paired right and wrong answers after every item and stop when it is clear.

    The e-value is the beta-binomial likelihood of the discordant pairs over that of fair coins; the
    p-value is the smallest 1/e so far. By Ville's inequality it falls below ``alpha`` with chance
    at most ``alpha`` however often one looks.

    Args:
        control: 1 where the control was right, else 0, in the order the items came.
        treatment: 1 where the treatment was right, else 0.
        alpha: The error rate.
        prior: Both parameters of the beta mixture; larger bets on smaller differences.

    Raises:
        UnequalLengthsError: The two sides do not match.
        InvalidDataError: Values other than 0 and 1.
    """
    check_share("alpha", alpha)
    pairs = clean_pairs(control, treatment, least=1)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSequential(Result):
    """Critical z values for planned looks."""

    shares: tuple[float, ...]
    z: tuple[float, ...]
    alpha_spent: tuple[float, ...]
    alpha: float
    spending: str

    def __str__(self) -> str:
        looks = "; ".join(
            f"{share:.0%}: |z| > {z:.3f}" for share, z in zip(self.shares, self.z, strict=True)
        )
        return f"{self.spending} bounds for alpha = {self.alpha:g} at planned looks: {looks}."

    def table(self) -> Table:
        rows = tuple(
            (f"{share:.0%}", f"{z:.3f}", f"{spent:.4f}")
            for share, z, spent in zip(self.shares, self.z, self.alpha_spent, strict=True)
        )
        return Table(
            title=f"Group-sequential bounds ({self.spending})",
            columns=("Information", "|z| above", "Alpha spent"),
            rows=rows,
        )


def group_sequential(
    looks: int | Sequence[float], *, alpha: float = 0.05, spending: str = "obrien-fleming"
) -> GroupSequential:
    """Two-sided bounds for looks planned beforehand; looking at other times breaks them.

    Args:
        looks: How many equally spaced looks, or their shares of the final sample, rising to 1.
        alpha: The error rate over all looks.
        spending: ``obrien-fleming`` (strict early) or ``pocock`` (even), as the spending functions
            of Lan and DeMets 1983.

    Raises:
        InvalidOptionError: Shares that do not rise to 1, or an unknown spending function.
    """
    check_choice("spending", spending, ("obrien-fleming", "pocock"))
    check_share("alpha", alpha)
    shares = (
        [(place + 1) / looks for place in range(looks)] if isinstance(looks, int) else list(looks)
    )
    rising = all(a < b for a, b in zip([0.0, *shares], shares, strict=False))
    if not shares or not rising or not math.isclose(shares[-1], 1.0):
        raise InvalidOptionError("looks", looks, "a count, or shares that rise to 1")
    spent = [_spent(share, alpha, spending) for share in shares]
    z: list[float] = []
    density: tuple[FloatArray, FloatArray] | None = None
    last_share, last_spent = 0.0, 0.0
    for share, total in zip(shares, spent, strict=True):
        bound, density = _next_bound(density, share - last_share, share, total - last_spent)
        z.append(bound)
        last_share, last_spent = share, total
    return GroupSequential(
        shares=tuple(shares), z=tuple(z), alpha_spent=tuple(spent), alpha=alpha, spending=spending
    )


def _spent(share: float, alpha: float, spending: str) -> float:
    if spending == "pocock":
        return alpha * math.log(1 + (math.e - 1) * share)
    # Two one-sided functions at alpha / 2, as the standard programs have it.
    return 4 * (1 - float(special.ndtr(normal_quantile(1 - alpha / 4) / math.sqrt(share))))


def _next_bound(
    density: tuple[FloatArray, FloatArray] | None, gain: float, share: float, spend: float
) -> tuple[float, tuple[FloatArray, FloatArray]]:
    """The bound on z at a look, and the density of the score that stays inside it."""
    nodes, weights = np.polynomial.legendre.leggauss(300)

    def beyond(bound: float) -> float:
        edge = bound * math.sqrt(share)
        if density is None:
            return 2 * float(special.ndtr(-bound))
        points, mass = density
        spread = math.sqrt(gain)
        outside = special.ndtr((points - edge) / spread) + special.ndtr((-points - edge) / spread)
        return float(mass @ outside)

    bound = float(optimize.brentq(lambda z: beyond(z) - spend, 0.0, 40.0, xtol=1e-12))
    edge = bound * math.sqrt(share)
    points = edge * nodes
    if density is None:
        values = np.exp(-(points**2) / (2 * share)) / math.sqrt(2 * math.pi * share)
    else:
        gaps = points[:, None] - density[0][None, :]
        kernel = np.exp(-(gaps**2) / (2 * gain)) / math.sqrt(2 * math.pi * gain)
        values = kernel @ density[1]
    return bound, (points, values * weights * edge)
