"""Ordered values that come in clusters: which of two systems tends to be higher."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from .._core.errors import NotEnoughDataError
from .._core.lazy import np
from .._core.notes import note
from .._core.options import Alternative, MissingPolicy
from .._core.results import Comparison, EffectSize, Interval, Selection
from .._data.groups import clean_two
from .._data.pairs import Pairs
from .._data.summaries import of_pairs, of_two
from .._data.values import TwoClusters, cluster_codes
from .._effects.clustered_dominance import clustered_superiority
from .._intervals.clusters import FEW
from .._intervals.shares import Units, effective_sample, mean_share, share_interval
from .._tests.constructors import t_comparison
from .nominal import RULE

SUPERIORITY = "P(treatment > control)"
_DIRECTION = "probability that treatment exceeds control"


def compare_clustered_grades(
    control: Any,
    treatment: Any,
    *,
    clusters: TwoClusters,
    level: float,
    alternative: Alternative,
    missing: MissingPolicy,
) -> Comparison:
    """Brunner and Munzel's estimate with the error between clusters."""
    groups = clean_two(control, treatment, missing=missing, min_count=2, clusters=clusters)
    labels = groups.clusters or ([], [])
    found = clustered_superiority(groups.control, groups.treatment, labels, level, alternative)
    share, ends = found.interval.estimate, found.interval
    delta = EffectSize(
        name="Cliff's delta",
        symbol="delta",
        value=2 * share - 1,
        interval=replace(
            ends, low=2 * ends.low - 1, high=2 * ends.high - 1, estimate=2 * share - 1
        ),
    )
    result = t_comparison(
        "clustered_brunner_munzel",
        "clustered Brunner-Munzel test",
        of_two(groups),
        estimate=share,
        estimate_name=SUPERIORITY,
        se=found.null_se,
        df=found.df,
        level=level,
        alternative=alternative,
        null_value=0.5,
        direction=_DIRECTION,
        effect_sizes={"cliffs_delta": delta},
        details={"clusters": found.n_clusters},
        warnings=ends.warnings,
    )
    return _chosen(result, ends, "independent groups of ordered values that come in clusters")


def compare_clustered_graded_pairs(
    pairs: Pairs, *, level: float, alternative: Alternative
) -> Comparison:
    """The share of items on which the treatment is higher, with the error between clusters."""
    labels = pairs.clusters or []
    codes, count = cluster_codes(labels, len(pairs.gaps))
    if count < 2:  # between clusters
        raise NotEnoughDataError("clusters", needed=2, got=count)
    units = Units(codes=codes, count=count, clustered=True)
    share = mean_share((np.sign(pairs.gaps) + 1) / 2)
    found = effective_sample(share, units)
    two_sided = level if alternative == "two-sided" else 2 * level - 1
    interval = share_interval(share, units, two_sided)
    tied = not pairs.gaps.any()
    warnings = [note("FEW_CLUSTERS", f"{count} clusters")] if count < FEW else []
    if found is None or found.flat:
        warnings.append(note("ALL_TIED" if tied else "COMPLETE_SEPARATION"))
    ends = Interval(
        low=0.0 if alternative == "less" else interval.low,
        high=1.0 if alternative == "greater" else interval.high,
        level=level,
        method="Wilson, effective sample of clusters",
        estimate=share.value,
        warnings=interval.warnings,
    )
    result = t_comparison(
        "clustered_sign_test",
        "clustered sign test",
        of_pairs(pairs),
        estimate=share.value,
        estimate_name=SUPERIORITY,
        se=math.nan if tied or found is None else 0.5 / math.sqrt(found.size),
        df=1.0 if found is None else found.df,
        level=level,
        alternative=alternative,
        null_value=0.5,
        direction=_DIRECTION,
        details={"clusters": count},
        warnings=warnings,
    )
    return _chosen(result, ends, "the same items graded for both, in clusters: signs by cluster")


def _chosen(result: Comparison, ends: Interval, reason: str) -> Comparison:
    rejected = ("rank tests without clusters: they take the values of a cluster as independent",)
    selection = Selection(rule=RULE, reason=reason, rejected=rejected)
    return replace(result, interval=ends, selection=selection)
