"""The warnings a result can carry. The ids are stable: tests and reports may rely on them."""

from __future__ import annotations

from .arithmetic import excess_kurtosis, is_binary, is_constant
from .lazy import FloatArray, np
from .results import Note

_HEAVY_FOR_LARGE = 0.3
_SHOWS_TAILS = 100  # of t with 3 df, 99 % of samples of 120 exceed .3, and 77 % of 30
_HEAVY = 1.0  # of normal values, 12 % exceed it at n = 20 and 4 % at n = 100

NOTES: dict[str, str] = {
    "ZERO_VARIANCE": "the values do not vary, so no test and no standard error exists",
    "CONSTANT_GROUPS": "every group is constant: copies of one answer are not independent evidence",
    "PERFECT_CORRELATION": "the points lie on one line, so there is no residual to test with",
    "SMALL_SAMPLE": "fewer than 10 values in a group: the result depends on the distribution",
    "SKEWED": "strongly skewed values: read the sensitivity analyses as well",
    "HEAVY_TAILS": (
        "values with heavier tails than a normal distribution's: the interval of a standardised"
        " effect size may be too narrow"
    ),
    "SKEW_UNSEEN": (
        "10 to 19 values cannot show that they are strongly skewed, as amounts often are; then"
        " the t interval would be too narrow"
    ),
    "TAILS_UNSEEN": (
        "fewer than 100 values cannot show heavy tails, with which the interval of so large a"
        " standardised effect size would be too narrow"
    ),
    "BINARY_DATA": "the values are only 0 and 1, for which a test of proportions is better",
    "SMALL_EXPECTED": "an expected count is below 5, so a large-sample p-value would be off",
    "SCORE_APPROXIMATE": (
        "for so few answers the normal approximation is rough: at a nominal 5% the score test"
        " rejects up to 7% of true null hypotheses"
    ),
    "RANKS_APPROXIMATE": (
        "fewer than 15 values in a group, for which the t approximation is rough: at a nominal 5%"
        " it rejects up to 9% of true null hypotheses with 5 values in a group, up to 6% with 10"
    ),
    "FEW_PAIRS": (
        "fewer than 15 items whose columns are both skewed: at a nominal 5% the t test of a"
        " correlation rejects up to 6.3% of true null hypotheses; method='spearman' does not"
    ),
    "TRIMMED_APPROXIMATE": (
        "few values in a group, groups of very different size, or many ties: at a nominal 5% Yuen's"
        " t rejects up to 11% of true null hypotheses"
    ),
    "NO_DISCORDANT_PAIRS": "both systems were correct on the same items, so no pair is discordant",
    "BOUNDARY": "all or none succeeded; with 0 failures in n the rate may be as high as 3/n",
    "TIES_ASYMPTOTIC": "tied values: the p-value is a tie-corrected normal approximation",
    "MID_P": (
        "nearly all pairs differ, where a mid-p value of a few pairs rejects up to 7.7% of true"
        " null hypotheses at a nominal 5%; method='exact' does not"
    ),
    "MOMENTS_APPROXIMATE": (
        "below 200 values the chi-square distribution of K² is rough: at a nominal 5% it rejects"
        " 5.5 to 6.2% of normal samples, at 1% 1.5 to 2.5%; method='shapiro' does not"
    ),
    "NOT_IN_RANDOM_ORDER": (
        "the interval that holds after all values leaves out their mean: the values did not come in"
        " random order, or their mean changed"
    ),
    "ALL_TIED": "all values are equal, so their ranks carry no information",
    "TIED_ENDS": "both ends of the interval are one value, because so many values are tied",
    "ZEROS_DROPPED": "pairs without a difference were left out of the ranking",
    "FEW_CLUSTERS": "fewer than 20 clusters: intervals of clustered data may be too narrow",
    "NORMAL_ASSUMED": (
        "the test and its interval hold for normal values only, however many there are;"
        " equal_spread needs no normal values"
    ),
    "ITEMS_FAR_APART": (
        "the items differ by more than 2.5 log odds, as where some are always right and others"
        " never: two systems then differ in hardly any answer, and their difference is known from"
        " few items only"
    ),
    "NORMAL_RATINGS": (
        "the interval holds for normal items and errors; with skewed items or heavy tails a nominal"
        " 95% covers 80 to 91%, however many items there are"
    ),
    "RARE_IN_CLUSTERS": (
        "fewer than 20 clusters have an answer of the rarer kind, which hides how alike the answers"
        " of a cluster are: the interval may be too narrow"
    ),
    "RARE": (
        "fewer than 4 answers of the rarer kind: at so low a rate the interval may be too narrow;"
        " proportion_interval with method='clopper-pearson' is not"
    ),
    "RARE_TASKS": (
        "fewer than 4 tasks are not at the boundary where the others are: how often such tasks"
        " come is hardly known, and the interval may be too narrow"
    ),
    "FEW_EVENTS": (
        "fewer than 10 items or answers are of the rarer kind: what they have in common is hardly"
        " known, and the interval may be too narrow"
    ),
    "NEGATIVE_ICC": "clustering made the standard error smaller than independence would",
    "DROPPED_MISSING": "missing values were left out",
    "MC_ERROR": "the p-value was simulated; its Monte-Carlo error is in the details",
    "FEW_TAIL_VALUES": "fewer than 5 values lie beyond the quantile; its interval is unreliable",
    "QUANTILE_UNBOUNDED": "too few values to bound this quantile on one side",
    "RATIO_UNBOUNDED": "the control's mean is not certain to be above 0: no bound for the ratio",
    "BELOW_CHANCE": (
        "the statistic is smaller than chance alone leaves it; the upper end is that of a statistic"
        " at its median"
    ),
    "ZERO_CELL": "a cell of the table is zero",
    "MISSING_WRONG": "missing answers were counted as wrong",
    "OBSERVED_POWER": "power at the observed effect only restates the p-value",
    "LARGE_SAMPLE": "above 5000 values a normality test rejects any small deviation: no p-value",
    "SMALL_TAIL_BOOTSTRAP": "fewer than 5 values: a bootstrap of so few is unreliable",
    "LARGE_DELTA": (
        "the groups hardly overlap, where this interval of Cliff's delta is too narrow;"
        " interval='wilson' is not"
    ),
    "COMPLETE_SEPARATION": "one side is always above: n alone bounds the interval, not its spread",
    "P_UNDERFLOW": "the p-value is below what this computation can resolve; it is not zero",
    "PRETEST_SELECTION": (
        "the test was chosen by pre-tests, which reject a true equality of means too often: at a"
        " nominal 5%, measured 8.7% for sd 2 and 1 with n = 10 and 30, 41% for log-normal values"
        " with n = 30 each, 90% with n = 100 each"
    ),
    "NOT_CONVERGED": "the optimiser did not find the maximum, so do not rely on this fit",
    "NO_GROUP_VARIANCE": "a random effect explains no variance; its rows may be independent",
    "PERFECT_AGREEMENT": "all raters agree on all items: the lower end is the bound that n allows",
    "FEW_LABELS": (
        "few labels, or few of one kind: the interval depends on the distribution of the labels"
    ),
    "FEW_STUDIES": "fewer than 5 studies: how far they differ is hardly known",
    "FEW_POINTS": "too few points for the AICc of some families, which are left out",
    "WEAK_JUDGE": "the judge is hardly better than chance, so its correction is mostly noise",
    "FEW_SYSTEMS": "fewer than 5 systems: how far systems like these differ is hardly known",
    "FEW_ITEMS": "few items: the interval may be too narrow",
    "ASSUMED_BINARY": (
        "all values are 0, or all are 1: taken for wrong or right answers; amounts need"
        " scale='numeric'"
    ),
    "ASSUMED_DISCORDANCE": "no discordant pair was seen: the upper 95% bound of their share counts",
}


