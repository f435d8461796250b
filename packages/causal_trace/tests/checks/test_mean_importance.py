"""The importance of a position over many chains, on planted causes."""

from dataclasses import replace

import pytest

from causal_trace import (
    Chain,
    ImportanceResult,
    InvalidTraceError,
    PlantedModel,
    importance_sync,
    mean_importance,
)

WEIGHTS = (0.6, 0.0, 0.3, 0.1)


def _measured(seed: int, items: int, n: int = 10) -> tuple[list[Chain], list[ImportanceResult]]:
    model = PlantedModel(WEIGHTS, seed=seed)
    chains = [model.chain(f"q{number}") for number in range(items)]
    return chains, [importance_sync(each, model, answer="accept", n=n) for each in chains]


@pytest.mark.slow
def test_the_interval_holds_the_planted_importance_at_its_level() -> None:
    covered, false_causes, runs = 0, 0, 50
    for seed in range(runs):
        positions = mean_importance(*_measured(seed, items=12))
        for found, weight in zip(positions, WEIGHTS, strict=True):
            low, high = found.interval
            covered += low <= weight / 2 <= high
        false_causes += positions[1].interval.low > 0

    assert covered / (runs * len(WEIGHTS)) >= 0.92
    assert false_causes / runs <= 0.06


def test_more_chains_of_the_same_item_do_not_shorten_the_interval() -> None:
    chains, results = _measured(1, items=8)
    copies = [replace(chain, id=f"copy-{chain.id}") for chain in chains]
    copied = [replace(each, chain_id=f"copy-{each.chain_id}") for each in results]

    once = mean_importance(chains, results)
    twice = mean_importance([*chains, *copies], [*results, *copied])

    assert [each.interval for each in once] == [each.interval for each in twice]
    assert (once[0].chains, twice[0].chains, twice[0].items) == (8, 16, 8)


def test_a_position_that_few_chains_reach_says_how_many() -> None:
    chains, results = _measured(2, items=5)
    cut = [results[0], *(replace(each, steps=each.steps[:2]) for each in results[1:])]

    positions = mean_importance(chains, cut)

    assert [each.items for each in positions] == [5, 5, 1, 1]
    assert tuple(positions[2].interval) == (-1.0, 1.0)


def test_the_order_of_the_results_does_not_matter_and_a_foreign_one_is_refused() -> None:
    chains, results = _measured(3, items=4)

    assert mean_importance(chains, results[::-1]) == mean_importance(chains, results)
    with pytest.raises(InvalidTraceError, match="has no chain"):
        mean_importance(chains[1:], results)
