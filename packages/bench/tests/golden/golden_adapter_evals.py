"""The third part of the golden adapter: post hoc, equivalence, power, Bayes and evaluation."""

import math
from collections.abc import Callable
from typing import Any

import bench

Answer = dict[str, Any]
CORRECTIONS: tuple[Any, ...] = ("bonferroni", "holm", "bh")


def _ends(prefix: str, interval: Any) -> Answer:
    return {f"{prefix}_low": interval.low, f"{prefix}_high": interval.high}


def _flipped(row: bench.Pair) -> Answer:
    """The golden rows are first minus second."""
    assert row.interval is not None
    return {
        "group1": row.first,
        "group2": row.second,
        "diff": -row.estimate,
        "ci_low": -row.interval.high,
        "ci_high": -row.interval.low,
        "p_adj": row.p_adjusted,
        "p_value": row.p_value,
        "t": -row.statistic,
        "z": -row.statistic,
        "q": abs(row.statistic) * math.sqrt(2),
        "df": row.df,
        "rank_diff": -row.estimate,
    }


def _pairs(data: Answer, method: Any, level: float = 0.95) -> Answer:
    found = bench.posthoc(data["groups"], method=method, level=level)
    return {"pairs": [_flipped(row) for row in found], **(found.details or {})}


def tukey(data: Answer, options: Answer) -> Answer:
    return _pairs(data, "tukey", options.get("conf_level", 0.95))


def games_howell(data: Answer, options: Answer) -> Answer:
    return _pairs(data, "games-howell", options.get("conf_level", 0.95))


def _corrected(data: Answer, method: Any) -> Answer:
    tables = {
        name: bench.posthoc(data["groups"], method=method, correction=name) for name in CORRECTIONS
    }
    pairs = [_flipped(row) for row in tables["holm"]]
    for name, table in tables.items():
        for pair, row in zip(pairs, table, strict=True):
            pair[f"p_{name}"] = row.p_adjusted
    return {"pairs": pairs}


def dunn(data: Answer, options: Answer) -> Answer:
    return _corrected(data, "dunn")


def pairwise_t(data: Answer, options: Answer) -> Answer:
    return _corrected(data, "t" if options["pool_sd"] else "welch")


def nemenyi_friedman(data: Answer, options: Answer) -> Answer:
    names = data["conditions"]
    groups = {name: [row[index] for row in data["matrix"]] for index, name in enumerate(names)}
    return _pairs({"groups": groups}, "nemenyi-paired", 1 - options["alpha"])


def nemenyi_kruskal(data: Answer, options: Answer) -> Answer:
    return _pairs(data, "nemenyi")


def dunnett(data: Answer, options: Answer) -> Answer:
    found = bench.posthoc(data["groups"], method="dunnett")
    return {
        "comparisons": [
            {"group": row.second, "control": row.first, "t": row.statistic, "p_adj": row.p_adjusted}
            for row in found
        ]
    }


def tost(data: Answer, options: Answer) -> Answer:
    design = options["design"]
    settings: Answer = {"low": options["low"], "high": options["high"], "alpha": options["alpha"]}
    if design == "one-sample":
        found = bench.equivalence(data["x"], **settings)
    else:
        found = bench.equivalence(
            data["y"],
            data["x"],
            paired=design == "paired",
            equal_spread=options.get("equal_var", False),
            **settings,
        )
    return {
        "t_lower": found.statistic_low,
        "p_lower": found.p_low,
        "t_upper": found.statistic_high,
        "p_upper": found.p_high,
        "p_value": found.p_value,
        "df": found.df,
        **_ends("ci", found.interval),
        "equivalent": found.equivalent,
    }


def tost_proportions(data: Answer, options: Answer) -> Answer:
    found = bench.equivalence_of_proportions(
        data["x2"], data["n2"], data["x1"], data["n1"], low=options["low"], high=options["high"]
    )
    return {
        "z_lower": found.statistic_low,
        "p_lower": found.p_low,
        "z_upper": found.statistic_high,
        "p_upper": found.p_high,
        "p_value": found.p_value,
    }


def _f(data: Answer) -> float | None:
    """The effect of an ANOVA; None where it is what is asked for."""
    if "eta2" in data:
        return bench.f_from_eta_squared(data["eta2"])
    return data.get("f")


def _h(data: Answer) -> float | None:
    """Cohen's h from two proportions, or from one and its null value."""
    if "h" in data:
        return float(data["h"])
    if "p" in data:
        return bench.h_from_proportions(data["p"], data["p0"])
    if "p1" not in data:
        return None
    return bench.h_from_proportions(data["p1"], data["p2"] if "p2" in data else data["p0"])


