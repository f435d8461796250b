"""Three groups or more: one test over all, and every pair with corrected p-values."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any, Literal

from .._core.arithmetic import is_binary
from .._core.deprecated import renamed_arguments
from .._core.errors import InvalidOptionError
from .._core.lazy import FloatArray
from .._core.options import MissingPolicy, check_choice, check_share, checked_options
from .._core.results import Comparison, Interval, Selection
from .._core.tails import normal_quantile
from .._data.groups import clean_blocks, clean_groups, named
from .._data.summaries import of_blocks, of_samples
from .._data.values import AnswersByGroup, ClusterLabels, GroupClusters, Groups
from .._multiplicity.adjust import Correction, method_name
from .._multiplicity.pairwise import ManyComparison, Pair, PairwiseTable, pair_of
from .._multiplicity.posthoc import posthoc
from .._multiplicity.simultaneous import SmallestP, corrected_table
from .._tests.constructors import no_interval
from .._tests.counts.cochran import cochran_q
from .._tests.counts.contingency import chi_square
from .._tests.means.anova import welch_anova
from .._tests.means.repeated_anova import repeated_anova
from .._tests.ranks.many_groups import friedman, kruskal_wallis
from .clustered_groups import clustered_pairs, largest_t
from .clustered_ordinal_pairs import clustered_ordinal_pairs
from .nominal import RULE, compare_nominal, is_nominal
from .pretest import SELECT, choose_many
from .two_groups import SCALES, Scale, Select, compare, compare_paired

FamilyCorrection = Correction | Literal["max-t"]
PairTest = Callable[[str, str, float], Comparison]


@renamed_arguments(nan="missing")
@checked_options
def compare_many(
    groups: AnswersByGroup,
    *,
    correction: FamilyCorrection | None = None,
    level: float = 0.95,
    scale: Scale = "auto",
    select: Select = "design",
    missing: MissingPolicy = "error",
    clusters: GroupClusters | None = None,
    control: str | None = None,
    seed: int = 0,
) -> ManyComparison:
    """Compare several independent groups.

    Numbers get Welch's ANOVA and Games-Howell pairs; right and wrong answers get the chi-square
    test and pairs of proportions; declared ordinal values get Kruskal-Wallis and Dunn pairs. With
    clusters every pair gets a t test with a CR2 standard error (ordinal values P(second > first)
    with the error between clusters), and the max-T method holds their level together.

    Args:
        groups: Values by group; the first of a pair is its control.
        correction: For the pairs, as in ``adjust`` (Holm's if left out), or ``max-t``, the default
            with clusters; Games-Howell corrects itself.
        level: The level of each interval, and of all adjusted intervals together.
        scale: ``binary``, ``numeric``, ``ordinal`` or ``nominal`` (categories); ``auto`` takes 0/1
            as binary and texts as nominal.
        select: ``pretest`` chooses by Shapiro and Brown-Forsythe tests, as in ``compare``.
        missing: ``omit`` leaves missing values out and says how many.
        clusters: The clusters of each group, by its name or in order, or one mapping by item id.
        control: Compare the other groups with this one only; without it every pair.
        seed: Of the max-T method.

    Returns:
        ``omnibus`` (a Comparison) and ``pairwise`` (a table with one row per pair).

    Raises:
        NotEnoughDataError: Fewer than two groups, or fewer than two values or clusters in one.
        InvalidOptionError: Unknown option, or a control that is not a group.

    Example:
        >>> groups = {"a": [1.0, 2.1, 1.4], "b": [2.2, 2.9, 3.1], "c": [1.2, 1.9, 1.6]}
        >>> result = bench.compare_many(groups)
        >>> result.omnibus.test, len(result.pairwise.rows)
        ('welch_anova', 3)
    """
    check_share("level", level)
    family = _family(correction, clustered=clusters is not None, scale=scale, select=select)
    given: Any = groups
    if is_nominal(scale, *(columns := named(given)).values()):

        def compared(chosen: dict[str, Any], level: float) -> Comparison:
            return compare_nominal(chosen, level=level, missing=missing, seed=seed)

        return _nominal(columns, compared, _pairs(tuple(columns), control), family, level)
    samples = clean_groups(given, missing=missing, min_count=2, clusters=clusters)
    arrays = samples.arrays
    pairs = _pairs(samples.names, control)
    if family == "max-t" or clusters is not None:
        labels = samples.clusters or _own_clusters(arrays)
        table, smallest = _held_together(scale)(
            arrays,
            labels,
            pairs,
            paired=False,
            correction=None if family == "max-t" else family,
            level=level,
            seed=seed,
        )
        count = len({label for each in labels.values() for label in each})
        omnibus = largest_t(table, smallest, of_samples(samples), count, seed)
        return _many(omnibus, table, "independent groups, pairs held together", samples.dropped)
    if select == "pretest":
        return _by_pretests(arrays, pairs, family, level, samples.dropped, paired=False)
    if scale == "binary" or (scale == "auto" and all(map(is_binary, arrays.values()))):
        omnibus, reason = _table_test(arrays), "independent groups of 0/1 values"

        def test(first: str, second: str, level: float) -> Comparison:
            return compare(
                arrays[first], arrays[second], level=level, scale="binary", sensitivity=False
            )

        pairwise = _table("score test", pairs, test, family, level)
    elif scale == "ordinal":
        omnibus, reason = kruskal_wallis(arrays), "independent groups of ordered values"
        pairwise = _only(posthoc(arrays, method="dunn", correction=family, level=level), pairs)
        pairwise = _ordinal_adjusted(pairwise, family, level)
    else:
        omnibus, reason = welch_anova(arrays), "independent groups of numbers: Welch by default"
        pairwise = _only(posthoc(arrays, method="games-howell", level=level), pairs)
    return _many(omnibus, pairwise, reason, samples.dropped)


def _nominal(
    groups: dict[str, Any],
    test: Callable[[dict[str, Any], float], Comparison],
    pairs: list[tuple[str, str]],
    family: FamilyCorrection,
    level: float,
) -> ManyComparison:
    """Categories without an order: one test over all groups, and every pair."""
    if family == "max-t":
        raise InvalidOptionError("clusters/correction", family, "left out for categories")

    def pair(first: str, second: str, level: float) -> Comparison:
        return test({name: groups[name] for name in (first, second)}, level)

    table = _table("tests of categories", pairs, pair, family, level)
    return ManyComparison(omnibus=test(groups, level), pairwise=table)


def _family(
    correction: FamilyCorrection | None, *, clustered: bool, scale: Scale, select: Select
) -> FamilyCorrection:
    """The correction to use; refuses options that do not go together."""
    check_choice("scale", scale, SCALES)
    check_choice("select", select, SELECT)
    family: FamilyCorrection = correction or ("max-t" if clustered else "holm")
    if family != "max-t":
        method_name(family)
    if (clustered or family == "max-t") and select == "pretest":
        raise InvalidOptionError("select", select, "'design' here")
    return family


def _held_together(scale: Scale) -> Callable[..., tuple[PairwiseTable, SmallestP]]:
    """The pairs whose intervals hold together over clusters."""
    return clustered_ordinal_pairs if scale == "ordinal" else clustered_pairs


def _pairs(names: tuple[str, ...], control: str | None) -> list[tuple[str, str]]:
    if control is None:
        return list(combinations(names, 2))
    check_choice("control", control, names)
    return [(control, name) for name in names if name != control]


def _own_clusters(arrays: dict[str, FloatArray]) -> dict[str, list[tuple[str, int]]]:
    """Every value a cluster of its own."""
    return {name: [(name, place) for place in range(len(each))] for name, each in arrays.items()}


def _table(
    name: str, pairs: list[tuple[str, str]], test: PairTest, correction: Correction, level: float
) -> PairwiseTable:
    def again(row: Pair, level: float) -> Interval:
        return test(row.first, row.second, level).interval

    rows = [pair_of(first, second, test(first, second, level)) for first, second in pairs]
    return corrected_table(name, rows, correction, level, again)


def _only(table: PairwiseTable, pairs: list[tuple[str, str]]) -> PairwiseTable:
    """The rows of these pairs, whose intervals hold together already."""
    rows = [table.pair(*pair) for pair in pairs]
    turned = [_turned(row, pair) for row, pair in zip(rows, pairs, strict=True)]
    held = [replace(row, interval_adjusted=row.interval) for row in turned]
    return replace(table, rows=tuple(held))


def _turned(row: Pair, pair: tuple[str, str]) -> Pair:
    """The row with the control of the pair first."""
    if (row.first, row.second) == pair or row.interval is None:
        return row
    ends = row.interval
    turned = replace(ends, low=-ends.high, high=-ends.low, estimate=-ends.estimate)
    return replace(
        row,
        first=row.second,
        second=row.first,
        estimate=-row.estimate,
        statistic=-row.statistic,
        interval=turned,
    )


def _ordinal_adjusted(table: PairwiseTable, correction: Correction, level: float) -> PairwiseTable:
    """Dunn's pairs, corrected for the pairs that are asked for."""

    def again(row: Pair, level: float) -> Interval:
        half = normal_quantile(0.5 + level / 2) * (0.0 if math.isnan(row.se) else row.se)
        ends = row.interval or no_interval(row.estimate)
        return replace(ends, low=row.estimate - half, high=row.estimate + half, level=level)

    return corrected_table(table.test, table.rows, correction, level, again)


def _by_pretests(
    arrays: dict[str, FloatArray],
    pairs: list[tuple[str, str]],
    correction: Correction,
    level: float,
    dropped: int,
    *,
    paired: bool,
) -> ManyComparison:
    """The omnibus test that the pre-tests choose, and pairs that are each chosen the same way."""
    chosen = compare_paired if paired else compare

    def test(first: str, second: str, level: float) -> Comparison:
        return chosen(arrays[first], arrays[second], level=level, select="pretest")

    omnibus = replace(choose_many(arrays, paired=paired), n_dropped=dropped)
    table = _table("chosen by pre-tests", pairs, test, correction, level)
    return ManyComparison(omnibus=omnibus, pairwise=table)


def _table_test(arrays: dict[str, FloatArray]) -> Comparison:
    wins = [int(array.sum()) for array in arrays.values()]
    sizes = [len(array) for array in arrays.values()]
    if sum(wins) in (0, sum(sizes)):
        # All right or all wrong everywhere: no table to test, and no evidence of a difference.
        return kruskal_wallis(arrays)
    return chi_square([[win, size - win] for win, size in zip(wins, sizes, strict=True)])


def _many(
    omnibus: Comparison, pairwise: PairwiseTable, reason: str, dropped: int
) -> ManyComparison:
    chosen = Selection(rule=RULE, reason=reason)
    return ManyComparison(
        omnibus=replace(omnibus, n_dropped=dropped, selection=chosen), pairwise=pairwise
    )


@renamed_arguments(nan="missing")
@checked_options
def compare_many_paired(
    groups: Groups,
    *,
    correction: FamilyCorrection | None = None,
    level: float = 0.95,
    scale: Scale = "auto",
    select: Select = "design",
    missing: MissingPolicy = "error",
    clusters: ClusterLabels | None = None,
    control: str | None = None,
    seed: int = 0,
) -> ManyComparison:
    """Compare several systems on the same items.

    Right and wrong answers get Cochran's Q and pairwise McNemar tests; numbers get the
    repeated-measures ANOVA with Greenhouse and Geisser's correction and pairwise t tests; declared
    ordinal values get Friedman's test and pairwise Wilcoxon tests. With clusters every pair gets a
    paired t test with a CR2 standard error (ordinal values a clustered sign test), and the max-T
    method holds their level together.

    Args:
        groups: Values by system, one per item and in the same order; the first is the control of
            its pairs. Mappings from item id to value are matched by id.
        correction: For the pairs, as in ``adjust`` (Holm's if left out), or ``max-t``, the default
            with clusters, which takes the correlation of the pairs into account.
        level: The level of each interval, and of all adjusted intervals together.
        scale: ``binary``, ``numeric`` or ``ordinal``; ``auto`` takes 0/1 as binary.
        select: ``pretest`` chooses by Shapiro and Brown-Forsythe tests, as in ``compare``.
        missing: ``omit`` leaves out items with a missing value and says how many.
        clusters: The cluster of every item, in order or by item id.
        control: Compare the other systems with this one only; without it every pair.
        seed: Of the max-T method.

    Returns:
        ``omnibus`` (a Comparison) and ``pairwise`` (a table with one row per pair).

    Raises:
        UnequalLengthsError: Groups with different numbers of items.
        NotEnoughDataError: Fewer than two groups, items or clusters.
        InvalidOptionError: Unknown option, or a control that is not a group.

    Example:
        >>> groups = {"a": [1, 0, 0, 1, 0], "b": [1, 1, 1, 1, 0], "c": [1, 1, 0, 1, 1]}
        >>> result = bench.compare_many_paired(groups)
        >>> print(result.omnibus.title, round(result.omnibus.p_value, 3))
        Cochran's Q test 0.264
    """
    check_share("level", level)
    family = _family(correction, clustered=clusters is not None, scale=scale, select=select)
    if scale == "nominal":
        raise InvalidOptionError("scale", scale, "another here; compare_paired takes categories")
    blocks = clean_blocks(groups, missing=missing, clusters=clusters)
    columns = {name: blocks.matrix[:, index] for index, name in enumerate(blocks.names)}
    pairs = _pairs(blocks.names, control)
    if family == "max-t" or clusters is not None:
        labels = blocks.clusters or list(range(len(blocks.matrix)))
        table, smallest = _held_together(scale)(
            columns,
            dict.fromkeys(columns, labels),
            pairs,
            paired=True,
            correction=None if family == "max-t" else family,
            level=level,
            seed=seed,
        )
        omnibus = largest_t(table, smallest, of_blocks(blocks), len(set(labels)), seed)
        return _many(omnibus, table, "the same items, pairs held together", blocks.dropped)
    if select == "pretest":
        return _by_pretests(columns, pairs, family, level, blocks.dropped, paired=True)
    inner: Scale = scale
    if scale == "auto":
        inner = "binary" if is_binary(blocks.matrix.ravel()) else "numeric"
    if inner == "binary":
        omnibus, name = cochran_q(columns), "McNemar, mid-p"
        reason = "the same items answered right or wrong by all systems"
    elif inner == "ordinal":
        omnibus, name = friedman(columns), "Wilcoxon, Pratt"
        reason = "the same items graded for all systems"
    else:
        omnibus, name = repeated_anova(columns), "paired t"
        reason = "the same items scored for all systems; sphericity is corrected for, not tested"

    def test(first: str, second: str, level: float) -> Comparison:
        return compare_paired(
            columns[first], columns[second], level=level, scale=inner, sensitivity=False
        )

    return _many(omnibus, _table(name, pairs, test, family, level), reason, blocks.dropped)
