"""The golden cases put to the public functions: ``answer(case)`` gives the keys of ``expected``.

Dispatches on the family and the options of a case only. The golden values are first minus second,
so the first group is the treatment here. A key that is not offered is left out of the answer.
"""

import importlib.util
import math
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Any

import bench

Case = dict[str, Any]
Answer = dict[str, Any]


def answer(case: Case) -> Answer:
    """What this library says; empty when the family is not offered."""
    handler = FAMILIES.get(case["family"])
    return {} if handler is None else handler(case["data"], case["options"] or {})


def _ends(prefix: str, found: Any) -> Answer:
    interval = getattr(found, "interval", found)
    return {f"{prefix}_low": interval.low, f"{prefix}_high": interval.high}


def _t(result: bench.Comparison) -> Answer:
    return {
        "statistic": result.statistic,
        "df": result.df[0],
        "p_value": result.p_value,
        "estimate": result.estimate,
        "se": result.se,
        **_ends("ci", result),
    }


def _settings(options: Answer) -> Answer:
    return {
        "level": options.get("conf_level", 0.95),
        "alternative": options.get("alternative", "two-sided"),
    }


def ttest_1samp(data: Answer, options: Answer) -> Answer:
    return _t(bench.one_sample_t(data["x"], options["mu"], **_settings(options)))


def ttest_two(data: Answer, options: Answer) -> Answer:
    function = bench.student_t if options["equal_var"] else bench.welch_t
    return _t(function(data["y"], data["x"], null_value=options["mu"], **_settings(options)))


def ttest_rel(data: Answer, options: Answer) -> Answer:
    return _t(bench.paired_t(data["y"], data["x"], **_settings(options)))


def describe(data: Answer, options: Answer) -> Answer:
    found = bench.describe(data["x"], level=options.get("conf_level", 0.95))
    return {
        "n": found.n,
        "mean": found.mean,
        "sd": found.sd,
        "sem": found.sem,
        **_ends("ci", found),
        "median": found.median,
        "q25_type7": found.q25,
        "q75_type7": found.q75,
        "skewness_g1": found.skewness,
        "excess_kurtosis_g2": found.excess_kurtosis,
        "skewness_G1": found.skewness_corrected,
        "excess_kurtosis_G2": found.excess_kurtosis_corrected,
        "mad_raw": found.mad,
    }


def _columns(data: Answer) -> dict[str, list[float]]:
    matrix = data["matrix"]
    names = data.get("conditions") or [str(index) for index in range(len(matrix[0]))]
    return {name: [row[index] for row in matrix] for index, name in enumerate(names)}


def anova_rm(data: Answer, options: Answer) -> Answer:
    found = bench.repeated_anova(_columns(data))
    details: Any = found.details
    return {
        "statistic": found.statistic,
        "df_effect": details["df_uncorrected"][0],
        "df_error": details["df_uncorrected"][1],
        "p_value": details["p_uncorrected"],
        "ss_effect": details["ss_effect"],
        "ss_subject": details["ss_subject"],
        "ss_error": details["ss_error"],
        "partial_eta_squared": found.effect_sizes["partial_eta_squared"].value,
        "generalized_eta_squared": found.effect_sizes["generalized_eta_squared"].value,
        "mauchly_W": details["mauchly_w"],
        "mauchly_p": details["mauchly_p"],
        "gg_epsilon": details["greenhouse_geisser"],
        "hf_epsilon": details["huynh_feldt"],
        "hf_epsilon_unclipped": details["huynh_feldt_unclipped"],
        "p_gg": found.p_value,
        "p_hf": details["p_huynh_feldt"],
        "p_lower_bound": details["p_lower_bound"],
    }


def cochran_q(data: Answer, options: Answer) -> Answer:
    found = bench.cochran_q(_columns(data))
    return {"statistic": found.statistic, "df": found.df[0], "p_value": found.p_value}


