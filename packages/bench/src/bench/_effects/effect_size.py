"""Every two-group effect size under one name."""

from __future__ import annotations

from typing import Any, Literal, get_args

from .._core.options import check_choice, checked_options
from .._core.results import EffectSize
from .._data.values import ClusterLabels, TwoClusters, ValuesByItem
from .dominance import cliffs_delta, probability_of_superiority
from .signed_ranks import rank_biserial
from .standardized import (
    INDEPENDENT_KINDS,
    PAIRED_KINDS,
    IndependentKind,
    PairedKind,
    standardized_difference,
)

RankKind = Literal["cliffs_delta", "probability_of_superiority", "rank_biserial"]
RANK_KINDS: tuple[RankKind, ...] = get_args(RankKind)


@checked_options
def effect_size(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    kind: IndependentKind | PairedKind | RankKind = "hedges_g",
    level: float = 0.95,
    clusters: TwoClusters | ClusterLabels | None = None,
) -> EffectSize:
    """Treatment against control on a scale without units, with its interval.

    Args:
        control: One value per item.
        treatment: One value per item, matched for the paired kinds.
        kind: ``cohens_d``, ``hedges_g``, ``glass_delta``, ``d_unpooled``, ``cliffs_delta`` or
            ``probability_of_superiority`` for independent groups; ``d_z``, ``g_z``, ``d_av``,
            ``d_rm`` or ``rank_biserial`` for pairs.
        level: The level of the interval.
        clusters: The clusters of both groups, as a pair, or one mapping by item id; for pairs the
            cluster of every pair.

    Returns:
        The effect size with its interval.

    Raises:
        InvalidOptionError: Unknown kind.

    Example:
        >>> print(bench.effect_size([1, 2, 3, 4], [3, 4, 5, 7], kind="cohens_d"))
        d = 1.49 [-0.169, 3.05] (very large, Cohen 1988, Sawilowsky 2009)
    """
    check_choice("kind", kind, (*INDEPENDENT_KINDS, *PAIRED_KINDS, *RANK_KINDS))
    chosen: Any = kind
    given: Any = clusters  # two columns for groups, one for pairs
    if kind == "rank_biserial":
        return rank_biserial(control, treatment, level=level, clusters=given)
    if kind in RANK_KINDS:
        ranked = cliffs_delta if kind == "cliffs_delta" else probability_of_superiority
        return ranked(control, treatment, level=level, clusters=given)
    return standardized_difference(control, treatment, kind=chosen, level=level, clusters=given)
