"""Adjusted means of the levels of a factor, and their differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from .._core.lazy import FloatArray, np
from .._core.results import Interval
from .._core.tails import t_p, t_quantile
from .._multiplicity.pairwise import Pair, PairwiseTable
from .._multiplicity.simultaneous import corrected_table
from .anova_table import AdjustedMean
from .design import contrasts, levels_of
from .least_squares import LeastSquares


def adjusted_means(
    model: LeastSquares, labels: Mapping[str, Sequence[str]], level: float, shift: float
) -> tuple[tuple[AdjustedMean, ...], dict[str, PairwiseTable]]:
    """The means of every factor, and the differences within each; ``shift`` is added to means.

    Sum-to-zero coding makes the other factors, and centring the covariates, vanish.
    """
    reach = t_quantile((1 + level) / 2, model.df)
    means, pairs = [], {}
    for factor, column in labels.items():
        levels = levels_of(column)
        weights = np.zeros((len(levels), model.matrix.shape[1]))
        weights[:, 0] = 1.0
        weights[:, model.columns_of(factor)] = contrasts(len(levels), "sum")
        for name, row in zip(levels, weights, strict=True):
            value, se = model.estimate(row)
            means.append(
                AdjustedMean(
                    factor=factor,
                    level=name,
                    n=sum(label == name for label in column),
                    estimate=value + shift,
                    se=se,
                    interval=_around(value + shift, se, reach, level),
                )
            )
        pairs[factor] = _differences(model, levels, weights, reach, level)
    return tuple(means), pairs


def _differences(
    model: LeastSquares, levels: Sequence[str], weights: FloatArray, reach: float, level: float
) -> PairwiseTable:
    chosen = list(combinations(range(len(levels)), 2))
    found = [model.estimate(weights[second] - weights[first]) for first, second in chosen]
    tests = [value / se for value, se in found]
    p_values = [t_p(t, model.df, "two-sided")[0] for t in tests]
    rows = [
        Pair(
            first=levels[first],
            second=levels[second],
            estimate=value,
            estimate_name="adjusted mean difference",
            se=se,
            statistic=t,
            statistic_name="t",
            p_value=p,
            p_adjusted=p,
            interval=_around(value, se, reach, level),
            df=model.df,
        )
        for (first, second), (value, se), t, p in zip(chosen, found, tests, p_values, strict=True)
    ]

    def again(row: Pair, level: float) -> Interval:
        reach = t_quantile((1 + level) / 2, model.df)
        return _around(row.estimate, row.se, reach, level)

    return corrected_table("t of adjusted means", rows, "holm", level, again)


def _around(value: float, se: float, reach: float, level: float) -> Interval:
    return Interval(
        low=value - reach * se,
        high=value + reach * se,
        level=level,
        method="t, pooled residual",
        estimate=value,
    )
