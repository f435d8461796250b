"""Two groups: the test that fits the design, the reason for it, and what else was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from ._assumptions import check_differences, check_independent, worst_skewness
from ._binary_tests import mcnemar, two_proportions
from ._errors import InvalidOptionError
from ._notes import note
from ._numbers import (
    Alternative,
    NanPolicy,
    Values,
    check_choice,
    clean,
    is_binary,
)
from ._pairs import clean_pairs
from ._results import Check, Comparison, Selection
from ._t_tests import paired_t, welch_t

Scale = Literal["auto", "binary", "numeric", "ordinal"]


def compare(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    scale: Scale = "auto",
    nan: NanPolicy = "error",
) -> Comparison:
    """Compare two independent groups, treatment minus control.

    The test follows from the design and the scale of the values, never from a pre-test: Welch's t
    for numbers, the score test with Newcombe's interval for right and wrong.

    Args:
        control: One value per item.
        treatment: One value per item; other items than the control's (see ``compare_paired``).
        level: The level of all intervals.
        alternative: ``greater``: the treatment is larger.
        scale: ``binary``, ``numeric`` or ``ordinal`` (Likert, ranks); ``auto`` sees 0/1 as binary.
        nan: ``omit`` leaves missing values out and says how many.

    Raises:
        NotEnoughDataError: A group with fewer than two values.
        MissingValuesError: Missing values with ``nan="error"``.
    """
    check_choice("scale", scale, ("auto", "binary", "numeric", "ordinal"))
    rejected: tuple[str, ...]
    first, lost1 = clean(control, "control", nan=nan, least=2)
    second, lost2 = clean(treatment, "treatment", nan=nan, least=2)
    if scale == "binary" or (scale == "auto" and is_binary(first) and is_binary(second)):
        result = two_proportions(first, second, level=level, alternative=alternative)
        reason = "independent groups of 0/1 values: compare proportions, not means"
        rejected = ("welch_t: its interval fails near 0 and 1",)
    else:
        result = welch_t(first, second, level=level, alternative=alternative)
        reason = "independent groups of numbers, question about the mean: Welch by default"
        rejected = (
            "student_t: off its level when spreads and sizes differ",
            "mann_whitney: answers another question than the mean",
        )
    dropped = lost1 + lost2
    warnings = list(result.warnings)
    if dropped:
        warnings.append(note("DROPPED_MISSING", str(dropped)))
    if result.test == "welch_t" and worst_skewness(first, second) > 1.5:  # noqa: PLR2004  # section 6 of the guide
        warnings.append(note("SKEWED"))
    return replace(
        result,
        n_dropped=dropped,
        assumptions=check_independent({"treatment": second, "control": first}),
        selection=Selection(rule="design and scale", reason=reason, rejected=rejected),
        warnings=tuple(warnings),
    )


def compare_paired(
    control: Values,
    treatment: Values,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: str | None = None,
    interval: str | None = None,
    scale: Scale = "auto",
    ids: tuple[Sequence[Any], Sequence[Any]] | None = None,
    clusters: Sequence[Any] | None = None,
    nan: NanPolicy = "error",
) -> Comparison:
    """Compare two systems on the same items, treatment minus control.

    Right and wrong answers get McNemar's test (mid-p) with the interval of Bonett and Price for the
    difference of accuracies; numbers get the paired t test. With clusters the mean difference
    gets a CR2 standard error with Satterthwaite degrees of freedom.

    Args:
        control: One value per item, or a mapping from item id to value.
        treatment: The same items in the same order, or a mapping with the same ids.
        level: The level of all intervals.
        alternative: ``greater``: the treatment is larger.
        method: For 0/1 values: ``mid-p`` (default), ``exact``, ``chi2`` or ``chi2-corrected``.
        interval: For 0/1 values: ``bonett-price`` (default), ``tango``, ``newcombe`` or ``wald``.
        scale: ``binary``, ``numeric`` or ``ordinal`` (Likert, ranks); ``auto`` sees 0/1 as binary.
        ids: The item ids of both sides, to pair by id rather than by place.
        clusters: The cluster of every item.
        nan: ``omit`` leaves out pairs with a missing side and says how many.

    Raises:
        UnequalLengthsError: The two sides do not match.
        NotEnoughDataError: Fewer than two pairs or clusters.
        InvalidOptionError: ``method`` or ``interval`` for values that are not 0/1.
    """
    check_choice("scale", scale, ("auto", "binary", "numeric", "ordinal"))
    pairs = clean_pairs(control, treatment, nan=nan, ids=ids, clusters=clusters)
    first, second = pairs.control, pairs.treatment
    binary = scale == "binary" or (scale == "auto" and is_binary(first) and is_binary(second))
    if (not binary or pairs.clusters is not None) and (method or interval):
        raise InvalidOptionError(
            "method/interval", (method, interval), "left out: they are for unclustered 0/1 values"
        )
    checks: tuple[Check, ...] = ()
    rejected: tuple[str, ...]
    if pairs.clusters is not None:
        result = paired_t(
            first, second, level=level, alternative=alternative, clusters=pairs.clusters
        )
        reason = "clustered pairs: CR2 standard error of the mean difference, Satterthwaite df"
        rejected = ("mcnemar: takes the items of a cluster as independent",)
    elif binary:
        result = mcnemar(
            first,
            second,
            level=level,
            alternative=alternative,
            method=method or "mid-p",
            interval=interval or "bonett-price",
        )
        reason = "the same items answered right or wrong by both: only the discordant ones tell"
        rejected = ("two_proportions: throws the pairing away",)
    else:
        result = paired_t(first, second, level=level, alternative=alternative)
        reason = "the same items scored for both: the mean of the differences"
        rejected = ("welch_t: throws the pairing away", "wilcoxon: is not about the mean")
        checks = check_differences(pairs.gaps)
    warnings = list(result.warnings)
    if pairs.dropped:
        warnings.append(note("DROPPED_MISSING", str(pairs.dropped)))
    if result.test == "paired_t" and worst_skewness(pairs.gaps) > 1.5:  # noqa: PLR2004  # as in compare
        warnings.append(note("SKEWED"))
    return replace(
        result,
        n_dropped=pairs.dropped,
        assumptions=checks,
        selection=Selection(rule="design and scale", reason=reason, rejected=rejected),
        warnings=tuple(warnings),
    )
