"""Statistics for comparing AI systems: tests with estimates, intervals and effect sizes.

>>> import bench
>>> result = bench.compare_paired([1, 0, 0, 1, 0, 0], [1, 1, 1, 1, 1, 0])
>>> print(round(result.estimate, 2), result.test)
0.5 mcnemar_midp
"""

import typing as _typing

from ._core.deprecated import renamed_names as _renamed_names
from ._core.lazy import names_of_modules as _names_of_modules

if _typing.TYPE_CHECKING:  # imported when one of their names is used first
    from ._agreement.agreement import agreement
    from ._agreement.intraclass import intraclass_correlation
    from ._bayes.bayes_factors import BayesFactor, bayes_anova, bayes_t
    from ._bayes.means import bayes_mean, correlated_t
    from ._bayes.posterior import Posterior
    from ._bayes.proportions import bayes_mcnemar, bayes_proportions
    from ._comparison.experiments import Ablation, ABTest, Sweep, ab_test, ablation, sweep
    from ._comparison.long_rows import compare_rows
    from ._comparison.many_groups import compare_many, compare_many_paired
    from ._comparison.two_groups import compare, compare_paired
    from ._core.errors import (
        BenchError,
        InvalidDataError,
        InvalidOptionError,
        MissingExtraError,
        MissingValuesError,
        NotEnoughDataError,
        UnequalLengthsError,
        UnknownRowError,
    )
    from ._core.notes import NOTES
    from ._core.rendering import ResultTable
    from ._core.results import Check, Comparison, EffectSize, Group, Interval, Note, Selection
    from ._data.percentiles import Statistics, percentile
    from ._effects.dominance import cliffs_delta, probability_of_superiority
    from ._effects.effect_size import effect_size
    from ._effects.risk import cohens_h
    from ._effects.signed_ranks import rank_biserial
    from ._effects.standardized import cohens_d, hedges_g, standardized_difference
    from ._evals.assisted_mean import AssistedMean, assisted_mean
    from ._evals.bradley_terry import bradley_terry
    from ._evals.calibration import Bin, Calibration, calibration
    from ._evals.comparison import EvalComparison, eval_compare
    from ._evals.meta_analysis import MetaAnalysis, MetaStudy, meta_analysis
    from ._evals.pass_at_k import PassRate, pass_at_k, pass_hat_k
    from ._evals.pooling import Pooled, pool_scores
    from ._evals.preferences import Preferences, Strength
    from ._evals.reliability import ReliabilityProfile, reliability_profile
    from ._evals.repeats import RepeatsOrItems, repeats_or_items
    from ._evals.scores import EvalScore, design_effect, eval_score, variance_components
    from ._intervals.bootstrap import bootstrap_interval
    from ._intervals.censored import censored_quantile, compare_censored_quantiles
    from ._intervals.clusters import ClusteredMean, clustered_mean
    from ._intervals.confidence_interval import confidence_interval
    from ._intervals.descriptives import Description, describe
    from ._intervals.exact_bootstrap import ExactBootstrap, exact_bootstrap
    from ._intervals.means_and_quantiles import mean_interval, quantile_interval
    from ._intervals.proportions import proportion_interval
    from ._intervals.rates import rate_interval
    from ._judges.judged_rate import JudgedRate, judged_rate
    from ._judges.powered_comparison import PoweredComparison, prediction_powered_compare
    from ._judges.prediction_powered import PoweredMean, prediction_powered_mean
    from ._models.anova_table import AdjustedMean, AnovaTable, AnovaTerm, ErrorStratum
    from ._models.contrasts import Contrast, Contrasts, contrasts
    from ._models.curves import CurveFit, CurveFits, fit_curves
    from ._models.factorial import ancova, factorial_anova
    from ._models.generalized_accuracy import GeneralizedAccuracy, generalized_accuracy
    from ._models.mixed import mixed_model
    from ._models.mixed_anova import mixed_anova
    from ._models.mixed_results import FixedEffect, MixedModel, VarianceComponent
    from ._multiplicity.adjust import adjust
    from ._multiplicity.many_results import Corrected, correct_multiple_comparisons
    from ._multiplicity.pairwise import ManyComparison, Pair, PairwiseTable
    from ._multiplicity.posthoc import posthoc
    from ._planning.assisted_design import AssistedDesign, AssistedSampling, assisted_design
    from ._planning.budget import BudgetPlan, plan_budget
    from ._planning.designs import PowerSettings, f_from_eta_squared, h_from_proportions
    from ._planning.detectable import DetectableEffect, minimum_detectable_effect
    from ._planning.power import Power, power, power_curve
    from ._sequential.confidence_sequences import (
        ConfidenceSequence,
        confidence_sequence,
        paired_confidence_sequence,
    )
    from ._sequential.group_sequential import GroupSequential, group_sequential
    from ._sequential.mcnemar import SequentialTest, sequential_mcnemar
    from ._sequential.running import RunningConfidenceSequence
    from ._tests.correlation import correlation
    from ._tests.counts.cochran import cochran_q
    from ._tests.counts.contingency import chi_square, fisher_exact
    from ._tests.counts.goodness_of_fit import goodness_of_fit, one_proportion
    from ._tests.counts.mantel_haenszel import cochran_mantel_haenszel
    from ._tests.counts.mcnemar import mcnemar, mcnemar_from_counts
    from ._tests.counts.sign_test import sign_test
    from ._tests.counts.two_proportions import two_proportions, two_proportions_from_counts
    from ._tests.counts.unconditional import unconditional_test
    from ._tests.distributions.normality import anderson_darling, normality
    from ._tests.distributions.quantiles import compare_quantile
    from ._tests.distributions.spreads import (
        equal_spread,
        kolmogorov_smirnov,
        kolmogorov_smirnov_normal,
        variance_ratio,
    )
    from ._tests.equivalence import Equivalence, equivalence, equivalence_of_proportions
    from ._tests.means.anova import anova, eta_squared_interval, welch_anova
    from ._tests.means.permutation import permutation_test, sign_flip_test
    from ._tests.means.ratio import compare_ratio
    from ._tests.means.repeated_anova import repeated_anova
    from ._tests.means.t_tests import one_sample_t, paired_t, student_t, welch_t
    from ._tests.means.yuen import yuen_t
    from ._tests.ranks.many_groups import friedman, kruskal_wallis
    from ._tests.ranks.two_groups import brunner_munzel, mann_whitney
    from ._tests.ranks.wilcoxon import wilcoxon

