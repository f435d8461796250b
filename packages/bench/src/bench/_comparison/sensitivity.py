"""The same question with other assumptions, attached to a result when values are few or skewed."""

from __future__ import annotations

from .._core.lazy import FloatArray
from .._core.options import Alternative
from .._core.results import Comparison
from .._tests.distributions.assumptions import worst_skewness
from .._tests.means.permutation import permutation_test, sign_flip_test
from .._tests.means.yuen import yuen_t
from .._tests.ranks.wilcoxon import wilcoxon

SKEWED = 1.5
SMALL = 10
_MAX_VALUES = 5000
_MIN_TRIMMED = 4


def is_skewed(*arrays: FloatArray) -> bool:
    return worst_skewness(*arrays) > SKEWED


def independent_analyses(
    control: FloatArray,
    treatment: FloatArray,
    *,
    skewed: bool,
    level: float,
    alternative: Alternative,
    seed: int,
) -> tuple[Comparison, ...]:
    """Studentised permutation (Janssen 1997) and trimmed means, for few or skewed values."""
    smallest, largest = sorted((len(control), len(treatment)))
    if largest > _MAX_VALUES or (smallest >= SMALL and not skewed):
        return ()
    found = [
        permutation_test(
            control,
            treatment,
            studentized=True,
            alternative=alternative,
            resamples=2000,
            seed=seed,
        )
    ]
    if smallest >= _MIN_TRIMMED:
        found.append(yuen_t(control, treatment, level=level, alternative=alternative))
    return tuple(found)


def paired_analyses(
    control: FloatArray,
    treatment: FloatArray,
    *,
    skewed: bool,
    level: float,
    alternative: Alternative,
    seed: int,
) -> tuple[Comparison, ...]:
    """Sign flips and Wilcoxon with the Hodges-Lehmann shift, for few or skewed differences."""
    size = len(control)
    if size > _MAX_VALUES or (size >= SMALL and not skewed):
        return ()
    return (
        sign_flip_test(control, treatment, alternative=alternative, resamples=2000, seed=seed),
        wilcoxon(control, treatment, level=level, alternative=alternative),
    )
