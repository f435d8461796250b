"""Statistics for comparing AI systems that say what they assumed.

>>> import bench
>>> result = bench.compare_paired([1, 0, 0, 1, 0, 0], [1, 1, 1, 1, 1, 0])
>>> print(round(result.estimate, 2), result.test)
0.5 mcnemar_midp
"""

from ._agreement import agreement
from ._anova import anova, eta_squared_interval, repeated_anova, welch_anova
from ._anova_table import AdjustedMean, AnovaTable, AnovaTerm
from ._bayes import (
    BayesFactor,
    Posterior,
    bayes_anova,
    bayes_mcnemar,
    bayes_proportions,
    bayes_t,
    correlated_t,
)
from ._bayes_mean import bayes_mean
from ._binary_tests import (
    mcnemar,
    mcnemar_from_counts,
    two_proportions,
    two_proportions_from_counts,
)
from ._bootstrap import bootstrap_interval
from ._bradley_terry import bradley_terry
from ._budget import BudgetPlan, plan_budget
from ._calibration import Bin, Calibration, calibration
from ._clusters import ClusteredMean, clustered_mean
from ._cochran import cochran_q
from ._compare import compare, compare_paired
from ._compare_many import compare_many, compare_many_paired
from ._corrections import adjust
from ._correlation import correlation
from ._descriptives import Description, describe
from ._detectable import DetectableEffect, minimum_detectable_effect
from ._dominance import cliffs_delta, probability_of_superiority, rank_biserial
from ._entry_points import (
    Corrected,
    confidence_interval,
    correct_multiple_comparisons,
    effect_size,
)
from ._equivalence import Equivalence, equivalence, equivalence_of_proportions
from ._errors import (
    BenchError,
    InvalidDataError,
    InvalidOptionError,
    MissingExtraError,
    MissingValuesError,
    NotEnoughDataError,
    UnequalLengthsError,
)
from ._evals import (
    EvalComparison,
    EvalScore,
    design_effect,
    eval_compare,
    eval_score,
    variance_components,
)
from ._experiments import Ablation, ABTest, Sweep, ab_test, ablation, sweep
from ._factorial import ancova, factorial_anova
from ._intervals import mean_interval, quantile_interval
from ._long import compare_rows
from ._mixed import mixed_model
from ._mixed_results import FixedEffect, MixedModel, VarianceComponent
from ._normality import anderson_darling, normality
from ._notes import NOTES
from ._pairwise import ManyComparison, Pair, PairwiseTable
from ._passes import PassRate, pass_at_k, pass_hat_k
from ._percentiles import Statistics, percentile
from ._permutation import permutation_test, sign_flip_test
from ._pooling import Pooled, pool_scores
from ._posthoc import posthoc
from ._power import Power, f_from_eta_squared, h_from_proportions, power, power_curve
from ._prediction_powered import PoweredMean, prediction_powered_mean
from ._preferences import Preferences, Strength
from ._proportion_intervals import proportion_interval
from ._quantile_comparison import compare_quantile
from ._rank_groups import friedman, kruskal_wallis
from ._rank_tests import brunner_munzel, mann_whitney, wilcoxon
from ._ratio import compare_ratio
from ._rendering import Table
from ._results import Check, Comparison, EffectSize, Group, Interval, Note, Selection
from ._sequential import (
    ConfidenceSequence,
    GroupSequential,
    SequentialTest,
    confidence_sequence,
    group_sequential,
    paired_confidence_sequence,
    sequential_mcnemar,
)
from ._sign_test import sign_test
from ._spreads import equal_spread, kolmogorov_smirnov, kolmogorov_smirnov_normal, variance_ratio
from ._standardised import cohens_d, hedges_g, standardised_difference
from ._t_tests import one_sample_t, paired_t, student_t, welch_t
from ._tables import chi_square, fisher_exact, goodness_of_fit, one_proportion
from ._unconditional import unconditional_test
from ._yuen import yuen_t

__all__ = [
    "NOTES",
    "ABTest",
    "Ablation",
    "AdjustedMean",
    "AnovaTable",
    "AnovaTerm",
    "BayesFactor",
    "BenchError",
    "Bin",
    "BudgetPlan",
    "Calibration",
    "Check",
    "ClusteredMean",
    "Comparison",
    "ConfidenceSequence",
    "Corrected",
    "Description",
    "DetectableEffect",
    "EffectSize",
    "Equivalence",
    "EvalComparison",
    "EvalScore",
    "FixedEffect",
    "Group",
    "GroupSequential",
    "Interval",
    "InvalidDataError",
    "InvalidOptionError",
    "ManyComparison",
    "MissingExtraError",
    "MissingValuesError",
    "MixedModel",
    "NotEnoughDataError",
    "Note",
    "Pair",
    "PairwiseTable",
    "PassRate",
    "Pooled",
    "Posterior",
    "Power",
    "PoweredMean",
    "Preferences",
    "Selection",
    "SequentialTest",
    "Statistics",
    "Strength",
    "Sweep",
    "Table",
    "UnequalLengthsError",
    "VarianceComponent",
    "ab_test",
    "ablation",
    "adjust",
    "agreement",
    "ancova",
    "anderson_darling",
    "anova",
    "bayes_anova",
    "bayes_mcnemar",
    "bayes_mean",
    "bayes_proportions",
    "bayes_t",
    "bootstrap_interval",
    "bradley_terry",
    "brunner_munzel",
    "calibration",
    "chi_square",
    "cliffs_delta",
    "clustered_mean",
    "cochran_q",
    "cohens_d",
    "compare",
    "compare_many",
    "compare_many_paired",
    "compare_paired",
    "compare_quantile",
    "compare_ratio",
    "compare_rows",
    "confidence_interval",
    "confidence_sequence",
    "correct_multiple_comparisons",
    "correlated_t",
    "correlation",
    "describe",
    "design_effect",
    "effect_size",
    "equal_spread",
    "equivalence",
    "equivalence_of_proportions",
    "eta_squared_interval",
    "eval_compare",
    "eval_score",
    "f_from_eta_squared",
    "factorial_anova",
    "fisher_exact",
    "friedman",
    "goodness_of_fit",
    "group_sequential",
    "h_from_proportions",
    "hedges_g",
    "kolmogorov_smirnov",
    "kolmogorov_smirnov_normal",
    "kruskal_wallis",
    "mann_whitney",
    "mcnemar",
    "mcnemar_from_counts",
    "mean_interval",
    "minimum_detectable_effect",
    "mixed_model",
    "normality",
    "one_proportion",
    "one_sample_t",
    "paired_confidence_sequence",
    "paired_t",
    "pass_at_k",
    "pass_hat_k",
    "percentile",
    "permutation_test",
    "plan_budget",
    "pool_scores",
    "posthoc",
    "power",
    "power_curve",
    "prediction_powered_mean",
    "probability_of_superiority",
    "proportion_interval",
    "quantile_interval",
    "rank_biserial",
    "repeated_anova",
    "sequential_mcnemar",
    "sign_flip_test",
    "sign_test",
    "standardised_difference",
    "student_t",
    "sweep",
    "two_proportions",
    "two_proportions_from_counts",
    "unconditional_test",
    "variance_components",
    "variance_ratio",
    "welch_anova",
    "welch_t",
    "wilcoxon",
    "yuen_t",
]
