"""Two groups: the test that fits the design, its reason, assumptions and other analyses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from .._core.arithmetic import is_binary, is_constant
from .._core.deprecated import renamed_arguments
from .._core.errors import InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import Alternative, MissingPolicy, check_choice, check_share, checked_options
from .._core.results import Check, Comparison, Note, Selection
from .._data.groups import clean_two
from .._data.pairs import Pairs, clean_pairs
from .._data.values import Answers, ClusterLabels, Labels, TwoClusters, clean
from .._effects.dominance import superiority_interval
from .._tests.counts.contingency import SPARSE, fisher_exact
from .._tests.counts.mcnemar import PairedInterval, PairedMethod, mcnemar
from .._tests.counts.two_proportions import two_proportions
from .._tests.distributions.assumptions import check_differences, check_independent
from .._tests.means.t_tests import paired_t, welch_t
from .._tests.ranks.two_groups import brunner_munzel
from .._tests.ranks.wilcoxon import wilcoxon
from .clustered_ordinal import compare_clustered_graded_pairs, compare_clustered_grades
from .clustered_rates import widened_groups, widened_pairs
from .naming import check_names, with_names
from .nominal import (
    RULE,
    by_given_ids,
    compare_nominal,
    compare_nominal_paired,
    is_nominal,
)
from .pretest import SELECT, choose_independent, choose_paired
from .sensitivity import independent_analyses, is_skewed, paired_analyses

Scale = Literal["auto", "binary", "numeric", "ordinal", "nominal"]
Select = Literal["design", "pretest"]
SCALES = ("auto", "binary", "numeric", "ordinal", "nominal")


@renamed_arguments(nan="missing")
@checked_options
def compare(
    control: Answers,
    treatment: Answers,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    scale: Scale = "auto",
    select: Select = "design",
    seed: int = 0,
    sensitivity: bool = True,
    missing: MissingPolicy = "error",
    clusters: TwoClusters | None = None,
    names: tuple[str, str] | None = None,
) -> Comparison:
    """Compare two independent groups, treatment minus control.

    The test follows from the design and the scale of the values, never from a pre-test: Welch's t
    for numbers; the score test with Newcombe's interval for right and wrong (Fisher's mid-p where
    an expected count is below 5); Brunner and Munzel's test for declared ordinal values, exact over
    all splits where these are few.

    Args:
        control: One value per item.
        treatment: One value per item. For the same items as the control's use ``compare_paired``.
        level: The level of all intervals.
        alternative: ``greater``: the treatment is larger.
        scale: ``binary``, ``numeric``, ``ordinal`` (Likert, ranks) or ``nominal`` (categories
            without an order); ``auto`` takes 0/1 as binary and texts as nominal.
        select: ``design`` chooses by the design alone; ``pretest`` looks at the data first, as many
            textbooks do, and the result says how far its error rate is off.
        seed: For the analyses that resample.
        sensitivity: Attach analyses with other assumptions when the values are few or skewed.
        missing: ``omit`` leaves missing values out and says how many.
        clusters: The clusters of both groups, as a pair, or one mapping by item id: then the mean
            difference gets a CR2 standard error, for 0/1 values too; ordinal values get that of
            P(treatment > control).
        names: What to call control and treatment in the result.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        NotEnoughDataError: A group with fewer than two values.
        MissingValuesError: Missing values with ``missing="error"``.

    Example:
        >>> control = [12.1, 11.4, 13.0, 12.2, 11.8]
        >>> treatment = [10.9, 11.0, 11.6, 10.4, 11.2]
        >>> result = bench.compare(control, treatment)
        >>> result.test, round(result.estimate, 2)
        ('welch_t', -1.08)
        >>> print(result.interval)
        95% CI [-1.85, -0.309]
    """
    check_share("level", level)
    check_choice("scale", scale, SCALES)
    check_choice("select", select, SELECT)
    check_names(names)
    x: Any = control
    y: Any = treatment
    if is_nominal(scale, x, y):
        _refuse_of_nominal(clusters=clusters, select=select)
        groups, side = {"control": x, "treatment": y}, alternative
        result = compare_nominal(groups, level=level, alternative=side, missing=missing, seed=seed)
        return with_names(result, names)
    if clusters is not None:
        check_choice("select", select, ("design",))
        test = compare_clustered_grades if scale == "ordinal" else _clustered_means
        side = alternative
        result = test(x, y, clusters=clusters, level=level, alternative=side, missing=missing)
        return with_names(result, names)
    first, lost1 = clean(x, "control", missing=missing, min_count=2)
    second, lost2 = clean(y, "treatment", missing=missing, min_count=2)
    extra: tuple[Comparison, ...] = ()
    warnings: list[Note] = []
    if select == "pretest":
        result = choose_independent(first, second, level=level, alternative=alternative)
    else:
        result = _independent_test(first, second, scale, level=level, side=alternative)
    if select == "design" and result.test == "welch_t":
        skewed = is_skewed(first, second)
        if skewed:
            warnings.append(note("SKEWED"))
        if sensitivity:
            extra = independent_analyses(
                first, second, skewed=skewed, level=level, alternative=alternative, seed=seed
            )
    if scale == "auto" and is_binary(first) and is_constant(np.append(first, second)):
        warnings.append(note("ASSUMED_BINARY"))
    if lost1 + lost2:
        warnings.append(note("DROPPED_MISSING", str(lost1 + lost2)))
    result = replace(
        result,
        n_dropped=lost1 + lost2,
        assumptions=check_independent({"treatment": second, "control": first}),
        sensitivity=extra,
        warnings=(*result.warnings, *warnings),
    )
    return with_names(result, names)


def _refuse_of_nominal(*, clusters: object, select: Select, method: str | None = None) -> None:
    if method is not None:
        raise InvalidOptionError("method/interval", method, "left out for categories")
    if clusters is not None:
        raise InvalidOptionError("clusters", clusters, "left out for categories")
    if select == "pretest":
        raise InvalidOptionError("select", select, "'design' for categories")


def _clustered_means(
    control: Any,
    treatment: Any,
    *,
    clusters: TwoClusters,
    level: float,
    alternative: Alternative,
    missing: MissingPolicy,
) -> Comparison:
    result = welch_t(
        control,
        treatment,
        level=level,
        alternative=alternative,
        missing=missing,
        clusters=clusters,
    )
    if result.interval.width == 0:
        given = clean_two(control, treatment, missing=missing, clusters=clusters)
        groups, labels = (given.control, given.treatment), given.clusters or ([], [])
        result = widened_groups(result, groups, labels, level, alternative)
    reason = "independent groups whose values come in clusters: CR2 standard error"
    rejected = ("Welch's t test: it takes the values of a cluster as independent",)
    selection = Selection(rule=RULE, reason=reason, rejected=rejected)
    return replace(result, selection=selection)


def _independent_test(
    first: FloatArray, second: FloatArray, scale: Scale, *, level: float, side: Alternative
) -> Comparison:
    if scale == "ordinal":
        result = brunner_munzel(first, second, level=level, alternative=side, method="auto")
        result = replace(
            result, interval=superiority_interval(first, second, result.df, level, side)
        )
        reason = "independent groups of ordered values: which group tends to be higher"
        rejected: tuple[str, ...] = (
            "Welch's t test: the distances between grades are not defined",
        )
    elif scale == "binary" or (scale == "auto" and is_binary(first) and is_binary(second)):
        result = _proportions(first, second, level, side)
        reason = "independent groups of 0/1 values: compare proportions, not means"
        rejected = ("Welch's t test: its interval fails near 0 and 1",)
    else:
        result = welch_t(first, second, level=level, alternative=side)
        reason = "independent groups of numbers, question about the mean: Welch by default"
        rejected = (
            "Student's t test: its error rate is off when spreads and sizes differ",
            "Mann-Whitney U test: it does not compare means",
        )
    return replace(result, selection=Selection(rule=RULE, reason=reason, rejected=rejected))


def _proportions(
    first: FloatArray, second: FloatArray, level: float, alternative: Alternative
) -> Comparison:
    """The score test, or Fisher's mid-p where the normal approximation is off."""
    result = two_proportions(first, second, level=level, alternative=alternative)
    expected = float(str(result.details["smallest_expected"]))
    if not 0 < expected < SPARSE:
        return result
    right = (int(second.sum()), int(first.sum()))
    table = [[right[0], len(second) - right[0]], [right[1], len(first) - right[1]]]
    exact = fisher_exact(table, level=level, alternative=alternative, mid=True)
    return replace(
        result,
        test="fisher_exact",
        title=exact.title,
        method="mid-p",
        statistic=exact.statistic,
        statistic_name=exact.statistic_name,
        p_value=exact.p_value,
        log_p=exact.log_p,
    )


