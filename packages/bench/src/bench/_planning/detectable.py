"""The smallest difference a paired design finds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.arithmetic import is_binary, variance
from .._core.errors import InvalidDataError, InvalidOptionError
from .._core.notes import note
from .._core.options import ALTERNATIVES, Alternative, check_choice, check_share
from .._core.rendering import Result, ResultTable
from .._core.results import Note
from .._core.tails import normal_quantile
from .._core.wording import number, percent
from .._data.pairs import clean_pairs
from .._data.values import ValuesByItem


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


def minimum_detectable_effect(
    control: ValuesByItem | None = None,
    treatment: ValuesByItem | None = None,
    *,
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
    check_share("alpha", alpha)
    check_share("power", power)
    check_choice("alternative", alternative, ALTERNATIVES)
    warnings: tuple[Note, ...] = ()
    if control is not None and treatment is not None:
        pairs = clean_pairs(control, treatment)
        n = n or len(pairs.gaps)
        if is_binary(pairs.control) and is_binary(pairs.treatment):
            share = float((pairs.gaps != 0).mean())
            if share == 0.0:
                share = 1 - 0.05 ** (1 / len(pairs.gaps))
                warnings = (note("ASSUMED_DISCORDANCE", number(share)),)
            spread, source = math.sqrt(share), f"discordance {number(share)}"
        else:
            spread = math.sqrt(variance(pairs.gaps))
            source = "standard deviation of the observed differences"
            if spread == 0.0:
                spread, warnings = math.nan, (note("ZERO_VARIANCE"),)
    elif n is None or (sd is None) == (discordance is None):
        raise InvalidOptionError(
            "n, sd, discordance", (n, sd, discordance), "n with one of sd and discordance, or data"
        )
    elif discordance is not None:
        check_share("discordance", discordance)
        spread, source = math.sqrt(discordance), f"discordance {number(discordance)}"
    else:
        if sd is None or sd <= 0:
            raise InvalidDataError("sd", "must be above 0")
        spread, source = sd, "standard deviation given"
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
