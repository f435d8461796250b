"""The second half of the golden adapter: ranks, tables, shapes, resampling, power, evaluation."""

import math
from collections.abc import Callable
from typing import Any

import bench

Answer = dict[str, Any]


def ends(prefix: str, found: Any) -> Answer:
    interval = getattr(found, "interval", found)
    if interval is None:
        return {}
    return {f"{prefix}_low": interval.low, f"{prefix}_high": interval.high}


def _method(options: Answer) -> Any:
    return "exact" if str(options.get("method", "")).startswith("exact") else "asymptotic"


def mannwhitneyu(data: Answer, options: Answer) -> Answer:
    found = bench.mann_whitney(
        data["y"],
        data["x"],
        method=_method(options),
        continuity=options.get("continuity") is not False,
        alternative=options["alternative"],
        level=options.get("conf_level", 0.95),
    )
    return {
        "statistic_U1": found.statistic,
        "statistic_U2": found.details["u_control"],
        "p_value": found.p_value,
        "hodges_lehmann": found.estimate,
        **ends("hl_ci", found),
    }


def mannwhitneyu_exact_ties(data: Answer, options: Answer) -> Answer:
    found = bench.mann_whitney(data["y"], data["x"], method="exact")
    details = found.details
    return {"z": details["z"], "p_value": found.p_value, "p_value_doubled": details["p_doubled"]}


def wilcoxon(data: Answer, options: Answer) -> Answer:
    found = bench.wilcoxon(
        data["y"],
        data["x"],
        method=_method(options),
        tidy_ties="rounded" in options["method"],
        continuity=options.get("continuity") is not False,
        alternative=options.get("alternative", "two-sided"),
        level=options.get("conf_level", 0.95),
    )
    z: Any = found.details["z"]
    return {
        "statistic_V": found.statistic,
        "w_minus": found.details["w_minus"],
        "n_nonzero": found.n["nonzero"],
        "n_zero": found.details["n_zero"],
        "z_abs": abs(z),
        "p_value": found.p_value,
        "pseudomedian": found.estimate,
        **ends("ci", found),
    }


def wilcoxon_pratt(data: Answer, options: Answer) -> Answer:
    def run(method: Any) -> bench.Comparison:
        return bench.wilcoxon(
            data["y"], data["x"], zeros="pratt", method=method, continuity=options["continuity"]
        )

    z: Any = run("asymptotic").details["z"]
    return {
        "z_abs": abs(z),
        "p_asymptotic": run("asymptotic").p_value,
        "p_exact": run("exact").p_value,
    }


def kruskal(data: Answer, options: Answer) -> Answer:
    found = bench.kruskal_wallis(data["groups"])
    return {
        "statistic": found.statistic,
        "df": found.df[0],
        "p_value": found.p_value,
        "epsilon_squared_rank": found.effect_sizes["epsilon_squared"].value,
        "eta_squared_H": found.effect_sizes["eta_squared_h"].value,
    }


def columns(data: Answer) -> dict[str, list[float]]:
    names = data["conditions"]
    return {name: [row[index] for row in data["matrix"]] for index, name in enumerate(names)}


def friedman(data: Answer, options: Answer) -> Answer:
    found = bench.friedman(columns(data))
    ranks: Any = found.details["mean_ranks"]
    return {
        "statistic": found.statistic,
        "df": found.df[0],
        "p_value": found.p_value,
        "kendalls_w": found.estimate,
        "iman_davenport_F": found.details["iman_davenport_f"],
        "iman_davenport_p": found.details["iman_davenport_p"],
        "mean_ranks": list(ranks.values()),
    }


def cliffs_delta(data: Answer, options: Answer) -> Answer:
    level = options.get("conf_level", 0.95)
    found = bench.cliffs_delta(data["y"], data["x"], level=level, interval="cliff")
    fisher = bench.cliffs_delta(data["y"], data["x"], level=level, interval="fisher-z")
    return {
        "cliffs_delta": found.value,
        "rank_biserial": found.value,
        "p_superiority_A12": bench.probability_of_superiority(data["y"], data["x"]).value,
        **ends("ci_cliff", found),
        **ends("ci_fisherz", fisher),
    }


def rank_biserial_paired(data: Answer, options: Answer) -> Answer:
    found = bench.rank_biserial(
        data["y"], data["x"], level=options.get("conf_level", 0.95), interval="fisher-z"
    )
    test = bench.wilcoxon(data["y"], data["x"])
    return {
        "rank_biserial": found.value,
        **ends("ci_fisherz", found),
        "n_nonzero": test.n["nonzero"],
        "w_plus": test.details["w_plus"],
        "w_minus": test.details["w_minus"],
    }