@renamed_arguments(nan="missing")
@checked_options
def compare_paired(
    control: Answers,
    treatment: Answers,
    *,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    method: PairedMethod | None = None,
    interval: PairedInterval | None = None,
    scale: Scale = "auto",
    ids: tuple[Labels, Labels] | None = None,
    clusters: ClusterLabels | None = None,
    select: Select = "design",
    seed: int = 0,
    sensitivity: bool = True,
    missing: MissingPolicy = "error",
    names: tuple[str, str] | None = None,
) -> Comparison:
    """Compare two systems on the same items, treatment minus control.

    Right and wrong answers get McNemar's test (mid-p) with the interval of Bonett and Price for the
    difference of accuracies; numbers get the paired t test; declared ordinal values get Wilcoxon's
    test with Pratt's zeros. With clusters the mean difference gets a CR2 standard error with
    Satterthwaite degrees of freedom; for ordinal values the share of items on which the treatment
    is higher.

    Args:
        control: One value per item, or a mapping from item id to value.
        treatment: The same items in the same order, or a mapping with the same ids.
        level: The level of all intervals.
        alternative: ``greater``: the treatment is larger.
        method: For 0/1 values: ``mid-p`` (default), ``exact``, ``chi2`` or ``chi2-corrected``.
        interval: For 0/1 values: ``bonett-price`` (default), ``tango``, ``newcombe`` or ``wald``.
        scale: ``binary``, ``numeric`` or ``ordinal`` (Likert, ranks); ``auto`` takes 0/1 as binary.
        ids: The item ids of both sides, to pair by id rather than by position.
        clusters: The cluster of every item.
        select: ``design`` chooses by the design alone; ``pretest`` looks at the data first, as many
            textbooks do, and the result says how far its error rate is off.
        seed: For the sensitivity analyses that resample.
        sensitivity: Attach analyses with other assumptions when the values are few or skewed.
        missing: ``omit`` leaves out pairs with a missing side and says how many.
        names: What to call control and treatment in the result.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        UnequalLengthsError: The two sides do not match.
        NotEnoughDataError: Fewer than two pairs or clusters.
        InvalidOptionError: ``method`` or ``interval`` for values that are not 0/1.

    Example:
        >>> result = bench.compare_paired([1, 0, 0, 1, 0, 0], [1, 1, 1, 1, 1, 0])
        >>> print(result.title, round(result.p_value, 3))
        McNemar's test (mid-p) 0.125
    """
    check_share("level", level)
    check_choice("scale", scale, SCALES)
    check_names(names)
    x: Any = control
    y: Any = treatment
    if is_nominal(scale, x, y):
        _refuse_of_nominal(clusters=clusters, select=select, method=method or interval)
        x, y = by_given_ids(x, y, ids)
        side = alternative
        result = compare_nominal_paired(
            x, y, level=level, alternative=side, missing=missing, seed=seed
        )
        return with_names(result, names)
    pairs = clean_pairs(x, y, missing=missing, ids=ids, clusters=clusters)
    binary = scale == "binary" or (
        scale == "auto" and is_binary(pairs.control) and is_binary(pairs.treatment)
    )
    if (not binary or pairs.clusters is not None) and (method or interval):
        raise InvalidOptionError(
            "method/interval", (method, interval), "left out: they are for unclustered 0/1 values"
        )
    check_choice("select", select, SELECT)
    if select == "pretest":
        if pairs.clusters is not None or method or interval:
            raise InvalidOptionError("select", select, "'design' with clusters or a method")
        result = choose_paired(pairs.control, pairs.treatment, level=level, alternative=alternative)
    else:
        result = _paired_test(pairs, scale, binary=binary, level=level, side=alternative)
    if result.test.startswith("mcnemar") and (method or interval):
        asked = mcnemar(
            pairs.control,
            pairs.treatment,
            level=level,
            alternative=alternative,
            method=method or "mid-p",
            interval=interval or "bonett-price",
        )
        result = replace(asked, selection=result.selection)
    checks: tuple[Check, ...] = ()
    extra: tuple[Comparison, ...] = ()
    warnings = list(result.warnings)
    if result.test == "paired_t" and select == "design":
        checks = check_differences(pairs.gaps)
        skewed = is_skewed(pairs.gaps)
        if skewed:
            warnings.append(note("SKEWED"))
        if sensitivity:
            extra = paired_analyses(
                pairs.control,
                pairs.treatment,
                skewed=skewed,
                level=level,
                alternative=alternative,
                seed=seed,
            )
    warnings += _data_notes(pairs, assumed=scale == "auto" and binary)
    result = replace(
        result,
        n_dropped=pairs.dropped,
        assumptions=checks,
        sensitivity=extra,
        warnings=tuple(warnings),
        ids=pairs.ids if isinstance(pairs.ids, tuple) else None,
    )
    return with_names(result, names)