def anova_oneway(data: Answer, options: Answer) -> Answer:
    found = bench.anova(data["groups"])
    level = options.get("conf_level", 0.95)
    details = found.details
    sizes = {name: size.value for name, size in found.effect_sizes.items()}
    given: Answer = {
        "statistic": found.statistic,
        "df_between": found.df[0],
        "df_within": found.df[1],
    }
    given["p_value"] = found.p_value
    given |= details
    given |= sizes
    given |= _ends("eta_squared_ci90", _renamed(found.effect_sizes["eta_squared"]))
    given = {_suffix(key): value for key, value in given.items()}
    conventions: tuple[tuple[Any, str], ...] = (("n", "N"), ("df_error", "dferr"))
    for convention, suffix in conventions:
        ends = bench.eta_squared_interval(data["groups"], convention=convention, effect_level=level)
        given |= {f"eta_squared_ci_low_{suffix}": ends.low}
        given |= {f"eta_squared_ci_high_{suffix}": ends.high}
    return given


def _renamed(size: bench.EffectSize) -> Any:
    return size.interval


def _suffix(key: str) -> str:
    return f"{key}_N" if key.startswith("eta_squared_ci90") else key


def anova_welch(data: Answer, options: Answer) -> Answer:
    found = bench.welch_anova(data["groups"])
    return {
        "statistic": found.statistic,
        "df_num": found.df[0],
        "df_den": found.df[1],
        "p_value": found.p_value,
    }


def mcnemar(data: Answer, options: Answer) -> Answer:
    (both, b), (c, neither) = data["table"]
    level = options.get("conf_level", 0.95)

    def run(method: Any = "mid-p", interval: Any = "bonett-price") -> bench.Comparison:
        return bench.mcnemar_from_counts(
            both, c, b, neither, method=method, interval=interval, level=level
        )

    found, plain, cc = run(), run("chi2"), run("chi2-corrected")
    return {
        "b": found.details["only_treatment"],
        "c": found.details["only_control"],
        "chi2_cc": cc.statistic,
        "p_cc": cc.p_value,
        "chi2": plain.statistic,
        "p_asymptotic": plain.p_value,
        "p_exact": run("exact").p_value,
        "p_midp": found.p_value,
        "odds_ratio": found.effect_sizes["odds_ratio"].value,
        **_ends("odds_ratio_ci_exact", found.effect_sizes["odds_ratio"]),
        "diff": found.estimate,
        "diff_se_wald": found.details["se_wald"],
        **_ends("diff_ci_wald", run(interval="wald")),
        **_ends("diff_ci_bonett_price", found),
        **_ends("diff_ci_tango", run(interval="tango")),
        **_ends("diff_ci_newcombe10", run(interval="newcombe")),
    }


def _h_of_counts(counts: tuple[int, int, int, int], level: float) -> bench.EffectSize:
    control, treatment = ([1] * wins + [0] * (n - wins) for wins, n in (counts[:2], counts[2:]))
    return bench.cohens_h(control, treatment, level=level, interval="arcsine")


def proportions_2(data: Answer, options: Answer) -> Answer:
    level = options.get("conf_level", 0.95)
    counts = (data["x2"], data["n2"], data["x1"], data["n1"])

    def run(**chosen: Any) -> bench.Comparison:
        return bench.two_proportions_from_counts(*counts, level=level, **chosen)

    found = run()
    wald: Any = found.details["se_wald"]
    z = -NormalDist().inv_cdf((1 - level) / 2)
    table = [[data["x1"], data["n1"] - data["x1"]], [data["x2"], data["n2"] - data["x2"]]]
    yates = bench.chi_square(table, yates=True) if data["x1"] + data["x2"] > 0 else None
    return {
        **({"chi2_yates": yates.statistic, "p_yates": yates.p_value} if yates else {}),
        "diff": found.estimate,
        "z_pooled": found.statistic,
        "p_value": found.p_value,
        "p_less": run(alternative="less").p_value,
        "p_greater": run(alternative="greater").p_value,
        "z_unpooled": found.estimate / wald,
        "ci_wald_low": found.estimate - z * wald,
        "ci_wald_high": found.estimate + z * wald,
        **_ends("ci_newcombe", found),
        **_ends("ci_agresti_caffo", run(interval="agresti-caffo")),
        "cohens_h": found.effect_sizes["cohens_h"].value,
        **_ends("cohens_h_ci", _h_of_counts(counts, level)),
    }


