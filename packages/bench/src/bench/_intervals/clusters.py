"""The mean of values that come in clusters, with its standard errors.

CR0, CR1 and CR2 are the sandwich estimators of an intercept-only regression (Bell and McCaffrey
2002), which has a closed form for a mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from .._core.arithmetic import centred, is_constant, mean, standard_deviation, unit_of
from .._core.lazy import FloatArray, IntArray, np
from .._core.notes import note
from .._core.options import check_choice, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.tails import t_p, t_quantile
from .._core.wording import number
from .._data.values import ClusterLabels, ValuesByItem, clean_clustered, cluster_codes
from .cluster_df import cluster_df, satterthwaite

FEW = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredMean(Result):
    """A mean with the standard errors that clusters imply.

    ``df_cr2`` holds for independent values (Pustejovsky and Tipton 2018); ``df`` also where the
    values of a cluster are alike, and is what tests and intervals use.
    """

    mean: float
    n: int
    n_clusters: int
    se_iid: float
    se_cr0: float
    se_cr1: float
    se_cr2: float
    df_cr2: float
    df: float
    se_miller: float
    warnings: tuple[Note, ...] = ()

    @property
    def design_effect(self) -> float:
        """How many times larger the variance is than under independence (CR1)."""
        return (self.se_cr1 / self.se_iid) ** 2 if self.se_iid > 0 else math.nan

    @shown
    def __str__(self) -> str:
        return (
            f"mean = {number(self.mean)}, {self.interval()} (CR1, {self.n_clusters} clusters,"
            f" {self.n} values, design effect {number(self.design_effect)})."
        )

    def table(self) -> ResultTable:
        errors = {
            "independent values": self.se_iid,
            "CR0": self.se_cr0,
            "CR1": self.se_cr1,
            f"CR2 ({number(self.df)} df)": self.se_cr2,
            "Miller": self.se_miller,
        }
        return ResultTable(
            title=f"Mean {number(self.mean)} of {self.n} values in {self.n_clusters} clusters",
            columns=("Standard error", "Value"),
            rows=tuple((name, number(value)) for name, value in errors.items()),
            notes=(str(self), *map(str, self.warnings)),
        )

    def interval(
        self, *, level: float = 0.95, distribution: Literal["t", "normal"] = "t"
    ) -> Interval:
        """With the CR1 standard error and t of clusters minus one, or the normal (many clusters).

        Raises:
            InvalidOptionError: Unknown distribution.
        """
        check_choice("distribution", distribution, ("t", "normal"))
        df = self.n_clusters - 1.0 if distribution == "t" else math.inf
        half = t_quantile(0.5 + level / 2, df) * self.se_cr1
        return Interval(
            low=self.mean - half,
            high=self.mean + half,
            level=level,
            method=f"{distribution}, CR1 clustered",
            estimate=self.mean,
        )

    def p_value(self, *, distribution: Literal["t", "normal"] = "t") -> float:
        """Whether the mean is zero, two-sided, with the CR1 standard error."""
        check_choice("distribution", distribution, ("t", "normal"))
        df = self.n_clusters - 1.0 if distribution == "t" else math.inf
        return t_p(self.mean / self.se_cr1, df, "two-sided")[0]


@checked_options
def clustered_mean(values: ValuesByItem, clusters: ClusterLabels) -> ClusteredMean:
    """The mean of clustered values with every standard error in use.

    Args:
        values: Numbers.
        clusters: The cluster of every value.

    Returns:
        The mean with its standard errors under independence, CR0, CR1 and CR2.

    Raises:
        NotEnoughDataError: Fewer than two clusters.
    """
    found_values = clean_clustered(values, clusters)
    values = found_values.values
    n = len(values)
    codes, count = cluster_codes(found_values.labels or [], n)
    average = mean(values)
    unit = unit_of(values)
    residuals = centred(values / unit)
    sums = np.bincount(codes, weights=residuals, minlength=count).astype(float)
    sizes = np.bincount(codes, minlength=count).astype(float)
    cr0 = math.sqrt(float(sums @ sums)) / n
    share = sizes / n
    cr2 = math.sqrt(float((sums**2 / (1 - share)).sum())) / n
    iid = standard_deviation(values / unit) / math.sqrt(n)
    cross = float(sums @ sums) - float(residuals @ residuals)
    miller = iid**2 + cross / n**2
    # Sums of residuals that cancel in every cluster leave noise only.
    flat = is_constant(values) or cr0 <= 1e-14 * iid
    found = [note("ZERO_VARIANCE")] if flat else []
    if count < FEW:
        found.append(note("FEW_CLUSTERS", f"{count} clusters"))
    cr1 = cr0 * math.sqrt(count / (count - 1))
    if not flat and cr1 < iid * (1 - 1e-9) and count < n:
        found.append(note("NEGATIVE_ICC"))
    return ClusteredMean(
        mean=average,
        n=n,
        n_clusters=count,
        se_iid=math.nan if flat else iid * unit,
        se_cr0=math.nan if flat else cr0 * unit,
        se_cr1=math.nan if flat else cr1 * unit,
        se_cr2=math.nan if flat else cr2 * unit,
        df_cr2=satterthwaite(sizes, n),
        df=cluster_df(sizes, sums, float(residuals @ residuals)),
        se_miller=math.sqrt(miller) * unit if miller > 0 and not flat else math.nan,
        warnings=tuple(found),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredDifference:
    """The standard error of a difference of two means whose values come in clusters."""

    se: float
    df: float
    n_clusters: int
    warnings: tuple[Note, ...]


def clustered_difference(
    first: FloatArray, second: FloatArray, clusters: tuple[list[Any], list[Any]]
) -> ClusteredDifference:
    """CR2 by group; over the clusters of both together where a cluster is in both.

    Raises:
        NotEnoughDataError: A group in fewer than two clusters.
    """
    ours, theirs = clusters
    shared = set(ours) & set(theirs)
    if not shared:
        parts = [clustered_mean(first, ours), clustered_mean(second, theirs)]
        count = sum(part.n_clusters for part in parts)
        squares = [0.0 if math.isnan(part.se_cr2) else part.se_cr2**2 for part in parts]
        total = sum(squares)
        df = math.nan
        if total > 0:
            df = 1 / sum(
                (square / total) ** 2 / part.df for square, part in zip(squares, parts, strict=True)
            )
        return ClusteredDifference(
            se=math.sqrt(total), df=df, n_clusters=count, warnings=_few(count)
        )
    for own in clusters:  # a group in one cluster has no error between clusters
        cluster_codes(own, len(own))
    codes, count = cluster_codes([*ours, *theirs], len(first) + len(second))
    sums: FloatArray = np.zeros(count)
    dfs = []
    for values, sign, here in ((first, -1, codes[: len(first)]), (second, 1, codes[len(first) :])):
        sums += sign * adjusted_sums(values, here, count)[0]
        dfs.append(_own_df(values, here))
    return ClusteredDifference(
        se=math.sqrt(float(sums @ sums)), df=min(dfs), n_clusters=count, warnings=_few(count)
    )


def _own_df(values: FloatArray, codes: IntArray) -> float:
    """The degrees of freedom of the mean of one group, whose clusters have these codes."""
    sizes = np.bincount(codes).astype(float)
    residuals = centred(values / unit_of(values))
    sums = np.bincount(codes, weights=residuals).astype(float)
    own = sizes > 0
    return cluster_df(sizes[own], sums[own], float(residuals @ residuals))


def adjusted_sums(values: FloatArray, codes: IntArray, count: int) -> tuple[FloatArray, FloatArray]:
    """What each cluster adds to the error of a mean, adjusted as in CR2, and the cluster sizes."""
    sizes = np.bincount(codes, minlength=count).astype(float)
    unit = unit_of(values)
    residuals = centred(values / unit)
    total = np.bincount(codes, weights=residuals, minlength=count) / len(values)
    share = np.minimum(sizes / len(values), 1 - 1e-9)  # a group of one cluster has no error here
    return total * unit / np.sqrt(1 - share), sizes


def _few(count: int) -> tuple[Note, ...]:
    return (note("FEW_CLUSTERS", f"{count} clusters"),) if count < FEW else ()
