"""The rule of many textbooks: run pre-tests on the data, then choose the test by their outcome.

It is kept for comparison, not as the default: a rule that switches to ranks when the data look
skewed answers another question, and its error rate is far off. The note on every result gives the
measured rates (``tests/benchmarks/bench_stats_size.py``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from .._core.arithmetic import is_constant
from .._core.lazy import FloatArray
from .._core.notes import note
from .._core.options import Alternative
from .._core.results import Comparison, Selection
from .._core.wording import p_text
from .._tests.distributions.assumptions import shapiro_wilk
from .._tests.distributions.spreads import equal_spread
from .._tests.means.anova import anova, welch_anova
from .._tests.means.repeated_anova import repeated_anova
from .._tests.means.t_tests import paired_t, student_t, welch_t
from .._tests.ranks.many_groups import friedman, kruskal_wallis
from .._tests.ranks.two_groups import mann_whitney
from .._tests.ranks.wilcoxon import wilcoxon

SELECT = ("design", "pretest")
RULE = "pre-tests"
_ALPHA = 0.05
_MIN_FOR_SHAPIRO = 3


def choose_independent(
    first: FloatArray, second: FloatArray, *, level: float, alternative: Alternative
) -> Comparison:
    """Student's t test if no pre-test rejects, Welch's for unequal spreads, else Mann-Whitney."""
    groups = {"treatment": second, "control": first}
    normal, shape = _looks_normal(groups)
    spread, equal = _spread_p(groups)
    if not normal:
        result = mann_whitney(first, second, level=level, alternative=alternative)
        return _labelled(result, f"{shape}: ranks")
    test = student_t if equal else welch_t
    result = test(first, second, level=level, alternative=alternative)
    return _labelled(result, f"{shape}, {spread}: {result.title}")


def choose_paired(
    first: FloatArray, second: FloatArray, *, level: float, alternative: Alternative
) -> Comparison:
    """The paired t test unless normality of the differences is rejected, else Wilcoxon's."""
    normal, shape = _looks_normal({"differences": second - first})
    test = paired_t if normal else wilcoxon
    result = test(first, second, level=level, alternative=alternative)
    return _labelled(result, f"{shape}: {result.title}")


def choose_many(arrays: Mapping[str, FloatArray], *, paired: bool) -> Comparison:
    """ANOVA, Welch's ANOVA or ranks; repeated-measures ANOVA or Friedman for paired groups."""
    normal, shape = _looks_normal(arrays)
    if paired:
        result = repeated_anova(arrays) if normal else friedman(arrays)
        return _labelled(result, f"{shape}: {result.title}")
    if not normal:
        return _labelled(kruskal_wallis(arrays), f"{shape}: ranks")
    spread, equal = _spread_p(arrays)
    result = anova(arrays) if equal else welch_anova(arrays)
    return _labelled(result, f"{shape}, {spread}: {result.title}")


def _looks_normal(groups: Mapping[str, FloatArray]) -> tuple[bool, str]:
    found = {name: _shapiro_p(values) for name, values in groups.items()}
    text = ", ".join(f"{name} {p_text(p)}" for name, p in found.items())
    return all(p > _ALPHA for p in found.values()), f"Shapiro-Wilk: {text}"


def _shapiro_p(values: FloatArray) -> float:
    if len(values) < _MIN_FOR_SHAPIRO:
        return 1.0
    return 0.0 if is_constant(values) else shapiro_wilk(values)[1]


def _spread_p(groups: Mapping[str, FloatArray]) -> tuple[str, bool]:
    p = equal_spread(groups, method="brown-forsythe").p_value
    return f"Brown-Forsythe: {p_text(p)}", math.isnan(p) or p > _ALPHA


def _labelled(result: Comparison, reason: str) -> Comparison:
    return replace(
        result,
        selection=Selection(rule=RULE, reason=reason),
        warnings=(*result.warnings, note("PRETEST_SELECTION")),
    )