def brunner_munzel(data: Answer, options: Answer) -> Answer:
    found = bench.brunner_munzel(
        data["x"],
        data["y"],
        level=options.get("conf_level", 0.95),
        alternative=options.get("alternative", "two-sided"),
    )
    return {
        "statistic_abs": abs(found.statistic),
        "df": found.df[0],
        "p_value": found.p_value,
        "p_x_less_y": found.estimate,
        **ends("ci", found),
    }


def yuen(data: Answer, options: Answer) -> Answer:
    found = bench.yuen_t(
        data["y"],
        data["x"],
        trim=options.get("trim", 0.2),
        level=options.get("conf_level", 0.95),
        alternative=options.get("alternative", "two-sided"),
    )
    return {
        "statistic": found.statistic,
        "df": found.df[0],
        "p_value": found.p_value,
        "trimmed_diff": found.estimate,
        **ends("ci", found),
    }


def chi2_contingency(data: Answer, options: Answer) -> Answer:
    table = data["table"]
    found = bench.chi_square(table, level=options.get("conf_level", 0.95))
    g = bench.chi_square(table, statistic="g")
    sizes = found.effect_sizes
    given = {
        "statistic": found.statistic,
        "df": found.df[0],
        "p_value": found.p_value,
        "min_expected": found.details["smallest_expected"],
        "cramers_v": sizes["cramers_v"].value,
        **ends("cramers_v_ci", sizes["cramers_v"]),
        "cramers_v_bias_corrected": sizes["cramers_v_corrected"].value,
        "cohens_w": sizes["cohens_w"].value,
        "contingency_c": sizes["contingency_c"].value,
        "g_statistic": g.statistic,
        "g_p_value": g.p_value,
    }
    if "phi" in sizes:
        yates = bench.chi_square(table, yates=True)
        given |= {"statistic_yates": yates.statistic, "p_value_yates": yates.p_value}
        given["phi"] = abs(sizes["phi"].value)
    return given


def chi2_gof(data: Answer, options: Answer) -> Answer:
    found = bench.goodness_of_fit(data["observed"], data["probabilities"])
    return {
        "statistic": found.statistic,
        "df": found.df[0],
        "p_value": found.p_value,
        "cohens_w": found.estimate,
    }


def fisher_exact(data: Answer, options: Answer) -> Answer:
    table = data["table"]
    found = bench.fisher_exact(table, level=options.get("conf_level", 0.95))
    sizes = found.effect_sizes
    given: Answer = {"odds_ratio": sizes["odds_ratio"].value}
    if sizes["odds_ratio"].interval is not None:
        given["log_or_se"] = math.sqrt(sum(1 / cell for row in table for cell in row))
    return given | {
        **ends("or_ci_wald", sizes["odds_ratio"]),
        "or_conditional_mle": found.estimate,
        **ends("or_ci_exact", found),
        "risk_ratio": sizes["risk_ratio"].value,
        **ends("rr_ci_katz", sizes["risk_ratio"]),
        "yules_q": sizes["yules_q"].value,
        "p_two_sided": found.p_value,
        "p_less": bench.fisher_exact(table, alternative="less").p_value,
        "p_greater": bench.fisher_exact(table, alternative="greater").p_value,
    }


def fisher_rxc(data: Answer, options: Answer) -> Answer:
    return {"p_value": bench.fisher_exact(data["table"]).p_value}


def odds_ratio_zero_cell(data: Answer, options: Answer) -> Answer:
    found = bench.fisher_exact(data["table"], level=options.get("conf_level", 0.95))
    haldane = found.effect_sizes["odds_ratio_haldane"]
    return {
        "p_value": found.p_value,
        "or_conditional_mle": found.estimate,
        **ends("or_ci_exact", found),
        "or_haldane": haldane.value,
        **ends("or_haldane_ci", haldane),
    }


def proportion_1(data: Answer, options: Answer) -> Answer:
    counts = (data["x"], data["n"])
    level = options.get("conf_level", 0.95)
    exact = bench.one_proportion(*counts, data["p0"])
    score = bench.one_proportion(*counts, data["p0"], method="score")
    given = {
        "proportion": exact.estimate,
        "z_score_test": score.statistic,
        "p_score_test": score.p_value,
        "p_exact_binom": exact.p_value,
    }
    for method in ("wilson", "clopper-pearson", "wald", "agresti-coull", "jeffreys"):
        found = bench.proportion_interval(*counts, method=method, level=level)
        given |= ends(f"ci_{method.replace('-', '_')}", found)
    return given


