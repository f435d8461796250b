"""What the forecast from pairs of copies says beside what other pairs of the same models give.

Run: ``python tests/benchmarks/bench_hedging_copies.py [--runs 20] [--pairs 600]``, with
``CRUCIBLE_MIRROR`` naming the folder with the benchmark files. Two dated versions of a model
answered the same questions (OPINIONQA and PRIME); their answers stand for two copies. The latencies
of the second version get those of the first by rank, so that both copies have one distribution and
are as alike as the versions are. Half of the questions, or ``--pairs`` drawn from all with
replacement, are given to ``analyze``.
"""

import argparse
import csv
import os
import random
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean, median

from hedging import analyze
from hedging._offline.copies import CopiesEvidence, evidence_of
from hedging._offline.oracle import Sample

VERSIONS = {"gpt-3.5-turbo": ("0301", "0613"), "gpt-4": ("0314", "0613")}
BUDGETS = (0.02, 0.05, 0.10)
Pairs = list[tuple[float, float]]


def recorded() -> Iterator[tuple[str, Pairs]]:
    """The latencies of each question by both versions, with the distribution of one of them."""
    folder = Path(os.environ["CRUCIBLE_MIRROR"]) / "latency-llmdrift"
    for name in ("OPINIONQA_EVAL", "PRIME_FULL_EVAL"):
        answers: dict[str, dict[str, float]] = {}
        with (folder / f"{name}.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                if row["latency"]:
                    model = row["model"].partition("/")[2]
                    answers.setdefault(model, {})[row["id"]] = 1000 * float(row["latency"])
        for model, versions in VERSIONS.items():
            for version, other in (versions, versions[::-1]):
                first, second = answers[f"{model}-{version}"], answers[f"{model}-{other}"]
                both = [each for each in first if each in second]
                mapped = by_rank([second[each] for each in both], [first[each] for each in both])
                pairs = [(first[each], latency) for each, latency in zip(both, mapped, strict=True)]
                yield f"{name.partition('_')[0]} {model}-{version}", pairs


def by_rank(values: list[float], of: list[float]) -> list[float]:
    """The values of another list in the order of these: the lowest for the lowest, and so on."""
    result = list(values)
    for place, value in zip(
        sorted(range(len(values)), key=values.__getitem__), sorted(of), strict=True
    ):
        result[place] = value
    return result


def forecast(given: Pairs, budget: float) -> tuple[CopiesEvidence, float]:
    """What the given pairs show, and what the forecast promises for independent copies."""
    found = analyze([first for first, _ in given], copies=given, budgets=[budget])
    assert found.evidence is not None
    return found.evidence, found.prospects[0].reduction


def fall(pairs: Pairs, given: Pairs, budget: float) -> float:
    """How far the P99 of pairs falls by the delay that was learned from those given."""
    rule = Sample([first for first, _ in given]).best_rule(budget)
    return evidence_of(pairs, rule, level=0.5, seed=0).reduction


def main() -> None:
    """Print the errors, in points of the P99, and how often the interval has the value."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=600)
    options = parser.parse_args()
    errors: dict[str, list[float]] = {"pairs": [], "independent": [], "new pairs": []}
    covered: list[bool] = []
    for name, pairs in recorded():
        for budget in BUDGETS:
            row: list[tuple[float, float, float, bool]] = []
            for run in range(options.runs):
                generator = random.Random(f"{name} {budget} {run}")
                given = generator.choices(pairs, k=options.pairs)
                evidence, independent = forecast(given, budget)
                truth = fall(pairs, given, budget)
                low, high = evidence.interval
                row.append((evidence.reduction, independent, truth, low <= truth <= high))
                shuffled = generator.sample(pairs, k=len(pairs))
                half, rest = shuffled[: len(pairs) // 2], shuffled[len(pairs) // 2 :]
                errors["new pairs"].append(
                    forecast(half, budget)[0].reduction - fall(rest, half, budget)
                )
            errors["pairs"] += [each - truth for each, _, truth, _ in row]
            errors["independent"] += [each - truth for _, each, truth, _ in row]
            covered += [each for *_, each in row]
            said, without, truth = (median(column) for column in list(zip(*row, strict=True))[:3])
            print(
                f"{name:26} {budget:4.0%} falls by {truth:6.1%}: from pairs {said:6.1%},"
                f" independent {without:6.1%}; covered {fmean(each for *_, each in row):4.0%}",
                flush=True,
            )
    for name, each in errors.items():
        sizes = [abs(error) for error in each]
        print(f"{name}: median error {median(each):+.1%}, median size {median(sizes):.1%}")
    print(f"covered {fmean(covered):.1%} of {len(covered)}")


if __name__ == "__main__":
    main()
