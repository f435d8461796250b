"""Chains against their outcomes, on chains with known truth."""

import random
from collections.abc import Sequence

import pytest

from causal_trace import (
    Chain,
    InvalidTraceError,
    TraceEvent,
    failure_factors,
    mine_patterns,
    stated_calibration,
    validate_scanner,
)


def _answers(n: int, shift: float, seed: int = 1) -> tuple[list[Chain], list[bool]]:
    """Answers whose accuracy is their stated confidence minus a shift."""
    rng = random.Random(seed)
    chains, correct = [], []
    for number in range(n):
        confidence = rng.choice([0.5, 0.6, 0.7, 0.8, 0.9])
        event = TraceEvent(type="decision_made", decision="d", confidence=confidence)
        chains.append(Chain(name="c", events=(event,), item=f"q{number}"))
        correct.append(rng.random() < confidence - shift)
    return chains, correct


def test_calibrated_answers_have_the_error_expected_of_them() -> None:
    found = stated_calibration(*_answers(800, 0.0))

    assert found.ece is not None
    assert found.ece_if_calibrated is not None
    assert found.ece < 2 * found.ece_if_calibrated
    assert found.overconfidence_interval is not None
    low, high = found.overconfidence_interval
    assert low < 0 < high


def test_overconfidence_is_measured() -> None:
    found = stated_calibration(*_answers(800, 0.3))

    assert found.overconfidence == pytest.approx(0.3, abs=0.05)
    assert found.ece == pytest.approx(0.3, abs=0.05)
    assert sum(each.n for each in found.bins) == 800


def test_native_reasoning_and_missing_confidences_are_left_out_and_counted() -> None:
    native = TraceEvent(type="r", decision="d", confidence=0.9, evidence="native_reasoning")
    stated = TraceEvent(type="x", decision="d", confidence=0.6)
    chains = [Chain(name="a", events=(stated, native)), Chain(name="b", events=(native,))]

    found = stated_calibration(chains, [True, False])

    assert (found.n, found.not_stated) == (1, 1)
    assert found.bins[0].mean_confidence == 0.6
    assert found.brier == pytest.approx(0.16)
    assert stated_calibration([chains[1]], [True]).ece is None
    with pytest.raises(InvalidTraceError):
        stated_calibration(chains, [True])


def _typed(types: Sequence[str], number: int) -> Chain:
    events = tuple(TraceEvent(type=each, decision="d") for each in types)
    return Chain(name="c", events=events, id=str(number))


def test_planted_patterns_are_found_with_support_and_success_rate() -> None:
    good, bad = (
        ("hypothesis_formed", "constraint_evaluated", "decision_made"),
        ("ambiguity_flagged", "decision_made"),
    )
    chains = [_typed(good if n < 30 else bad, n) for n in range(50)]
    correct = [n < 24 or n >= 45 for n in range(50)]

    patterns = {each.types: each for each in mine_patterns(chains, correct)}

    assert patterns[good].support == 0.6
    assert patterns[good].success_rate == 0.8
    assert patterns[bad].success_rate == 0.25
    assert patterns[good].interval is not None
    assert set(patterns) == {good, good[:2], good[1:], bad}
    assert all(each.success_rate is None for each in mine_patterns(chains))


def test_failure_factors_compare_chains_with_and_without() -> None:
    chains = [_typed(("x",), n) for n in range(40)]
    has = [n < 20 for n in range(40)]
    correct = [n % 4 == 0 if n < 20 else n % 4 != 0 for n in range(40)]

    (found,) = failure_factors(chains, correct, {"vague": has})

    assert (found.rate_with, found.rate_without) == (0.75, 0.25)
    assert len(found.examples) == 3
    (none,) = failure_factors(chains, correct, {"never": [False] * 40})
    assert none.rate_with is None
    assert tuple(none.interval_with) == (0.0, 1.0)


def test_a_scanner_is_measured_against_labels() -> None:
    chains = [_typed(("ambiguity_flagged",) if n < 12 else ("x",), n) for n in range(30)]
    labels = [n < 10 or n >= 28 for n in range(30)]

    found = validate_scanner(lambda chain: chain.of_type("ambiguity_flagged"), chains, labels)

    assert (found.true_positives, found.false_positives, found.false_negatives) == (10, 2, 2)
    assert found.precision == pytest.approx(10 / 12)
    assert found.recall_interval.low < 10 / 12 < found.recall_interval.high


def test_a_scanner_that_fails_harms_its_own_chain_only() -> None:
    class SilentError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def scanner(chain: Chain) -> bool:
        if chain.id == "1":
            raise SilentError
        return True

    found = validate_scanner(scanner, [_typed(("x",), n) for n in range(3)], [True] * 3)

    assert (found.true_positives, found.false_negatives, found.failed) == (2, 1, 1)
