"""The fourth part of the golden adapter: bootstraps."""

import re
from collections.abc import Callable
from typing import Any

from scipy import stats

import bench

Answer = dict[str, Any]


def ends(prefix: str, found: Any) -> Answer:
    """Both ends of an interval under the names of the golden file."""
    return {f"{prefix}_low": found.low, f"{prefix}_high": found.high}


def _statistic(name: str) -> Any:
    """A statistic from its words: a name that bench knows, or a trimmed mean with its share."""
    if "trim" in name:
        found = re.search(r"(\d*\.?\d+)\s*(%?)", name)
        share = float(found[1]) / (100 if found[2] else 1) if found else 0.2
        return lambda values: float(stats.trim_mean(values, share))
    known = {"sd": "sd", "var": "variance", "median": "median"}
    return next((full for start, full in known.items() if name.startswith(start)), "mean")


def bootstrap_exact(data: Answer, options: Answer) -> Answer:
    found = bench.exact_bootstrap(data["x"], _statistic(options["statistic"]))
    return {
        "estimate": found.estimate,
        "se_ideal": found.se,
        "n_resamples_total": found.resamples,
        "acceleration": found.acceleration,
        "p_le_estimate": found.cdf(found.estimate),
        "cdf_check": [found.quantile(share) for share in (0.025, 0.05, 0.5, 0.95, 0.975)],
    }


def bootstrap_mc(data: Answer, options: Answer) -> Answer:
    name = _statistic(options["statistic"])
    given: Answer = {}
    methods: tuple[Any, ...] = ("percentile", "basic", "bca")
    for method in methods:
        found = bench.bootstrap_interval(
            data["x"],
            name,
            method=method,
            resamples=options["recommended_resamples"],
            level=options.get("conf_level", 0.95),
        )
        given |= {"estimate": found.estimate, **ends(method, found)}
    return given


FAMILIES: dict[str, Callable[[Answer, Answer], Answer]] = {
    "bootstrap_mc": bootstrap_mc,
    "bootstrap_exact": bootstrap_exact,
}
