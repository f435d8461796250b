"""Group-sequential bounds for looks that were planned beforehand.

O'Brien and Fleming 1979 and Pocock 1977, by alpha spending (Lan and DeMets 1983).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from .._core.errors import InvalidOptionError
from .._core.lazy import FloatArray, np, optimize, special
from .._core.options import (
    check_choice,
    check_share,
    check_whole,
    checked_options,
    plain_number,
)
from .._core.rendering import Result, ResultTable
from .._core.shown import shown
from .._core.tails import normal_quantile
from .._core.wording import printed
from .._data.values import as_array

Spending = Literal["obrien-fleming", "pocock"]
SPENDINGS: tuple[Spending, ...] = get_args(Spending)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSequential(Result):
    """Critical z values for planned looks."""

    shares: tuple[float, ...]
    z: tuple[float, ...]
    alpha_spent: tuple[float, ...]
    alpha: float
    spending: Spending

    @shown
    def __str__(self) -> str:
        looks = "; ".join(
            f"{share:.0%}: |z| > {z:.3f}" for share, z in zip(self.shares, self.z, strict=True)
        )
        return (
            f"{printed(self.spending)} bounds for alpha = {self.alpha:g} at planned looks: {looks}."
        )

    def table(self) -> ResultTable:
        rows = tuple(
            (f"{share:.0%}", f"{z:.3f}", f"{spent:.4f}")
            for share, z, spent in zip(self.shares, self.z, self.alpha_spent, strict=True)
        )
        return ResultTable(
            title=f"Group-sequential bounds ({printed(self.spending)})",
            columns=("Information", "|z| above", "Alpha spent"),
            rows=rows,
        )


@checked_options
def group_sequential(
    looks: int | Sequence[float], *, alpha: float = 0.05, spending: Spending = "obrien-fleming"
) -> GroupSequential:
    """Two-sided bounds for looks planned beforehand; looking at other times breaks them.

    Args:
        looks: How many equally spaced looks, or their shares of the final sample, rising to 1.
        alpha: The error rate over all looks.
        spending: ``obrien-fleming`` (strict early) or ``pocock`` (even), as the spending functions
            of Lan and DeMets 1983.

    Returns:
        The critical z value of each look.

    Raises:
        InvalidOptionError: Shares that do not rise to 1, or an unknown spending function.

    Example:
        >>> [round(z, 2) for z in bench.group_sequential(3).z]
        [3.71, 2.51, 1.99]
    """
    check_choice("spending", spending, SPENDINGS)
    check_share("alpha", alpha)
    if isinstance(looks, bool) or math.isfinite(plain_number(looks)):
        count = check_whole("looks", looks)
        shares = [(index + 1) / count for index in range(count)]
    else:
        shares = as_array(looks, "looks").tolist()
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


def _spent(share: float, alpha: float, spending: Spending) -> float:
    if spending == "pocock":
        return alpha * math.log(1 + (math.e - 1) * share)
    # Two one-sided functions at alpha / 2, as the standard programs have it.
    return 4 * (1 - float(special.ndtr(normal_quantile(1 - alpha / 4) / math.sqrt(share))))


@cache
def _nodes() -> tuple[FloatArray, FloatArray]:
    """Points and weights of Gauss and Legendre between -1 and 1."""
    return np.polynomial.legendre.leggauss(300)


def _next_bound(
    density: tuple[FloatArray, FloatArray] | None, gain: float, share: float, spend: float
) -> tuple[float, tuple[FloatArray, FloatArray]]:
    """The bound on z at a look, and the density of the score that stays inside it."""
    nodes, weights = _nodes()

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
