"""Three groups or more: one test over all, and every pair with corrected p-values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from ._anova import repeated_anova
from ._cochran import cochran_q
from ._compare import compare_paired
from ._corrections import method_name
from ._groups import clean_blocks
from ._numbers import NanPolicy, Values, check_choice, is_binary
from ._pairwise import ManyComparison, corrected, pair_of
from ._results import Selection


def compare_many_paired(
    groups: Mapping[str, Values] | Sequence[Values],
    *,
    correction: str = "holm",
    level: float = 0.95,
    scale: str = "auto",
    nan: NanPolicy = "error",
) -> ManyComparison:
    """Compare several systems on the same items.

    Right and wrong answers get Cochran's Q and pairwise McNemar tests; numbers get the
    repeated-measures ANOVA with Greenhouse and Geisser's correction and pairwise t tests.

    Args:
        groups: Values by system, one per item and in the same order; the first is the control of
            its pairs. Mappings from item id to value are matched by id.
        correction: For the pairs, as in ``adjust``.
        level: The level of the intervals of the pairs, which are not adjusted.
        scale: ``binary`` or ``numeric``; ``auto`` sees 0/1 as binary.
        nan: ``omit`` leaves out items with a missing value and says how many.

    Returns:
        ``omnibus`` (a Comparison) and ``pairwise`` (a table with one row per pair).

    Raises:
        UnequalLengthsError: Groups with different numbers of items.
    """
    check_choice("scale", scale, ("auto", "binary", "numeric"))
    method_name(correction)
    blocks = clean_blocks(groups, nan=nan)
    columns = {name: blocks.matrix[:, place] for place, name in enumerate(blocks.names)}
    binary = scale == "binary" or (scale == "auto" and is_binary(blocks.matrix.ravel()))
    if binary:
        omnibus = cochran_q(columns)
        reason = "the same items answered right or wrong by all systems"
    else:
        omnibus = repeated_anova(columns)
        reason = "the same items scored for all systems; sphericity is corrected for, not tested"
    rows = [
        pair_of(
            first,
            second,
            compare_paired(
                columns[first],
                columns[second],
                level=level,
                scale="binary" if binary else "numeric",
            ),
        )
        for first, second in combinations(columns, 2)
    ]
    omnibus = replace(
        omnibus,
        n_dropped=blocks.dropped,
        selection=Selection(rule="design and scale", reason=reason),
    )
    name = "McNemar, mid-p" if binary else "paired t"
    return ManyComparison(omnibus=omnibus, pairwise=corrected(name, rows, correction))
