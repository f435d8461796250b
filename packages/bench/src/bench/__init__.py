"""Statistics for comparing AI systems that say what they assumed.

>>> import bench
>>> result = bench.compare_paired([1, 0, 0, 1, 0, 0], [1, 1, 1, 1, 1, 0])
>>> print(round(result.estimate, 2), result.test)
0.5 mcnemar_midp
"""

from ._anova import anova, eta_squared_interval, repeated_anova, welch_anova
from ._binary_tests import (
    mcnemar,
    mcnemar_from_counts,
    two_proportions,
    two_proportions_from_counts,
)
from ._cochran import cochran_q
from ._compare import compare, compare_paired
from ._compare_many import compare_many_paired
from ._corrections import adjust
from ._descriptives import Description, describe
from ._detectable import DetectableEffect, minimum_detectable_effect
from ._errors import (
    BenchError,
    InvalidDataError,
    InvalidOptionError,
    MissingExtraError,
    MissingValuesError,
    NotEnoughDataError,
    UnequalLengthsError,
)
from ._intervals import mean_interval, quantile_interval
from ._notes import NOTES
from ._pairwise import ManyComparison, Pair, PairwiseTable
from ._percentiles import Statistics, percentile
from ._proportion_intervals import proportion_interval
from ._quantile_test import compare_quantile
from ._rendering import Table
from ._results import Check, Comparison, EffectSize, Group, Interval, Note, Selection
from ._standardised import cohens_d, hedges_g, standardised_difference
from ._t_tests import one_sample_t, paired_t, student_t, welch_t

__all__ = [
    "NOTES",
    "BenchError",
    "Check",
    "Comparison",
    "Description",
    "DetectableEffect",
    "EffectSize",
    "Group",
    "Interval",
    "InvalidDataError",
    "InvalidOptionError",
    "ManyComparison",
    "MissingExtraError",
    "MissingValuesError",
    "NotEnoughDataError",
    "Note",
    "Pair",
    "PairwiseTable",
    "Selection",
    "Statistics",
    "Table",
    "UnequalLengthsError",
    "adjust",
    "anova",
    "cochran_q",
    "cohens_d",
    "compare",
    "compare_many_paired",
    "compare_paired",
    "compare_quantile",
    "describe",
    "eta_squared_interval",
    "hedges_g",
    "mcnemar",
    "mcnemar_from_counts",
    "mean_interval",
    "minimum_detectable_effect",
    "one_sample_t",
    "paired_t",
    "percentile",
    "proportion_interval",
    "quantile_interval",
    "repeated_anova",
    "standardised_difference",
    "student_t",
    "two_proportions",
    "two_proportions_from_counts",
    "welch_anova",
    "welch_t",
]