def note(id: str, detail: str = "") -> Note:
    """The warning with this id; ``detail`` adds the numbers of the case at hand."""
    return Note(id=id, text=f"{NOTES[id]} ({detail})" if detail else NOTES[id])


def group_notes(*groups: FloatArray) -> list[Note]:
    found = []
    if all(is_binary(group) for group in groups):
        found.append(note("BINARY_DATA"))
    if min(map(len, groups)) < 10:  # the count in the note's text
        found.append(note("SMALL_SAMPLE"))
    return found


def tail_notes(residuals: FloatArray, *, large: bool = False) -> tuple[Note, ...]:
    """Measured at an effect of 2 SD: 52 to 84 % for t with 3 df and log-normal values.

    Where the effect is large, heavy tails cost the most, and fewer signs of them are enough. Where
    the values are few as well, there may be none: what is left without a warning covers 95 %.
    """
    found = excess_kurtosis(residuals)
    if found > (_HEAVY_FOR_LARGE if large else _HEAVY):
        return (note("HEAVY_TAILS", f"excess kurtosis {found:.1f}"),)
    return (note("TAILS_UNSEEN"),) if large and len(residuals) < _SHOWS_TAILS else ()


def constant_notes(*groups: FloatArray) -> list[Note]:
    """The warning of rank and permutation tests whose groups do not vary at all."""
    varied = any(not is_constant(group) for group in groups)
    return [] if varied or is_constant(np.concatenate(groups)) else [note("CONSTANT_GROUPS")]


def dropped_notes(count: int) -> list[Note]:
    return [note("DROPPED_MISSING", f"{count}")] if count else []
