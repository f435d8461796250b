"""Cochran's Q: right and wrong answers of several systems on the same items."""

from __future__ import annotations

import math

from ..._core.arithmetic import is_binary
from ..._core.deprecated import renamed_arguments
from ..._core.errors import InvalidDataError
from ..._core.noncentral import chi2_effect_interval
from ..._core.notes import note
from ..._core.options import MissingPolicy, check_share, checked_options
from ..._core.results import Comparison, EffectSize
from ..._core.tails import chi2_p
from ..._data.groups import clean_blocks
from ..._data.summaries import of_blocks
from ..._data.values import Groups
from ..constructors import effect_comparison


@renamed_arguments(nan="missing")
@checked_options
def cochran_q(
    groups: Groups,
    *,
    effect_level: float = 0.9,
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether several systems are right equally often on the same items (Cochran 1950).

    The effect size is the mean chance-corrected agreement eta squared of Serlin, Carr and
    Marascuilo 1982: Q over n (k - 1).

    Args:
        groups: 0 and 1 by system, in the order of the items.
        effect_level: The level of the interval of eta squared (noncentral chi-square).
        missing: ``omit`` leaves items with missing values out and says how many.

    Returns:
        The test; its estimate is eta squared of Q.

    Raises:
        InvalidDataError: Values other than 0 and 1.
        UnequalLengthsError: Groups with different numbers of items.
    """
    check_share("effect_level", effect_level)
    blocks = clean_blocks(groups, missing=missing, min_count=1)
    matrix = blocks.matrix
    if not is_binary(matrix.ravel()):
        raise InvalidDataError("groups", "Cochran's Q is for values of 0 and 1")
    n, k = matrix.shape
    wins, rows = matrix.sum(axis=0), matrix.sum(axis=1)
    bottom = k * float(rows.sum()) - float((rows**2).sum())
    flat = bottom == 0.0
    top = (k - 1) * (k * float((wins**2).sum()) - float(wins.sum()) ** 2)
    statistic = math.nan if flat else top / bottom
    eta = 0.0 if flat else statistic / (n * (k - 1))
    interval = chi2_effect_interval(
        statistic, k - 1.0, n * (k - 1.0), estimate=eta, level=effect_level
    )
    size = EffectSize(name="eta² of Q", value=eta, interval=interval)
    return effect_comparison(
        "cochran_q",
        "Cochran's Q test",
        of_blocks(blocks, {"informative": int(((rows > 0) & (rows < k)).sum())}),
        size,
        method="chi-square approximation",
        statistic=statistic,
        statistic_name="Q",
        tail=(1.0, 0.0) if flat else chi2_p(statistic, k - 1.0),
        df=(k - 1.0,),
        effect_sizes={"eta_squared_q": size},
        warnings=[note("NO_DISCORDANT_PAIRS")] if flat else [],
    )
