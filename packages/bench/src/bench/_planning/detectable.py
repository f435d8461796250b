"""The smallest difference a paired design finds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.arithmetic import is_binary, variance
from .._core.errors import InvalidOptionError
from .._core.notes import note
from .._core.options import (
    ALTERNATIVES,
    Alternative,
    check_above,
    check_choice,
    check_share,
    check_whole,
    checked_options,
)
from .._core.rendering import Result, ResultTable
from .._core.results import Note
from .._core.shown import shown
from .._core.tails import normal_quantile, t_quantile
from .._core.wording import number, percent
from .._data.pairs import Pairs, clean_pairs
from .._data.values import ClusterLabels, ValuesByItem
from .._intervals.clusters import clustered_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectableEffect(Result):
    """The smallest true difference that is found with the given power."""

    value: float
    n: int
    sd: float
    alpha: float
    power: float
    alternative: str
    method: str
    assumptions: tuple[str, ...]
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> str:
        return (
            f"With {self.n} pairs a true difference of {number(self.value)} is found with"
            f" {percent(self.power)} power at alpha = {self.alpha:g} ({self.alternative})."
        )

    def table(self) -> ResultTable:
        return ResultTable(
            title="Minimum detectable effect",
            columns=("Pairs", "SD of differences", "Alpha", "Power", "Smallest difference"),
            rows=(
                (
                    str(self.n),
                    number(self.sd),
                    f"{self.alpha:g}",
                    percent(self.power),
                    number(self.value),
                ),
            ),
            notes=(*self.assumptions, *map(str, self.warnings)),
        )


@checked_options
def minimum_detectable_effect(
    control: ValuesByItem | None = None,
    treatment: ValuesByItem | None = None,
    *,
    clusters: ClusterLabels | None = None,
    n: int | None = None,
    sd: float | None = None,
    discordance: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    alternative: Alternative = "two-sided",
) -> DetectableEffect:
    """The smallest mean difference a paired design finds with the given power.

    (z_{1 - alpha/2} + z_power) sd / sqrt(n), with the standard deviation of the paired differences
    taken from data, or given for planning. For right and wrong answers the standard deviation at a
    small difference is the square root of the discordance, the share of items on which the two
    systems differ (Miller 2024, section 5; Connor 1987).

    Args:
        control: Values of the control by item, or None when planning.
        treatment: Values of the treatment for the same items.
        clusters: The cluster of every pair: then the spread is the clustered one (CR2), and ``n``
            pairs come in clusters of the same sizes.
        n: How many pairs; with data, the number planned instead of the number at hand.
        sd: The standard deviation of the differences, when planning.
        discordance: The share of discordant items, when planning for 0/1 answers.
        alpha: The error rate of the test.
        power: The chance to find the difference.
        alternative: ``two-sided``, ``less`` or ``greater``.

    Returns:
        The smallest difference, in the unit of the values.

    Raises:
        InvalidOptionError: Neither data nor a spread, or shares outside 0 to 1.
        UnequalLengthsError: Pairs that do not match.

    Example:
        >>> round(bench.minimum_detectable_effect(n=200, discordance=0.15).value, 3)
        0.077
    """
    sd = None if sd is None else check_above("sd", sd)
    n = None if n is None else check_whole("n", n)
    if discordance is not None:
        check_share("discordance", discordance)
    check_share("alpha", alpha)
    check_share("power", power)
    check_choice("alternative", alternative, ALTERNATIVES)
    warnings: tuple[Note, ...] = ()
    if control is not None and treatment is not None:
        pairs = clean_pairs(control, treatment, clusters=clusters)
        n = n or len(pairs.gaps)
        if pairs.clusters is not None:
            return _clustered(pairs, n, alpha=alpha, power=power, alternative=alternative)
        spread, source, warnings = _observed(pairs)
    elif n is None or (sd is None) == (discordance is None):
        raise InvalidOptionError(
            "n, sd, discordance", (n, sd, discordance), "n with one of sd and discordance, or data"
        )
    elif discordance is not None:
        spread, source = math.sqrt(discordance), f"discordance {number(discordance)}"
    else:
        spread, source = sd or math.nan, "standard deviation given"
    if clusters is not None and control is None:
        raise InvalidOptionError("clusters", clusters, "given with the data of both systems")
    tail = alpha / 2 if alternative == "two-sided" else alpha
    reach = normal_quantile(1 - tail) + normal_quantile(power)
    return DetectableEffect(
        value=reach * spread / math.sqrt(n),
        n=n,
        sd=spread,
        alpha=alpha,
        power=power,
        alternative=alternative,
        method="normal approximation",
        assumptions=(source, "pairs are independent of each other", "normal approximation"),
        warnings=warnings,
    )


def _observed(pairs: Pairs) -> tuple[float, str, tuple[Note, ...]]:
    """The standard deviation of the differences, where it comes from, and what is doubtful."""
    if is_binary(pairs.control) and is_binary(pairs.treatment):
        share = float((pairs.gaps != 0).mean())
        if share > 0.0:
            return math.sqrt(share), f"discordance {number(share)}", ()
        share = 1 - 0.05 ** (1 / len(pairs.gaps))
        found = (note("ASSUMED_DISCORDANCE", number(share)),)
        return math.sqrt(share), f"discordance {number(share)}", found
    spread = math.sqrt(variance(pairs.gaps))
    source = "standard deviation of the observed differences"
    return (spread, source, ()) if spread else (math.nan, source, (note("ZERO_VARIANCE"),))


def _clustered(
    pairs: Pairs, n: int, *, alpha: float, power: float, alternative: Alternative
) -> DetectableEffect:
    found = clustered_mean(pairs.treatment - pairs.control, pairs.clusters or [])
    spread = found.se_cr2 * math.sqrt(len(pairs.gaps))
    df = found.df * n / len(pairs.gaps)
    tail = alpha / 2 if alternative == "two-sided" else alpha
    reach = t_quantile(1 - tail, max(1.0, df)) + t_quantile(power, max(1.0, df))
    return DetectableEffect(
        value=reach * spread / math.sqrt(n),
        n=n,
        sd=spread,
        alpha=alpha,
        power=power,
        alternative=alternative,
        method="t approximation, CR2 with Satterthwaite df",
        assumptions=(
            f"clustered standard deviation of the differences, {found.n_clusters} clusters",
            "clusters are independent of each other",
            "t approximation",
        ),
        warnings=found.warnings,
    )