def multiple_comparisons(data: Answer, options: Answer) -> Answer:
    names: tuple[Any, ...] = (
        "bonferroni",
        "holm",
        "hochberg",
        "hommel",
        "bh",
        "by",
        "sidak",
        "holm_sidak",
    )
    return {name: bench.adjust(data["p"], name.replace("_", "-")) for name in names}


def multiple_comparisons_nan(data: Answer, options: Answer) -> Answer:
    return {f"{name}_omit": bench.adjust(data["p"], name) for name in ("bonferroni", "holm", "bh")}


def smd_independent(data: Answer, options: Answer) -> Answer:
    x, y, level = data["x"], data["y"], options.get("conf_level", 0.95)

    def size(kind: Any) -> bench.EffectSize:
        return bench.standardized_difference(y, x, kind=kind, level=level)

    d, g = size("cohens_d"), size("hedges_g")
    glass, unpooled = size("glass_delta"), size("d_unpooled")
    n = len(x) + len(y)
    return {
        "cohens_d": d.value,
        **_ends("cohens_d_ci", d),
        "hedges_g": g.value,
        **_ends("hedges_g_ci", g),
        "correction_J_exact": g.value / d.value,
        "hedges_g_approx": d.value * (1 - 3 / (4 * (n - 2) - 1)),
        "d_unpooled": unpooled.value,
        **_ends("d_unpooled_ci", unpooled),
        "glass_delta_sd_y": glass.value,
        **_ends("glass_delta_ci", glass),
        "glass_delta_sd_x": -bench.standardized_difference(x, y, kind="glass_delta").value,
    }


def smd_paired(data: Answer, options: Answer) -> Answer:
    x, y, level = data["x"], data["y"], options.get("conf_level", 0.95)

    def size(kind: Any) -> bench.EffectSize:
        return bench.standardized_difference(y, x, kind=kind, level=level)

    test = bench.paired_t(y, x)
    d_z, g_z = size("d_z"), size("g_z")
    sd1, sd2 = (bench.Statistics.std_dev(each) or math.nan for each in (x, y))
    rms = math.sqrt((sd1**2 + sd2**2) / 2)
    spread = test.estimate / d_z.value
    return {
        "d_z": d_z.value,
        **_ends("d_z_ci", d_z),
        "g_z": g_z.value,
        **_ends("g_z_ci", g_z),
        "d_av": size("d_av").value,
        "d_av_rootmeansq": test.estimate / rms,
        "d_rm": size("d_rm").value,
        "correlation": (sd1**2 + sd2**2 - spread**2) / (2 * sd1 * sd2),
        "mean_diff": test.estimate,
        "sd_diff": spread,
    }


FAMILIES: dict[str, Callable[[Answer, Answer], Answer]] = {
    "ttest_1samp": ttest_1samp,
    "describe": describe,
    "ttest_ind": ttest_two,
    "ttest_welch": ttest_two,
    "ttest_rel": ttest_rel,
    "anova_rm": anova_rm,
    "anova_oneway": anova_oneway,
    "anova_welch": anova_welch,
    "cochran_q": cochran_q,
    "mcnemar": mcnemar,
    "proportions_2": proportions_2,
    "multiple_comparisons": multiple_comparisons,
    "multiple_comparisons_nan": multiple_comparisons_nan,
    "smd_independent": smd_independent,
    "smd_paired": smd_paired,
}


def _part(name: str) -> dict[str, Callable[[Answer, Answer], Answer]]:
    """The families of a neighbouring file; the tests folder is not a package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    families: dict[str, Callable[[Answer, Answer], Answer]] = module.FAMILIES
    return families


FAMILIES |= _part("golden_adapter_more")
FAMILIES |= _part("golden_adapter_evals")
FAMILIES |= _part("golden_adapter_resampling")
