"""The designs whose power is known: their names, effects, and the settings they need."""

from __future__ import annotations

import math
from typing import Any, Literal, TypedDict, get_args

from .._core.errors import InvalidOptionError
from .._core.options import check_choice, check_number, checked_options, share_number

PowerTest = Literal[
    "t",
    "welch-t",
    "paired-t",
    "one-sample-t",
    "anova",
    "proportions",
    "proportions-h",
    "one-proportion",
    "chi-square",
    "mcnemar",
    "mcnemar-exact",
    "tost",
    "mann-whitney",
    "brunner-munzel",
    "wilcoxon",
    "eval-paired",
]
PowerMethod = Literal["exact", "normal"]
POWER_TESTS: tuple[PowerTest, ...] = get_args(PowerTest)


class PowerSettings(TypedDict, total=False):
    """What some designs need besides sample size, effect, power and error rate."""

    ratio: float
    n2: float
    groups: int
    p2: float
    df: float
    discordance: float
    margin: float
    sd: float
    share: float
    variance: float
    sd_ratio: float
    cluster_size: float
    icc: float


DESIGN_NAMES: dict[PowerTest, str] = {
    "t": "t test of two groups",
    "welch-t": "Welch t test",
    "paired-t": "paired t test",
    "one-sample-t": "one-sample t test",
    "anova": "one-way ANOVA",
    "proportions": "test of two proportions",
    "proportions-h": "test of two proportions (arcsine)",
    "one-proportion": "test of one proportion (arcsine)",
    "chi-square": "chi-square test",
    "mcnemar": "McNemar's test",
    "mcnemar-exact": "McNemar's test (exact)",
    "tost": "two one-sided t tests",
    "mann-whitney": "Mann-Whitney U test",
    "brunner-munzel": "Brunner-Munzel test",
    "wilcoxon": "Wilcoxon signed-rank test",
    "eval-paired": "paired evaluation",
}
EFFECTS = {
    "t": "Cohen's d",
    "welch-t": "difference in SDs of the control",
    "paired-t": "d_z",
    "one-sample-t": "d_z",
    "anova": "Cohen's f",
    "proportions": "difference of proportions from p2",
    "proportions-h": "Cohen's h",
    "one-proportion": "Cohen's h",
    "chi-square": "Cohen's w",
    "mcnemar": "difference of proportions",
    "mcnemar-exact": "difference of proportions",
    "tost": "true difference",
    "mann-whitney": "P(X > Y)",
    "brunner-munzel": "P(X > Y)",
    "wilcoxon": "d_z",
    "eval-paired": "difference of scores",
}
PER = {
    "anova": "per group",
    "t": "per group",
    "welch-t": "per group",
    "proportions": "per group",
    "tost": "per group",
    "mann-whitney": "in all",
    "brunner-munzel": "in all",
    "chi-square": "in all",
}
TWO_SIDED_ONLY = ("anova", "chi-square", "tost")
_NEEDED = {
    "anova": ("groups",),
    "proportions": ("p2",),
    "chi-square": ("df",),
    "mcnemar": ("discordance",),
    "mcnemar-exact": ("discordance",),
    "tost": ("margin",),
    "eval-paired": ("variance",),
}
_CLUSTERS = ("cluster_size", "icc")
_OPTIONAL = {
    "t": ("ratio", "n2", *_CLUSTERS),
    "welch-t": ("ratio", "n2", "sd_ratio", *_CLUSTERS),
    "paired-t": _CLUSTERS,
    "proportions": ("ratio", "n2", *_CLUSTERS),
    "proportions-h": ("ratio", "n2"),
    "mcnemar": _CLUSTERS,
    "tost": ("sd",),
    "mann-whitney": ("share",),
    "brunner-munzel": ("share",),
    "eval-paired": _CLUSTERS,
}
_LOWEST = {"groups": 2.0, "df": 1.0, "cluster_size": 1.0, "n2": 1.0}
_POSITIVE = ("ratio", "sd", "sd_ratio", "margin", "variance")
_SHARES = ("p2", "share", "discordance")
_OF_SPREADS = ("t", "welch-t", "paired-t", "one-sample-t", "anova", "tost", "eval-paired")
# Tests with a usual normal approximation beside the power of the test that runs.
APPROXIMATED = ("proportions", "mcnemar", "mann-whitney", "eval-paired")


def complete_settings(test: PowerTest, settings: PowerSettings) -> dict[str, Any]:
    """The settings of a design with the defaults of those left out.

    Raises:
        InvalidOptionError: A setting that the design needs is missing, or one that it does not use.
    """
    needed, optional = _NEEDED.get(test, ()), _OPTIONAL.get(test, ())
    for name in settings:
        check_choice(f"setting of {test}", name, (*needed, *optional))
    for name in needed:
        if name not in settings:
            raise InvalidOptionError(name, None, f"given for {test}")
    if ("icc" in settings) != ("cluster_size" in settings):
        raise InvalidOptionError("icc, cluster_size", dict(settings), "given together")
    defaults = {"ratio": 1.0, "sd": 1.0, "share": 0.5, "sd_ratio": 1.0}
    return {**defaults, **given_settings(settings)}


def given_settings(settings: PowerSettings) -> dict[str, float]:
    """The settings as floats, each in the range that it can have."""
    given: dict[str, Any] = dict(settings)
    found = {name: check_number(name, value) for name, value in given.items()}
    for name, value in found.items():
        if name in _LOWEST and not value >= _LOWEST[name]:
            raise InvalidOptionError(name, given[name], f"at least {_LOWEST[name]:g}")
        if name in _POSITIVE and not value > 0:
            raise InvalidOptionError(name, given[name], "above 0")
        if name in _SHARES and not 0 <= value <= 1:
            raise InvalidOptionError(name, given[name], "from 0 to 1")
        if name == "icc" and not -1 < value <= 1:
            raise InvalidOptionError(name, given[name], "above -1, at most 1")
    return found


def check_size(test: PowerTest, n: float, settings: dict[str, Any]) -> None:
    """Whether the test exists for ``n``: a spread needs two values of each group.

    Raises:
        InvalidOptionError: Fewer.
    """
    least = 1
    if test in _OF_SPREADS:
        least = 2
    elif test == "brunner-munzel":  # its n is that of both groups
        share = float(settings["share"])
        least = math.ceil(2 / min(share, 1 - share)) if 0 < share < 1 else 4
    if n < least:
        raise InvalidOptionError("n", n, f"at least {least} for {test}")


@checked_options
def f_from_eta_squared(eta_squared: float) -> float:
    """Cohen's f from eta squared: sqrt(eta²/(1 - eta²)).

    Args:
        eta_squared: Between 0 and 1.

    Returns:
        Cohen's f.

    Raises:
        InvalidOptionError: Not between 0 and 1.
    """
    if not 0 <= share_number(eta_squared) < 1:
        raise InvalidOptionError("eta_squared", eta_squared, "between 0 and 1")
    return math.sqrt(float(eta_squared) / (1 - float(eta_squared)))


@checked_options
def h_from_proportions(p1: float, p2: float) -> float:
    """Cohen's h from two proportions.

    Args:
        p1: The first proportion.
        p2: The second proportion.

    Returns:
        Cohen's h, in radians.

    Raises:
        InvalidOptionError: A proportion outside 0 to 1.
    """
    for name, value in (("p1", p1), ("p2", p2)):
        if not 0 <= share_number(value) <= 1:
            raise InvalidOptionError(name, value, "between 0 and 1")
    return 2 * math.asin(math.sqrt(p1)) - 2 * math.asin(math.sqrt(p2))
