"""Rank tests of several groups: Kruskal-Wallis and Friedman with Iman and Davenport's F."""

from __future__ import annotations

import math

from ..._core.deprecated import renamed_arguments
from ..._core.lazy import np
from ..._core.noncentral import chi2_effect_interval
from ..._core.notes import constant_notes, note
from ..._core.options import MissingPolicy, check_share, checked_options
from ..._core.ranks import midranks, tie_term
from ..._core.results import Comparison, EffectSize
from ..._core.tails import chi2_p, f_p
from ..._data.groups import clean_blocks, clean_groups
from ..._data.summaries import of_blocks, of_samples
from ..._data.values import Groups
from ..constructors import effect_comparison
from ..counts.sign_test import sign_tail


@renamed_arguments(nan="missing")
@checked_options
def kruskal_wallis(
    groups: Groups,
    *,
    effect_level: float = 0.9,
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether values of some group tend to be larger (Kruskal and Wallis 1952, tie-corrected).

    Args:
        groups: Values by group.
        effect_level: The level of the interval of rank epsilon squared (noncentral chi-square).
            0.9 goes with a test at .05: the interval excludes 0 exactly when the test rejects.
        missing: ``omit`` leaves missing values out and says how many.

    Returns:
        The test; its estimate is rank epsilon squared.

    Raises:
        NotEnoughDataError: Fewer than two groups, or an empty one.
    """
    check_share("effect_level", effect_level)
    samples = clean_groups(groups, missing=missing)
    arrays = list(samples.arrays.values())
    every = np.concatenate(arrays)
    size, count = len(every), len(arrays)
    ranks = midranks(every)
    sums, start = [], 0
    for array in arrays:
        sums.append(float(ranks[start : start + len(array)].sum()))
        start += len(array)
    scale = 1 - tie_term(every) / (size**3 - size)
    flat = scale <= 0
    raw = 12 / (size * (size + 1)) * math.fsum(
        total**2 / len(array) for total, array in zip(sums, arrays, strict=True)
    ) - 3 * (size + 1)
    statistic = math.nan if flat else raw / scale
    epsilon = statistic / (size - 1)
    interval = chi2_effect_interval(
        statistic, count - 1.0, size - 1.0, estimate=epsilon, level=effect_level
    )
    size_of_effect = EffectSize(name="rank epsilon²", value=epsilon, interval=interval)
    return effect_comparison(
        "kruskal_wallis",
        "Kruskal-Wallis test",
        of_samples(samples),
        size_of_effect,
        method="chi-square approximation",
        statistic=statistic,
        statistic_name="H",
        tail=chi2_p(statistic, count - 1.0),
        df=(count - 1.0,),
        effect_sizes={
            "epsilon_squared": size_of_effect,
            "eta_squared_h": EffectSize(
                name="eta² of H",
                value=(statistic - count + 1) / (size - count) if size > count else math.nan,
            ),
        },
        details={"rank_sums": dict(zip(samples.names, sums, strict=True))},
        warnings=[note("ALL_TIED")] if flat else constant_notes(*arrays),
    )


@renamed_arguments(nan="missing")
@checked_options
def friedman(
    groups: Groups,
    *,
    effect_level: float = 0.9,
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether conditions rank differently within items (Friedman 1937, tie-corrected).

    The chi-square p-value is conservative for few items; ``details`` has the F of Iman and
    Davenport 1980. Two conditions are the sign test, whose p-value is exact. Kendall's W is the
    effect size.

    Args:
        groups: Values by condition, in the order of the items.
        effect_level: The level of the interval of W (noncentral chi-square).
        missing: ``omit`` leaves items with missing values out and says how many.

    Returns:
        The test; its estimate is Kendall's W.

    Raises:
        UnequalLengthsError: Conditions with different numbers of items.
    """
    check_share("effect_level", effect_level)
    blocks = clean_blocks(groups, missing=missing)
    matrix = blocks.matrix
    n, k = matrix.shape
    ranks = np.array([midranks(row) for row in matrix])
    mean_ranks = ranks.mean(axis=0)
    spread = float(((ranks - (k + 1) / 2) ** 2).sum())
    flat = spread == 0.0
    between = n**2 * float(((mean_ranks - (k + 1) / 2) ** 2).sum())
    statistic = math.nan if flat else (k - 1) * between / spread
    w = statistic / (n * (k - 1))
    interval = chi2_effect_interval(
        statistic, k - 1.0, n * (k - 1.0), estimate=w, level=effect_level
    )
    rest = n * (k - 1) - statistic
    f = (n - 1) * statistic / rest if rest > 0 else (math.nan if flat else math.inf)
    # With two conditions chi-square rejects up to 7 % of true null hypotheses (eight items).
    first, last = matrix[:, 0], matrix[:, -1]
    wins, losses = int((last > first).sum()), int((last < first).sum())
    exact = k == 2  # conditions
    kendall = EffectSize(name="Kendall's W", symbol="W", value=w, interval=interval)
    return effect_comparison(
        "friedman",
        "Friedman test",
        of_blocks(blocks),
        kendall,
        method="exact binomial p-value" if exact else "chi-square approximation",
        statistic=statistic,
        statistic_name="χ²",
        tail=(
            sign_tail(wins, losses, "two-sided", mid=False)
            if exact and not flat
            else chi2_p(statistic, k - 1.0)
        ),
        df=(k - 1.0,),
        effect_sizes={"kendalls_w": kendall},
        details={
            "mean_ranks": dict(zip(blocks.names, mean_ranks.tolist(), strict=True)),
            "iman_davenport_f": f,
            "iman_davenport_p": f_p(f, k - 1.0, (k - 1.0) * (n - 1))[0],
        },
        warnings=[note("ALL_TIED")] if flat else constant_notes(*matrix.T),
    )
