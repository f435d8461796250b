"""Posteriors of success rates: two independent rates, and discordant pairs."""

from __future__ import annotations

import itertools
import math

from .._core.errors import InvalidOptionError
from .._core.lazy import integrate, special
from .._core.options import check_number, check_share, checked_options
from .._core.results import Interval
from .._data.counts import count, share_of
from .posterior import Posterior


@checked_options
def bayes_proportions(
    control_successes: int,
    control_n: int,
    treatment_successes: int,
    treatment_n: int,
    *,
    prior: tuple[float, float] = (1.0, 1.0),
    rope: float | None = None,
    level: float = 0.95,
) -> Posterior:
    """Two success rates with independent beta priors.

    Args:
        control_successes: Of the control.
        control_n: Of the control.
        treatment_successes: Of the treatment.
        treatment_n: Of the treatment.
        prior: The two parameters of both beta priors.
        rope: Half the width of the region of practical equivalence around no difference.
        level: Of the credible intervals.

    Returns:
        The posterior of the difference of rates, with its Bayes factor.

    Raises:
        InvalidDataError: A count that is not a whole number.
        InvalidOptionError: A level outside 0 to 1, or a prior that is not above 0.

    Example:
        >>> round(bench.bayes_proportions(40, 100, 55, 100).prob_greater, 3)
        0.983
    """
    check_share("level", level)
    a, b = _prior(prior)
    x1, n1 = share_of(treatment_successes, treatment_n, "treatment")
    x2, n2 = share_of(control_successes, control_n, "control")
    a1, b1, a2, b2 = a + x1, b + n1 - x1, a + x2, b + n2 - x2
    below = _difference_cdf(a1, b1, a2, b2, -rope if rope else 0.0)
    above = 1 - (_difference_cdf(a1, b1, a2, b2, rope) if rope else below)
    tail = (1 - level) / 2
    ends = [_difference_quantile(a1, b1, a2, b2, p) for p in (tail, 1 - tail)]
    gap = a1 / (a1 + b1) - a2 / (a2 + b2)
    log_bf = float(
        special.betaln(a1, b1)
        + special.betaln(a2, b2)
        - special.betaln(a, b)
        - special.betaln(a1 + a2 - a, b1 + b2 - b)
    )
    return Posterior(
        test="two proportions",
        mean=gap,
        interval=Interval(
            low=ends[0], high=ends[1], level=level, method="equal tails", estimate=gap
        ),
        prob_greater=above,
        prob_rope=1 - below - above if rope else None,
        prob_less=below,
        prior=f"Beta({a:g}, {b:g}) on each rate",
        bf10=math.exp(min(log_bf, 709.0)),
        details={
            "treatment_mean": a1 / (a1 + b1),
            "treatment_low": float(special.betaincinv(a1, b1, tail)),
            "treatment_high": float(special.betaincinv(a1, b1, 1 - tail)),
            "control_mean": a2 / (a2 + b2),
            "control_low": float(special.betaincinv(a2, b2, tail)),
            "control_high": float(special.betaincinv(a2, b2, 1 - tail)),
        },
    )


def _prior(prior: tuple[float, float]) -> tuple[float, float]:
    """Both parameters of a beta prior as floats above 0."""
    a, b = (check_number("prior", each) for each in prior)
    if min(a, b) <= 0:
        raise InvalidOptionError("prior", prior, "two numbers above 0")
    return a, b


def _difference_cdf(a1: float, b1: float, a2: float, b2: float, gap: float) -> float:
    """P(p1 - p2 <= gap) by integrating the treatment against the control."""
    constant = float(special.betaln(a2, b2))

    def density(p: float) -> float:
        if p <= 0 or p >= 1:
            return 0.0
        log = (a2 - 1) * math.log(p) + (b2 - 1) * math.log1p(-p) - constant
        upper = min(1.0, max(0.0, p + gap))
        return math.exp(log) * float(special.betainc(a1, b1, upper))

    mode = min(max(a2 / (a2 + b2), 1e-6), 1 - 1e-6)
    spread = math.sqrt(mode * (1 - mode) / (a2 + b2 + 1))
    cuts = sorted({0.0, max(0.0, mode - 8 * spread), mode, min(1.0, mode + 8 * spread), 1.0})
    parts = itertools.pairwise(cuts)
    return min(1.0, sum(float(integrate.quad(density, *part, limit=300)[0]) for part in parts))


def _difference_quantile(a1: float, b1: float, a2: float, b2: float, p: float) -> float:
    low, high = -1.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _difference_cdf(a1, b1, a2, b2, middle) < p else (low, middle)
    return (low + high) / 2


@checked_options
def bayes_mcnemar(
    wins: int, losses: int, *, prior: tuple[float, float] = (1.0, 1.0), level: float = 0.95
) -> Posterior:
    """The share of discordant pairs that the treatment wins, with a beta prior.

    Args:
        wins: Pairs only the treatment got right.
        losses: Pairs only the control got right.
        prior: The two parameters of the beta prior.
        level: Of the credible interval.

    Returns:
        The posterior of the share of discordant pairs won, with its Bayes factor.

    Raises:
        InvalidDataError: A count that is not a whole number.
        InvalidOptionError: A level outside 0 to 1, or a prior that is not above 0.
    """
    check_share("level", level)
    prior = _prior(prior)
    wins, losses = count(wins, "wins"), count(losses, "losses")
    a, b = prior[0] + wins, prior[1] + losses
    tail = (1 - level) / 2
    below = float(special.betainc(a, b, 0.5))
    log_bf = float(special.betaln(a, b) - special.betaln(*prior)) + (wins + losses) * math.log(2)
    return Posterior(
        test="discordant pairs",
        mean=a / (a + b),
        interval=Interval(
            low=float(special.betaincinv(a, b, tail)),
            high=float(special.betaincinv(a, b, 1 - tail)),
            level=level,
            method="equal tails",
            estimate=a / (a + b),
        ),
        prob_greater=float(special.betaincc(a, b, 0.5)),
        prob_rope=None,
        prob_less=below,
        prior=f"Beta({prior[0]:g}, {prior[1]:g}) on the share of discordant pairs won",
        bf10=math.exp(min(log_bf, 709.0)),
    )