__all__ = [
    "NOTES", "ABTest", "Ablation", "AdjustedMean", "AnovaTable", "AnovaTerm", "AssistedDesign",
    "AssistedMean", "AssistedSampling", "BayesFactor", "BenchError", "Bin", "BudgetPlan",
    "Calibration", "Check", "ClusteredMean", "Comparison", "ConfidenceSequence", "Contrast",
    "Contrasts", "Corrected", "CurveFit", "CurveFits", "Description", "DetectableEffect",
    "EffectSize", "Equivalence", "ErrorStratum", "EvalComparison", "EvalScore", "ExactBootstrap",
    "FixedEffect", "GeneralizedAccuracy", "Group", "GroupSequential", "Interval",
    "InvalidDataError", "InvalidOptionError", "JudgedRate", "ManyComparison", "MetaAnalysis",
    "MetaStudy", "MissingExtraError", "MissingValuesError", "MixedModel", "NotEnoughDataError",
    "Note", "Pair", "PairwiseTable", "PassRate", "Pooled", "Posterior", "Power", "PowerSettings",
    "PoweredComparison", "PoweredMean", "Preferences", "ReliabilityProfile", "RepeatsOrItems",
    "ResultTable", "RunningConfidenceSequence", "Selection", "SequentialTest", "Statistics",
    "Strength", "Sweep", "UnequalLengthsError", "UnknownRowError", "VarianceComponent", "ab_test",
    "ablation", "adjust", "agreement", "ancova", "anderson_darling", "anova", "assisted_design",
    "assisted_mean", "bayes_anova", "bayes_mcnemar", "bayes_mean", "bayes_proportions", "bayes_t",
    "bootstrap_interval", "bradley_terry", "brunner_munzel", "calibration", "censored_quantile",
    "chi_square", "cliffs_delta", "clustered_mean", "cochran_mantel_haenszel", "cochran_q",
    "cohens_d", "cohens_h", "compare", "compare_censored_quantiles", "compare_many",
    "compare_many_paired", "compare_paired", "compare_quantile", "compare_ratio", "compare_rows",
    "confidence_interval", "confidence_sequence", "contrasts", "correct_multiple_comparisons",
    "correlated_t", "correlation", "describe", "design_effect", "effect_size", "equal_spread",
    "equivalence", "equivalence_of_proportions", "eta_squared_interval", "eval_compare",
    "eval_score", "exact_bootstrap", "f_from_eta_squared", "factorial_anova", "fisher_exact",
    "fit_curves", "friedman", "generalized_accuracy", "goodness_of_fit", "group_sequential",
    "h_from_proportions", "hedges_g", "intraclass_correlation", "judged_rate",
    "kolmogorov_smirnov", "kolmogorov_smirnov_normal", "kruskal_wallis", "mann_whitney",
    "mcnemar", "mcnemar_from_counts", "mean_interval", "meta_analysis",
    "minimum_detectable_effect", "mixed_anova", "mixed_model", "normality", "one_proportion",
    "one_sample_t", "paired_confidence_sequence", "paired_t", "pass_at_k", "pass_hat_k",
    "percentile", "permutation_test", "plan_budget", "pool_scores", "posthoc", "power",
    "power_curve", "prediction_powered_compare", "prediction_powered_mean",
    "probability_of_superiority", "proportion_interval", "quantile_interval", "rank_biserial",
    "rate_interval", "reliability_profile", "repeated_anova", "repeats_or_items",
    "sequential_mcnemar", "sign_flip_test", "sign_test", "standardized_difference", "student_t",
    "sweep", "two_proportions", "two_proportions_from_counts", "unconditional_test",
    "variance_components", "variance_ratio", "welch_anova", "welch_t", "wilcoxon", "yuen_t",
]  # fmt: skip