def _discordant(data: Answer) -> Answer:
    return {"effect": data["p10"] - data["p01"], "discordance": data["p10"] + data["p01"]}


DESIGNS: dict[str, tuple[str, Callable[[Answer], Answer]]] = {
    "t two-sample": ("t", lambda data: {"effect": data.get("d")}),
    "t paired": ("paired-t", lambda data: {"effect": data.get("d")}),
    "t one-sample": ("one-sample-t", lambda data: {"effect": data.get("d")}),
    "one proportion": ("one-proportion", lambda data: {"effect": _h(data)}),
    "anova": ("anova", lambda data: {"effect": _f(data), "groups": data["k"]}),
    "two proportions (power": (
        "proportions",
        lambda data: {"effect": data["p1"] - data["p2"], "p2": data["p2"]},
    ),
    "two proportions": ("proportions-h", lambda data: {"effect": _h(data)}),
    "chi-square": ("chi-square", lambda data: {"effect": data.get("w"), "df": data["df"]}),
    "TOST": ("tost", lambda data: {"effect": data["theta"], "margin": data["delta"]}),
    "Mann-Whitney": ("mann-whitney", lambda data: {"effect": data.get("p")}),
    "McNemar exact": ("mcnemar-exact", _discordant),
    "McNemar": ("mcnemar", _discordant),
}


def _design(name: str, data: Answer) -> tuple[str, Answer]:
    """The name of the test and its effect and settings, from the words of the golden case."""
    test, settings = next(found for start, found in DESIGNS.items() if name.startswith(start))
    found = settings(data)
    side = next((side for side in ("greater", "less") if side in name), None)
    if side is None and ("one-sided" in name or "one.sided" in name):
        side = "less" if (found["effect"] or 0) < 0 else "greater"
    return test, found | ({"alternative": side} if side else {})


def power(data: Answer, options: Answer) -> Answer:
    test: Any
    test, settings = _design(options["test"], data)
    n = next((data[key] for key in ("n1", "n", "N", "n_per_group") if key in data), None)
    if "n2" in data:
        settings["n2"] = data["n2"]
    if test in ("proportions", "mcnemar", "mann-whitney"):  # R has their approximations
        settings["method"] = "normal"
    found = bench.power(test, n=n, power=data.get("power"), alpha=data["alpha"], **settings)
    given: Answer = {
        key: found.effect for key in ("f", "d", "w", "effect") if data.get(key) is None
    }
    given |= {"eta2": found.effect**2 / (1 + found.effect**2), "N": found.n}
    given |= {"effect_size": found.effect, "power": found.power, "h": found.effect}
    given |= {"n_exact": found.n_exact, "n": found.n, "achieved_power": found.power}
    given |= {"n_per_group_exact": found.n_exact, "n_per_group": found.n}
    given |= {"total_n_exact": found.n_exact, "total_n": found.n_total}
    return given


def eval_power(data: Answer, options: Answer) -> Answer:
    spread = data["omega2"] + data["s2a"] / data["ka"] + data["s2b"] / data["kb"]
    found = bench.power(
        "eval-paired",
        n=data.get("n"),
        effect=data.get("delta"),
        power=data["power"],
        alpha=data["alpha"],
        variance=spread,
        method="normal",
    )
    return {"n_exact": found.n_exact, "n": found.n, "mde": found.effect}


def bayes_ttest(data: Answer, options: Answer) -> Answer:
    found = bench.bayes_t(
        data["x"],
        data.get("y"),
        paired=options["design"] == "paired",
        scale=options["r"],
    )
    return {"bf10": found.bf10, "bf01": found.bf01, "log_bf10": found.log_bf10}


def bayes_anova(data: Answer, options: Answer) -> Answer:
    return {"bf10": bench.bayes_anova(data["groups"], scale=options["rscale_fixed"]).bf10}


def bayes_beta_binomial(data: Answer, options: Answer) -> Answer:
    found = bench.bayes_proportions(
        data["x2"],
        data["n2"],
        data["x1"],
        data["n1"],
        prior=(data["prior_a"], data["prior_b"]),
    )
    details = found.details
    return {
        "prob_p1_greater": found.prob_greater,
        "mean1": details["treatment_mean"],
        "mean2": details["control_mean"],
        "eti1_low": details["treatment_low"],
        "eti1_high": details["treatment_high"],
        "eti2_low": details["control_low"],
        "eti2_high": details["control_high"],
        "bf10_independent_beta": found.bf10,
    }


