"""Three groups or more: one test over all, and every pair with corrected p-values."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from .._core.arithmetic import is_binary
from .._core.deprecated import renamed_arguments
from .._core.lazy import FloatArray
from .._core.options import MissingPolicy, check_choice
from .._core.results import Comparison, Selection
from .._data.groups import clean_blocks, clean_groups
from .._data.values import Groups
from .._multiplicity.adjust import Correction, method_name
from .._multiplicity.pairwise import ManyComparison, PairwiseTable, corrected, pair_of
from .._multiplicity.posthoc import posthoc
from .._tests.counts.cochran import cochran_q
from .._tests.counts.contingency import chi_square
from .._tests.means.anova import welch_anova
from .._tests.means.repeated_anova import repeated_anova
from .._tests.ranks.many_groups import friedman, kruskal_wallis
from .pretest import SELECT, choose_many
from .two_groups import RULE, SCALES, Scale, Select, compare, compare_paired


@renamed_arguments(nan="missing")
def compare_many(
    groups: Groups,
    *,
    correction: Correction = "holm",
    level: float = 0.95,
    scale: Scale = "auto",
    select: Select = "design",
    missing: MissingPolicy = "error",
) -> ManyComparison:
    """Compare several independent groups.

    Numbers get Welch's ANOVA and Games-Howell pairs; right and wrong answers get the chi-square
    test and pairs of proportions; declared ordinal values get Kruskal-Wallis and Dunn pairs.

    Args:
        groups: Values by group; the first of a pair is its control.
        correction: For the pairs, as in ``adjust``; Games-Howell corrects itself.
        level: The level of the intervals of the pairs.
        scale: ``binary``, ``numeric`` or ``ordinal``; ``auto`` takes 0/1 as binary.
        select: ``pretest`` chooses by Shapiro and Brown-Forsythe tests, as in ``compare``.
        missing: ``omit`` leaves missing values out and says how many.

    Returns:
        ``omnibus`` (a Comparison) and ``pairwise`` (a table with one row per pair).

    Raises:
        NotEnoughDataError: Fewer than two groups, or fewer than two values in one.

    Example:
        >>> groups = {"a": [1.0, 2.1, 1.4], "b": [2.2, 2.9, 3.1], "c": [1.2, 1.9, 1.6]}
        >>> result = bench.compare_many(groups)
        >>> result.omnibus.test, len(result.pairwise.rows)
        ('welch_anova', 3)
    """
    check_choice("scale", scale, SCALES)
    check_choice("select", select, SELECT)
    method_name(correction)
    samples = clean_groups(groups, missing=missing, min_count=2)
    arrays = samples.arrays
    if select == "pretest":
        return _by_pretests(arrays, correction, level, samples.dropped, paired=False)
    if scale == "binary" or (scale == "auto" and all(map(is_binary, arrays.values()))):
        omnibus, reason = _table_test(arrays), "independent groups of 0/1 values"
        rows = [
            pair_of(
                first,
                second,
                compare(arrays[first], arrays[second], level=level, sensitivity=False),
            )
            for first, second in combinations(arrays, 2)
        ]
        pairwise = corrected("score test", rows, correction)
    elif scale == "ordinal":
        omnibus, reason = kruskal_wallis(arrays), "independent groups of ordered values"
        pairwise = posthoc(arrays, method="dunn", correction=correction, level=level)
    else:
        omnibus, reason = welch_anova(arrays), "independent groups of numbers: Welch by default"
        pairwise = posthoc(arrays, method="games-howell", level=level)
    return _many(omnibus, pairwise, reason, samples.dropped)


def _by_pretests(
    arrays: dict[str, FloatArray],
    correction: Correction,
    level: float,
    dropped: int,
    *,
    paired: bool,
) -> ManyComparison:
    """The omnibus test that the pre-tests choose, and pairs that are each chosen the same way."""
    test = compare_paired if paired else compare
    rows = [
        pair_of(first, second, test(arrays[first], arrays[second], level=level, select="pretest"))
        for first, second in combinations(arrays, 2)
    ]
    omnibus = replace(choose_many(arrays, paired=paired), n_dropped=dropped)
    return ManyComparison(
        omnibus=omnibus, pairwise=corrected("chosen by pre-tests", rows, correction)
    )


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
def compare_many_paired(
    groups: Groups,
    *,
    correction: Correction = "holm",
    level: float = 0.95,
    scale: Scale = "auto",
    select: Select = "design",
    missing: MissingPolicy = "error",
) -> ManyComparison:
    """Compare several systems on the same items.

    Right and wrong answers get Cochran's Q and pairwise McNemar tests; numbers get the
    repeated-measures ANOVA with Greenhouse and Geisser's correction and pairwise t tests; declared
    ordinal values get Friedman's test and pairwise Wilcoxon tests.

    Args:
        groups: Values by system, one per item and in the same order; the first is the control of
            its pairs. Mappings from item id to value are matched by id.
        correction: For the pairs, as in ``adjust``.
        level: The level of the intervals of the pairs, which are not adjusted.
        scale: ``binary``, ``numeric`` or ``ordinal``; ``auto`` takes 0/1 as binary.
        select: ``pretest`` chooses by Shapiro and Brown-Forsythe tests, as in ``compare``.
        missing: ``omit`` leaves out items with a missing value and says how many.

    Returns:
        ``omnibus`` (a Comparison) and ``pairwise`` (a table with one row per pair).

    Raises:
        UnequalLengthsError: Groups with different numbers of items.

    Example:
        >>> groups = {"a": [1, 0, 0, 1, 0], "b": [1, 1, 1, 1, 0], "c": [1, 1, 0, 1, 1]}
        >>> result = bench.compare_many_paired(groups)
        >>> print(result.omnibus.title, round(result.omnibus.p_value, 3))
        Cochran's Q test 0.264
    """
    check_choice("scale", scale, SCALES)
    check_choice("select", select, SELECT)
    method_name(correction)
    blocks = clean_blocks(groups, missing=missing)
    columns = {name: blocks.matrix[:, index] for index, name in enumerate(blocks.names)}
    if select == "pretest":
        return _by_pretests(columns, correction, level, blocks.dropped, paired=True)
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
    rows = [
        pair_of(
            first,
            second,
            compare_paired(
                columns[first], columns[second], level=level, scale=inner, sensitivity=False
            ),
        )
        for first, second in combinations(columns, 2)
    ]
    return _many(omnibus, corrected(name, rows, correction), reason, blocks.dropped)