def shapiro(data: Answer, options: Answer) -> Answer:
    found = bench.normality(data["x"])
    return {"statistic": found.statistic, "p_value": found.p_value}


def levene(data: Answer, options: Answer) -> Answer:
    def run(method: Any) -> bench.Comparison:
        return bench.equal_spread(data["groups"], method=method)

    mean, median, trimmed = run("levene"), run("brown-forsythe"), run("levene-trimmed")
    return {
        "levene_mean_F": mean.statistic,
        "levene_mean_p": mean.p_value,
        "brown_forsythe_F": median.statistic,
        "brown_forsythe_p": median.p_value,
        "levene_trim10_F": trimmed.statistic,
        "levene_trim10_p": trimmed.p_value,
        "df1": mean.df[0],
        "df2": mean.df[1],
        "bartlett_K2": run("bartlett").statistic,
        "bartlett_p": run("bartlett").p_value,
        "fligner_chi2": run("fligner").statistic,
        "fligner_p": run("fligner").p_value,
    }


def var_test_f(data: Answer, options: Answer) -> Answer:
    found = bench.variance_ratio(data["y"], data["x"])
    return {
        "statistic": found.statistic,
        "df1": found.df[0],
        "df2": found.df[1],
        "p_value": found.p_value,
        **ends("ci", found),
    }


def ks_2samp(data: Answer, options: Answer) -> Answer:
    def run(alternative: Any = "two-sided") -> bench.Comparison:
        return bench.kolmogorov_smirnov(
            data["y"], data["x"], alternative=alternative, method=options["method"]
        )

    return {
        "statistic": run().statistic,
        "p_value": run().p_value,
        "D_plus": run("greater").statistic,
        "p_greater": run("greater").p_value,
        "D_minus": run("less").statistic,
        "p_less": run("less").p_value,
    }


def ks_1samp(data: Answer, options: Answer) -> Answer:
    found = bench.kolmogorov_smirnov_normal(data["x"], mean=data["mean"], sd=data["sd"])
    return {"statistic": found.statistic, "p_value": found.p_value}


def normality_edf(data: Answer, options: Answer) -> Answer:
    lilliefors = bench.normality(data["x"], method="lilliefors")
    anderson = bench.normality(data["x"], method="anderson-darling")
    cramer = bench.normality(data["x"], method="cramer-von-mises")
    return {
        "lilliefors_D": lilliefors.statistic,
        "lilliefors_p_dallal_wilkinson": lilliefors.p_value,
        "anderson_darling_A": anderson.statistic,
        "anderson_darling_p": anderson.p_value,
        "cramer_von_mises_W": cramer.statistic,
        "cramer_von_mises_p": cramer.p_value,
    }


def anderson_specified(data: Answer, options: Answer) -> Answer:
    found = bench.anderson_darling(data["x"], mean=data["mean"], sd=data["sd"])
    return {"statistic": found.statistic, "p_value": found.p_value}


def permutation(data: Answer, options: Answer) -> Answer:
    function = bench.sign_flip_test if "sign" in options["statistic"] else bench.permutation_test
    found = function(data["y"], data["x"])
    details: Any = found.details
    return {
        "statistic": found.statistic,
        "n_permutations": details["arrangements"],
        "p_two_sided": details["p_two_sided"],
        "p_greater": details["p_greater"],
        "p_less": details["p_less"],
        "p_two_sided_doubled": details["p_doubled"],
    }


FAMILIES: dict[str, Callable[[Answer, Answer], Answer]] = {
    "mannwhitneyu": mannwhitneyu,
    "mannwhitneyu_exact_ties": mannwhitneyu_exact_ties,
    "wilcoxon": wilcoxon,
    "wilcoxon_exact_ties": wilcoxon,
    "wilcoxon_pratt": wilcoxon_pratt,
    "kruskal": kruskal,
    "friedman": friedman,
    "cliffs_delta": cliffs_delta,
    "rank_biserial_paired": rank_biserial_paired,
    "brunner_munzel": brunner_munzel,
    "yuen_trimmed_t": yuen,
    "chi2_contingency": chi2_contingency,
    "chi2_gof": chi2_gof,
    "fisher_exact": fisher_exact,
    "fisher_exact_rxc": fisher_rxc,
    "odds_ratio_zero_cell": odds_ratio_zero_cell,
    "proportion_1": proportion_1,
    "shapiro": shapiro,
    "levene": levene,
    "var_test_f": var_test_f,
    "ks_2samp": ks_2samp,
    "ks_1samp_norm": ks_1samp,
    "normality_edf": normality_edf,
    "anderson_darling_spec": anderson_specified,
    "permutation_ind": permutation,
    "permutation_paired": permutation,
}
