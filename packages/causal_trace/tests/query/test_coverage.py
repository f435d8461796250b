"""Intervals of calibration and of correlation hold what was planted, also where it is hard."""

import random
from collections.abc import Sequence

import pytest

from causal_trace import Chain, TraceEvent, confidence_agreement, stated_calibration

# The confidences, and the accuracies with their weights; an item has one of each.
WORLDS: dict[str, tuple[Sequence[float], Sequence[tuple[float, float]]]] = {
    "in the middle": ((0.6, 0.7, 0.8, 0.9), ((0.6, 1.0),)),
    "near 1": ((0.95, 0.99, 1.0), ((0.97, 1.0),)),
    "near 0": ((0.05, 0.1), ((0.03, 1.0),)),
    "one confidence": ((0.9,), ((0.5, 1.0),)),
    "items that are always or never answered": ((0.6, 0.9), ((0.97, 0.6), (0.03, 0.4))),
}


def _chain(item: int, repeat: int, confidence: float) -> Chain:
    event = TraceEvent(type="decision_made", decision="d", confidence=confidence)
    return Chain(name="c", item=f"q{item}", id=f"{item}-{repeat}", events=(event,))


@pytest.mark.slow
@pytest.mark.parametrize(("items", "repeats"), [(10, 1), (10, 3), (30, 1)])
@pytest.mark.parametrize("world", WORLDS)
def test_overconfidence_and_brier_score_are_covered(world: str, items: int, repeats: int) -> None:
    stated, accuracies = WORLDS[world]
    rights = [share for share, _ in accuracies]
    weights = [weight for _, weight in accuracies]
    mean = sum(share * weight for share, weight in accuracies)
    true_over = sum(stated) / len(stated) - mean
    true_brier = sum(mean * (1 - c) ** 2 + (1 - mean) * c**2 for c in stated) / len(stated)
    held_over, held_brier, runs = 0, 0, 120
    for run in range(runs):
        rng = random.Random(f"{world}/{items}/{repeats}/{run}")
        chains, correct = [], []
        for item in range(items):
            (share,) = rng.choices(rights, weights)
            confidence = rng.choice(stated)
            for repeat in range(repeats):
                chains.append(_chain(item, repeat, confidence))
                correct.append(rng.random() < share)
        found = stated_calibration(chains, correct)
        over, brier = found.overconfidence_interval, found.brier_interval
        assert over is not None
        assert brier is not None
        assert found.overconfidence is not None
        assert found.brier is not None
        assert -1 <= over.low <= found.overconfidence <= over.high <= 1
        assert 0 <= brier.low <= found.brier <= brier.high <= 1
        held_over += over.low - 1e-9 <= true_over <= over.high + 1e-9
        held_brier += brier.low - 1e-9 <= true_brier <= brier.high + 1e-9

    assert held_over / runs >= 0.9
    assert held_brier / runs >= 0.9


def test_answers_that_are_all_correct_leave_the_interval_open() -> None:
    """A bootstrap of them has no width."""
    found = stated_calibration([_chain(item, 0, 0.99) for item in range(12)], [True] * 12)

    assert found.overconfidence_interval is not None
    assert found.overconfidence_interval.high > 0.1
    assert found.brier_interval is not None
    assert found.brier_interval.high > 0.1


def test_with_fewer_than_ten_items_there_is_no_interval() -> None:
    found = stated_calibration([_chain(item, 0, 0.9) for item in range(9)], [True] * 9)

    assert found.overconfidence_interval is None
    assert found.brier_interval is None


def test_the_rank_correlation_is_covered_with_ties_in_ten_items() -> None:
    def drawn(rng: random.Random, items: int) -> tuple[list[Chain], dict[str, str]]:
        """Two repeats agree or not, the more often the higher the confidence is."""
        chains, answers = [], {}
        for item in range(items):
            stated = rng.choice((0.6, 0.7, 0.8, 0.9))
            same = rng.random() < 3 * stated - 1.8
            for repeat in range(2):
                chains.append(_chain(item, repeat, stated))
                answers[chains[-1].id] = "x" if same else str(repeat)
        return chains, answers

    true = 0.674  # Spearman's correlation in 200,000 items
    held = known = 0
    for run in range(60):
        found = confidence_agreement(*drawn(random.Random(f"{run}"), 10)).correlation_interval
        if found is not None:
            known += 1
            held += found.low <= true <= found.high

    assert known > 50
    assert held / known >= 0.9
