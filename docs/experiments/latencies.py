"""Recorded latencies of LLMDrift, and the backups that an experiment sends."""

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, pearsonr, rankdata

from hedging import Hedger, Policy
from hedging.simulation import Distribution, Empirical, Traffic, pairs, replay

Floats = NDArray[np.float64]
SIBLINGS = {
    "gpt-3.5-turbo-0301": "gpt-3.5-turbo-0613",
    "gpt-3.5-turbo-0613": "gpt-3.5-turbo-0301",
    "gpt-4-0314": "gpt-4-0613",
    "gpt-4-0613": "gpt-4-0314",
}
FILES = {"PRIME": "PRIME_FULL_EVAL.csv", "OPINIONQA": "OPINIONQA_EVAL.csv"}


@dataclass(frozen=True, kw_only=True)
class Series:
    """One model on one data set.

    Attributes:
        name: Data set and model.
        latency_ms: What each question took.
        sibling_ms: What the sibling snapshot took for the same question.
        likeness: The correlation of both in normal scores.
    """

    name: str
    latency_ms: Floats
    sibling_ms: Floats
    likeness: float


def recorded_series(folder: Path) -> list[Series]:
    """The eight series, each with its sibling's latencies of the same questions."""
    found = []
    for data, file in FILES.items():
        with (folder / "latency-llmdrift" / file).open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        taken: dict[str, dict[tuple[str, str], float]] = {}
        for row in rows:
            times = taken.setdefault(row["model"].rpartition("/")[2], {})
            times.setdefault((row["id"], row["query"]), 1000 * float(row["latency"]))
        for model, latencies in taken.items():
            other = taken[SIBLINGS[model]]
            both = [key for key in latencies if key in other]
            own = np.array([latencies[key] for key in both])
            sibling = np.array([other[key] for key in both])
            found.append(
                Series(
                    name=f"{data} {model}",
                    latency_ms=own,
                    sibling_ms=sibling,
                    likeness=normal_score_correlation(own, sibling),
                )
            )
    return found


def normal_score_correlation(first: Floats, second: Floats) -> float:
    """The correlation of two columns after ranks became normal quantiles."""
    scores = [norm.ppf(rankdata(each) / (len(each) + 1)) for each in (first, second)]
    return float(pearsonr(*scores).statistic)


def drawn_copies(
    distribution: Distribution, n: int, seed: int, *, shared: float = 0.0
) -> tuple[Floats, Floats]:
    """Primaries and backups from one distribution, correlated by ``shared`` in normal scores."""
    first, second = pairs(distribution, n, Random(seed), shared=max(0.0, shared))
    return np.array(first), np.array(second)


def paired_copies(series: Series, n: int, seed: int) -> tuple[Floats, Floats]:
    """Questions drawn with replacement; the backup takes what the sibling took."""
    chosen = np.random.default_rng(seed).integers(len(series.latency_ms), size=n)
    return series.latency_ms[chosen], series.sibling_ms[chosen]


def empirical(series: Series) -> Empirical:
    """The distribution of a series."""
    return Empirical([float(each) for each in series.latency_ms])


@dataclass(frozen=True, kw_only=True)
class HedgedRun:
    """One run of the hedger.

    Attributes:
        baseline_ms: The latencies without hedging.
        hedged_ms: Those with it, of the same calls.
        fired: Which calls got a backup.
    """

    baseline_ms: Floats
    hedged_ms: Floats
    fired: NDArray[np.bool_]


def run_hedger(primary: Floats, backup: Floats, *, warm_up: int, policy: Policy) -> HedgedRun:
    """Send calls one after the other through the hedger, under simulated time.

    Args:
        primary: The latency of each primary in milliseconds.
        backup: The latency that its backup would have.
        warm_up: How many first calls are left out of the result.
        policy: The policy of the hedger.
    """
    longest = float(np.maximum(primary, backup).max())
    traffic = Traffic(
        arrival_ms=tuple(2 * longest * place for place in range(len(primary))),
        primary_ms=tuple(map(float, primary)),
        backup_ms=tuple(map(float, backup)),
        boundaries=(0, len(primary)),
    )
    result = replay(traffic, Hedger(policy))
    return HedgedRun(
        baseline_ms=primary[warm_up:],
        hedged_ms=np.array(result.latency_ms)[warm_up:],
        fired=np.array(result.hedged)[warm_up:],
    )
