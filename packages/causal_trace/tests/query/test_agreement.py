"""Stated confidence is compared with how often repeated sampling gives the same answer."""

import random

import pytest

from causal_trace import (
    Chain,
    ConfidenceAgreement,
    InvalidTraceError,
    TraceEvent,
    confidence_agreement,
)


def _chain(item: str | None, number: int, confidence: float | None) -> Chain:
    event = TraceEvent(type="decision_made", decision="go", confidence=confidence)
    return Chain(name="c", item=item, id=f"{item}-{number}", events=(event,))


def _sampled(rng: random.Random, *, items: int, repeats: int, excess: float) -> ConfidenceAgreement:
    """Sample answers where a chance p of one common answer is stated with an excess."""
    chains, answers = [], {}
    for item in range(items):
        p = rng.uniform(0.6, 0.8)
        for number in range(repeats):
            common = rng.random() < p
            # Every other answer is unlike all others, so that it is never given again.
            stated = min(1.0, (p if common else 0.0) + excess)
            chain = _chain(f"q{item}", number, stated)
            chains.append(chain)
            answers[chain.id] = "common" if common else chain.id
    return confidence_agreement(chains, answers)


@pytest.mark.slow
def test_a_model_that_states_its_own_chance_has_no_gap_and_an_excess_is_found() -> None:
    rng = random.Random(3)
    runs = 150
    calm = [_sampled(rng, items=15, repeats=4, excess=0.0) for _ in range(runs)]
    sure = [_sampled(rng, items=15, repeats=4, excess=0.2) for _ in range(runs)]

    gaps = [each.gap or 0.0 for each in calm]
    covered = sum(each.gap_interval.low <= 0 <= each.gap_interval.high for each in calm)
    found = sum(each.gap_interval.low <= 0.2 <= each.gap_interval.high for each in sure)

    assert abs(sum(gaps) / runs) < 0.01
    assert covered / runs >= 0.92
    assert found / runs >= 0.92


def test_confidence_that_follows_agreement_has_a_high_rank_correlation() -> None:
    chains, answers = [], {}
    for item in range(12):
        for number in range(12):
            chain = _chain(f"q{item}", number, item / 12)
            chains.append(chain)
            answers[chain.id] = " Yes" if number <= item else str(number)
    answers |= {f"q11-{number}": "YES " for number in range(12)}

    found = confidence_agreement(chains, answers)

    assert found.correlation == pytest.approx(1.0)
    assert found.correlation_interval is not None


def test_what_is_not_stated_or_not_repeated_is_counted_and_in_no_figure() -> None:
    chains = [
        _chain("a", 0, 0.9), _chain("a", 1, None), _chain("b", 0, 0.1), _chain(None, 0, 0.2)
    ]  # fmt: skip
    found = confidence_agreement(chains, {chain.id: "x" for chain in chains})

    assert (found.items, found.chains, found.not_stated, found.not_repeated) == (1, 1, 1, 2)
    assert (found.mean_confidence, found.mean_agreement) == (0.9, 1.0)
    assert found.correlation is None
    assert tuple(found.gap_interval) == (-1.0, 1.0)


def test_nothing_repeated_is_said_and_a_chain_without_answer_is_refused() -> None:
    chain = _chain("a", 0, 0.9)

    assert "no repeated item" in str(confidence_agreement([chain], {chain.id: "x"}))
    with pytest.raises(InvalidTraceError, match="no answer for chains a-0"):
        confidence_agreement([chain], {})