def _data_notes(pairs: Pairs, *, assumed: bool) -> list[Note]:
    found = []
    if assumed and is_constant(np.append(pairs.control, pairs.treatment)):
        found.append(note("ASSUMED_BINARY"))
    if pairs.dropped:
        found.append(note("DROPPED_MISSING", str(pairs.dropped)))
    return found


def _paired_test(
    pairs: Pairs, scale: Scale, *, binary: bool, level: float, side: Alternative
) -> Comparison:
    first, second = pairs.control, pairs.treatment
    if pairs.clusters is not None and scale == "ordinal":
        return compare_clustered_graded_pairs(pairs, level=level, alternative=side)
    if pairs.clusters is not None:
        result = paired_t(first, second, level=level, alternative=side, clusters=pairs.clusters)
        result = widened_pairs(result, (first, second), pairs.clusters, level, side)
        reason = "clustered pairs: CR2 standard error of the mean difference, Satterthwaite df"
        rejected: tuple[str, ...] = (
            "McNemar's test: it takes the items of a cluster as independent",
        )
    elif scale == "ordinal":
        result = wilcoxon(first, second, level=level, alternative=side, zeros="pratt")
        reason = "the same items graded for both: signed ranks of the differences"
        rejected = ("paired t test: the distances between grades are not defined",)
    elif binary:
        result = mcnemar(first, second, level=level, alternative=side)
        reason = "the same items answered right or wrong by both: only discordant pairs count"
        rejected = ("test of two proportions: it ignores the pairing",)
    else:
        result = paired_t(first, second, level=level, alternative=side)
        reason = "the same items scored for both: the mean of the differences"
        rejected = (
            "Welch's t test: it ignores the pairing",
            "Wilcoxon signed-rank test: it does not compare means",
        )
    return replace(result, selection=Selection(rule=RULE, reason=reason, rejected=rejected))