def bayes_correlated_t(data: Answer, options: Answer) -> Answer:
    found = bench.correlated_t(data["differences"], correlation=data["rho"], rope=data["rope"])
    return {
        "p_left": found.prob_less,
        "p_rope": found.prob_rope,
        "p_right": found.prob_greater,
        "posterior_mean": found.mean,
        "posterior_scale": found.details["scale"],
        "df": found.details["df"],
    }


def bayes_mcnemar(data: Answer, options: Answer) -> Answer:
    found = bench.bayes_mcnemar(data["b"], data["c"])
    return {
        "prob_A_better": found.prob_greater,
        "theta_mean": found.mean,
        **_ends("eti", found.interval),
        "bf10": found.bf10,
    }


def clustered_se(data: Answer, options: Answer) -> Answer:
    found = bench.clustered_mean(data["scores"], data["cluster"])
    z, t = found.interval(distribution="normal"), found.interval()
    return {
        "mean": found.mean,
        "n": found.n,
        "n_clusters": found.n_clusters,
        "se_clt": found.se_iid,
        "se_cr0": found.se_cr0,
        "se_cr1": found.se_cr1,
        "se_miller_eq4": found.se_miller,
        "se_cr2": found.se_cr2,
        "df_satterthwaite_cr2": found.df_cr2,
        "deff_cr1": found.design_effect,
        **_ends("ci95_z_cr1", z),
        **_ends("ci95_t_cr1", t),
    }


def eval_paired(data: Answer, options: Answer) -> Answer:
    a, b = data["a"], data["b"]
    found = bench.eval_compare(b, a)
    z, unpaired = found.difference / found.se_paired, found.difference / found.se_unpaired
    half = 1.959963984540054 * found.se_paired
    given: Answer = {
        "mean_a": found.treatment.mean,
        "mean_b": found.control.mean,
        "diff": found.difference,
        "se_paired": found.se_paired,
        "se_unpaired": found.se_unpaired,
        "correlation": found.correlation,
        "z_paired": z,
        "p_paired_z": _normal(z),
        "p_paired_t": bench.paired_t(b, a).p_value,
        "z_unpaired": unpaired,
        "p_unpaired_z": _normal(unpaired),
        "ci95_z_low": found.difference - half,
        "ci95_z_high": found.difference + half,
    }
    if "cluster" in data:
        inner = bench.eval_compare(b, a, clusters=data["cluster"]).details
        given |= {
            "se_paired_cr0": inner["se_cr0"],
            "se_paired_cr1": inner["se_cr1"],
            "se_paired_miller_eq4": inner["se_miller"],
            "p_paired_cr1_z": inner["p_cr1_z"],
            "p_paired_cr1_t": inner["p_cr1_t"],
        }
    return given


def _normal(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def variance_components(data: Answer, options: Answer) -> Answer:
    found = bench.variance_components(data["matrix"])
    score = bench.eval_score(data["matrix"])
    return {
        "mean": score.mean,
        "se_questions": score.se,
        "within_var": found["within"],
        "between_var": found["between"],
        "icc1": found["icc"],
    }


def design_effect(data: Answer, options: Answer) -> Answer:
    found = bench.design_effect(data["m"], data["icc"])
    return {
        "design_effect": found,
        "effective_n": data["n"] / found,
        "n_required": math.ceil(data["n0"] * found - 1e-9),
    }


def pass_at_k(data: Answer, options: Answer) -> Answer:
    found = bench.pass_at_k(data["n"], data["c"], data["k"])
    every = bench.pass_hat_k(data["n"], data["c"], data["k"])
    return {
        "pass_at_k": list(found.per_task),
        "mean_pass_at_k": found.estimate,
        "pass_hat_k": list(every.per_task),
        "se_mean": found.se,
    }


FAMILIES: dict[str, Callable[[Answer, Answer], Answer]] = {
    "tukey_hsd": tukey,
    "games_howell": games_howell,
    "dunn": dunn,
    "pairwise_t": pairwise_t,
    "nemenyi_friedman": nemenyi_friedman,
    "nemenyi_kruskal": nemenyi_kruskal,
    "dunnett": dunnett,
    "tost": tost,
    "tost_proportions": tost_proportions,
    "power": power,
    "eval_power": eval_power,
    "bayes_ttest": bayes_ttest,
    "bayes_anova": bayes_anova,
    "bayes_beta_binomial": bayes_beta_binomial,
    "bayes_correlated_t": bayes_correlated_t,
    "bayes_mcnemar": bayes_mcnemar,
    "eval_clustered_se": clustered_se,
    "eval_paired": eval_paired,
    "eval_variance_components": variance_components,
    "eval_design_effect": design_effect,
    "pass_at_k": pass_at_k,
}