_LATER = {
    "._agreement.agreement": "agreement",
    "._agreement.intraclass": "intraclass_correlation",
    "._bayes.bayes_factors": "BayesFactor bayes_anova bayes_t",
    "._bayes.means": "bayes_mean correlated_t",
    "._bayes.posterior": "Posterior",
    "._bayes.proportions": "bayes_mcnemar bayes_proportions",
    "._comparison.experiments": "Ablation ABTest Sweep ab_test ablation sweep",
    "._comparison.long_rows": "compare_rows",
    "._comparison.many_groups": "compare_many compare_many_paired",
    "._comparison.two_groups": "compare compare_paired",
    "._core.errors": (
        "BenchError InvalidDataError InvalidOptionError MissingExtraError MissingValuesError "
        "NotEnoughDataError UnequalLengthsError UnknownRowError"
    ),
    "._core.notes": "NOTES",
    "._core.rendering": "ResultTable",
    "._core.results": "Check Comparison EffectSize Group Interval Note Selection",
    "._data.percentiles": "Statistics percentile",
    "._effects.dominance": "cliffs_delta probability_of_superiority",
    "._effects.effect_size": "effect_size",
    "._effects.risk": "cohens_h",
    "._effects.signed_ranks": "rank_biserial",
    "._effects.standardized": "cohens_d hedges_g standardized_difference",
    "._evals.assisted_mean": "AssistedMean assisted_mean",
    "._evals.bradley_terry": "bradley_terry",
    "._evals.calibration": "Bin Calibration calibration",
    "._evals.comparison": "EvalComparison eval_compare",
    "._evals.meta_analysis": "MetaAnalysis MetaStudy meta_analysis",
    "._evals.pass_at_k": "PassRate pass_at_k pass_hat_k",
    "._evals.pooling": "Pooled pool_scores",
    "._evals.preferences": "Preferences Strength",
    "._evals.reliability": "ReliabilityProfile reliability_profile",
    "._evals.repeats": "RepeatsOrItems repeats_or_items",
    "._evals.scores": "EvalScore design_effect eval_score variance_components",
    "._intervals.bootstrap": "bootstrap_interval",
    "._intervals.censored": "censored_quantile compare_censored_quantiles",
    "._intervals.clusters": "ClusteredMean clustered_mean",
    "._intervals.confidence_interval": "confidence_interval",
    "._intervals.descriptives": "Description describe",
    "._intervals.exact_bootstrap": "ExactBootstrap exact_bootstrap",
    "._intervals.means_and_quantiles": "mean_interval quantile_interval",
    "._intervals.proportions": "proportion_interval",
    "._intervals.rates": "rate_interval",
    "._judges.judged_rate": "JudgedRate judged_rate",
    "._judges.powered_comparison": "PoweredComparison prediction_powered_compare",
    "._judges.prediction_powered": "PoweredMean prediction_powered_mean",
    "._models.anova_table": "AdjustedMean AnovaTable AnovaTerm ErrorStratum",
    "._models.contrasts": "Contrast Contrasts contrasts",
    "._models.curves": "CurveFit CurveFits fit_curves",
    "._models.factorial": "ancova factorial_anova",
    "._models.generalized_accuracy": "GeneralizedAccuracy generalized_accuracy",
    "._models.mixed": "mixed_model",
    "._models.mixed_anova": "mixed_anova",
    "._models.mixed_results": "FixedEffect MixedModel VarianceComponent",
    "._multiplicity.adjust": "adjust",
    "._multiplicity.many_results": "Corrected correct_multiple_comparisons",
    "._multiplicity.pairwise": "ManyComparison Pair PairwiseTable",
    "._multiplicity.posthoc": "posthoc",
    "._planning.assisted_design": "AssistedDesign AssistedSampling assisted_design",
    "._planning.budget": "BudgetPlan plan_budget",
    "._planning.designs": "PowerSettings f_from_eta_squared h_from_proportions",
    "._planning.detectable": "DetectableEffect minimum_detectable_effect",
    "._planning.power": "Power power power_curve",
    "._sequential.confidence_sequences": (
        "ConfidenceSequence confidence_sequence paired_confidence_sequence"
    ),
    "._sequential.group_sequential": "GroupSequential group_sequential",
    "._sequential.mcnemar": "SequentialTest sequential_mcnemar",
    "._sequential.running": "RunningConfidenceSequence",
    "._tests.correlation": "correlation",
    "._tests.counts.cochran": "cochran_q",
    "._tests.counts.contingency": "chi_square fisher_exact",
    "._tests.counts.goodness_of_fit": "goodness_of_fit one_proportion",
    "._tests.counts.mantel_haenszel": "cochran_mantel_haenszel",
    "._tests.counts.mcnemar": "mcnemar mcnemar_from_counts",
    "._tests.counts.sign_test": "sign_test",
    "._tests.counts.two_proportions": "two_proportions two_proportions_from_counts",
    "._tests.counts.unconditional": "unconditional_test",
    "._tests.distributions.normality": "anderson_darling normality",
    "._tests.distributions.quantiles": "compare_quantile",
    "._tests.distributions.spreads": (
        "equal_spread kolmogorov_smirnov kolmogorov_smirnov_normal variance_ratio"
    ),
    "._tests.equivalence": "Equivalence equivalence equivalence_of_proportions",
    "._tests.means.anova": "anova eta_squared_interval welch_anova",
    "._tests.means.permutation": "permutation_test sign_flip_test",
    "._tests.means.ratio": "compare_ratio",
    "._tests.means.repeated_anova": "repeated_anova",
    "._tests.means.t_tests": "one_sample_t paired_t student_t welch_t",
    "._tests.means.yuen": "yuen_t",
    "._tests.ranks.many_groups": "friedman kruskal_wallis",
    "._tests.ranks.two_groups": "brunner_munzel mann_whitney",
    "._tests.ranks.wilcoxon": "wilcoxon",
}

if not _typing.TYPE_CHECKING:  # type checkers refuse the old names; running code is warned
    __getattr__ = _names_of_modules(
        __name__,
        _LATER,
        otherwise=_renamed_names(
            __name__,
            {
                "MixedAnova": "AnovaTable",
                "Table": "ResultTable",
                "standardised_difference": "standardized_difference",
            },
        ),
    )


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
