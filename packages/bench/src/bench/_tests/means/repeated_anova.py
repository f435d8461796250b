"""Repeated-measures analysis of variance with sphericity corrections."""

from __future__ import annotations

import math

from ..._core.arithmetic import unit_of
from ..._core.deprecated import renamed_arguments
from ..._core.notes import note
from ..._core.options import MissingPolicy, check_share, checked_options
from ..._core.results import Comparison, EffectSize
from ..._core.tails import f_p
from ..._core.wording import printed
from ..._data.groups import clean_blocks
from ..._data.summaries import of_blocks
from ..._data.values import Groups
from ..._effects.eta_squared import eta_size
from ..constructors import effect_comparison
from .sphericity import SphericityCorrection, sphericity


@renamed_arguments(nan="missing")
@checked_options
def repeated_anova(
    groups: Groups,
    *,
    correction: SphericityCorrection = "greenhouse-geisser",
    effect_level: float = 0.9,
    missing: MissingPolicy = "error",
) -> Comparison:
    """Repeated-measures analysis of variance: the same items under every condition.

    Unequal covariances (no sphericity) are corrected always, not after a test, by Greenhouse and
    Geisser 1959 or Huynh and Feldt 1976. Mauchly's test is in the details.

    Args:
        groups: Values by condition, one per item and in the same order.
        correction: ``greenhouse-geisser``, ``huynh-feldt`` or ``none``.
        effect_level: The level of the interval of partial eta squared.
        missing: ``omit`` leaves out items with a missing value and says how many.

    Returns:
        The test; its estimate is partial eta squared.

    Raises:
        UnequalLengthsError: Conditions with different numbers of items.
        NotEnoughDataError: Fewer than two items or conditions.
    """
    check_share("effect_level", effect_level)
    blocks = clean_blocks(groups, missing=missing)
    unit = unit_of(blocks.matrix)
    matrix = blocks.matrix / unit - float(blocks.matrix[0, 0]) / unit
    n, k = matrix.shape
    columns, rows, centre = matrix.mean(axis=0), matrix.mean(axis=1), float(matrix.mean())
    ss_effect = n * float(((columns - centre) ** 2).sum())
    ss_subject = k * float(((rows - centre) ** 2).sum())
    rest = matrix - columns[None, :] - rows[:, None] + centre
    ss_error = float((rest**2).sum())
    df1, df2 = k - 1.0, (k - 1.0) * (n - 1)
    flat = ss_error <= 1e-24 * float(((blocks.matrix / unit) ** 2).sum())
    statistic = math.nan if flat else (ss_effect / df1) / (ss_error / df2)
    shape = sphericity(matrix, correction)
    epsilon = shape.epsilon
    partial = math.nan if flat else ss_effect / (ss_effect + ss_error)
    size = eta_size(
        "partial eta²", partial, statistic, (df1, df2), level=effect_level, residuals=rest.ravel()
    )
    return effect_comparison(
        "repeated_anova",
        "repeated-measures ANOVA" + ("" if correction == "none" else f" ({printed(correction)})"),
        of_blocks(blocks),
        size,
        method="F distribution",
        statistic=statistic,
        statistic_name="F",
        tail=f_p(statistic, df1 * epsilon, df2 * epsilon),
        df=(df1 * epsilon, df2 * epsilon),
        effect_sizes={
            "partial_eta_squared": size,
            "generalized_eta_squared": EffectSize(
                name="generalised eta²",
                value=math.nan if flat else ss_effect / (ss_effect + ss_subject + ss_error),
            ),
        },
        details={
            "ss_effect": ss_effect * unit * unit,
            "ss_subject": ss_subject * unit * unit,
            "ss_error": ss_error * unit * unit,
            "df_uncorrected": (df1, df2),
            "p_uncorrected": f_p(statistic, df1, df2)[0],
            "p_greenhouse_geisser": f_p(
                statistic, df1 * shape.greenhouse_geisser, df2 * shape.greenhouse_geisser
            )[0],
            "p_huynh_feldt": f_p(statistic, df1 * shape.huynh_feldt, df2 * shape.huynh_feldt)[0],
            "p_lower_bound": f_p(statistic, 1.0, n - 1.0)[0],
            "greenhouse_geisser": shape.greenhouse_geisser,
            "huynh_feldt": shape.huynh_feldt,
            "huynh_feldt_unclipped": shape.huynh_feldt_unclipped,
            "mauchly_w": shape.mauchly_w,
            "mauchly_p": shape.mauchly_p,
        },
        warnings=[note("ZERO_VARIANCE")] if flat else size.warnings,
    )
