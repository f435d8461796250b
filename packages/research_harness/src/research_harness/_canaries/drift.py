"""Whether a model's answers to the fixed requests changed: permutation tests, Holm's correction.

The first request of each prompt at the first moment is the reference. The values that are compared
are whether an answer is the reference's, and its length. Given the reference, the other answers of
an unchanged model to a prompt are exchangeable between moments. Both sides of a test have equally
many answers to each prompt.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, TypedDict

from .canaries import MIN_ANSWERS
from .log import CanaryRecord, Moment, read_canaries

Measure = Literal["same_answer", "characters"]


class CanaryComparison(TypedDict):
    """A model's answers at one moment against those at the first.

    Attributes:
        session: The number of the session of the later moment.
        moment: The later moment.
        measure: ``same_answer``: the share of answers that are the reference; ``characters``.
        n: How many answers each side has.
        before: The mean at the first moment.
        after: The mean at the later moment.
        p_value: The p-value of the permutation test.
        p_adjusted: The same by Holm over all models, moments and measures.
    """

    session: int
    moment: Moment
    measure: Measure
    n: int
    before: float
    after: float
    p_value: float
    p_adjusted: float


class CanaryModel(TypedDict):
    """What the fixed requests to one model show.

    Attributes:
        name: The model's name.
        requests: How many were asked.
        failures: How many of them failed.
        changed: Whether an adjusted p-value is at most alpha.
        versions: The versions that the provider reported.
        comparisons: The tests; empty with fewer than 8 answers on a side.
    """

    name: str
    requests: int
    failures: int
    changed: bool
    versions: list[str]
    comparisons: list[CanaryComparison]


class CanaryValues(TypedDict):
    """What the fixed requests of a run show.

    Attributes:
        alpha: The level of the tests together.
        requests: How many were asked.
        failures: How many of them failed.
        known_cost_usd: The known costs, which are part of no condition.
        unknown_costs: How many answers have an unknown cost.
        changed: The names of the models that changed.
        models: The models.
    """

    alpha: float
    requests: int
    failures: int
    known_cost_usd: float
    unknown_costs: int
    changed: list[str]
    models: list[CanaryModel]


def canary_values(path: Path, *, alpha: float, seed: int) -> CanaryValues | None:
    """What the answers of a run show; None when nothing was asked.

    Args:
        path: ``canaries.jsonl``.
        alpha: The level of the tests together.
        seed: The seed of the permutations.
    """
    records = read_canaries(path)
    if not records:
        return None
    by_model: dict[str, list[CanaryRecord]] = defaultdict(list)
    for each in records:
        by_model[each.model].append(each)
    models = [_model(name, found, seed) for name, found in by_model.items()]
    _adjust(models, alpha)
    answered = [each for each in records if not each.error]
    return {
        "alpha": alpha,
        "requests": len(records),
        "failures": len(records) - len(answered),
        "known_cost_usd": sum(each.cost_usd or 0.0 for each in records),
        "unknown_costs": sum(each.cost_usd is None for each in answered),
        "changed": [each["name"] for each in models if each["changed"]],
        "models": models,
    }


def _model(name: str, records: Sequence[CanaryRecord], seed: int) -> CanaryModel:
    answered = [each for each in records if not each.error]
    return {
        "name": name,
        "requests": len(records),
        "failures": len(records) - len(answered),
        "changed": False,
        "versions": sorted({each.model_version for each in answered if each.model_version}),
        "comparisons": list(_comparisons(records, seed)),
    }


def _comparisons(records: Sequence[CanaryRecord], seed: int) -> Iterator[CanaryComparison]:
    moments: dict[tuple[int, Moment], dict[str, list[CanaryRecord]]] = {}
    references: dict[str, str] = {}
    first = (records[0].session, records[0].moment)
    for each in records:
        key = (each.session, each.moment)
        prompts = moments.setdefault(key, defaultdict(list))
        if key == first and each.number == 0:
            if not each.error:
                references[each.prompt_sha256] = each.answer_sha256
        elif not each.error:
            prompts[each.prompt_sha256].append(each)
    base = moments.pop(first)
    for (session, moment), later in moments.items():
        sides = _balanced(base, later, references)
        if len(sides[0]) >= MIN_ANSWERS:
            yield from _tests(session, moment, sides, references, seed)


def _balanced(
    base: dict[str, list[CanaryRecord]],
    later: dict[str, list[CanaryRecord]],
    prompts: dict[str, str],
) -> tuple[list[CanaryRecord], list[CanaryRecord]]:
    """As many answers to each prompt on both sides."""
    sides: tuple[list[CanaryRecord], list[CanaryRecord]] = ([], [])
    for prompt in prompts:
        pairs = zip(base.get(prompt, ()), later.get(prompt, ()), strict=False)
        for one, two in pairs:
            sides[0].append(one)
            sides[1].append(two)
    return sides


def _tests(
    session: int,
    moment: Moment,
    sides: tuple[list[CanaryRecord], list[CanaryRecord]],
    references: dict[str, str],
    seed: int,
) -> Iterator[CanaryComparison]:
    import bench

    def value(record: CanaryRecord, measure: Measure) -> float:
        if measure == "characters":
            return float(record.characters)
        return float(record.answer_sha256 == references[record.prompt_sha256])

    measures: tuple[Measure, ...] = ("same_answer", "characters")
    for measure in measures:
        before, after = ([value(each, measure) for each in side] for side in sides)
        p_value = float(bench.permutation_test(before, after, seed=seed).p_value)
        yield {
            "session": session,
            "moment": moment,
            "measure": measure,
            "n": len(before),
            "before": sum(before) / len(before),
            "after": sum(after) / len(after),
            "p_value": p_value,
            "p_adjusted": p_value,
        }


def _adjust(models: Sequence[CanaryModel], alpha: float) -> None:
    """Put in the adjusted p-values and which models changed."""
    import bench

    compared = [each for model in models for each in model["comparisons"]]
    if not compared:
        return
    adjusted = bench.adjust([each["p_value"] for each in compared], method="holm")
    for each, p_adjusted in zip(compared, adjusted, strict=True):
        each["p_adjusted"] = float(p_adjusted)
    for model in models:
        model["changed"] = any(each["p_adjusted"] <= alpha for each in model["comparisons"])
