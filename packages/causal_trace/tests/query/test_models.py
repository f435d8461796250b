"""Models are compared on what their chains state, with items as clusters."""

import random

import pytest

from causal_trace import Chain, EvidenceKind, InvalidTraceError, TraceEvent, compare_models


def _event(
    alternatives: int = 0,
    confidence: float | None = None,
    *,
    evidence: EvidenceKind = "self_reported",
    reasoning: str = "why",
    tokens: int | None = None,
    cost: float | None = None,
) -> TraceEvent:
    return TraceEvent(
        type="decision_made",
        decision="go" if evidence == "self_reported" else "",
        reasoning=reasoning,
        alternatives=tuple(f"option {number}" for number in range(alternatives)),
        confidence=confidence,
        evidence=evidence,
        output_tokens=tokens,
        cost_usd=cost,
    )


def _chain(model: str, item: str, *events: TraceEvent) -> Chain:
    return Chain(name=item, item=item, metadata={"model": model}, events=events)


def test_each_model_has_a_row_with_its_own_figures() -> None:
    chains = [
        _chain("a", "q1", _event(2), _event(0), _event(evidence="native_reasoning", tokens=30)),
        _chain("a", "q2", _event(3, cost=0.5)),
        _chain("b", "q1"),
        _chain("b", "q3", _event(1)),
    ]

    found = compare_models(chains)
    first, second = found.models

    assert (first.model, first.coverage, first.alternatives.mean) == ("a", 1.0, 2.0)
    assert (second.coverage, second.alternatives.mean, second.alternatives.chains) == (0.5, 1.0, 1)
    assert (first.reasoning_characters.mean, first.reasoning_tokens.mean) == (3.0, 30.0)
    assert (first.cost_usd.mean, first.cost_usd.chains, second.cost_usd.mean) == (0.5, 1, None)
    assert found.shared_items == 1


def test_reasoning_is_no_alternative_and_a_decision_is_no_reasoning() -> None:
    native = _event(4, evidence="native_reasoning", reasoning="12345")
    (row,) = compare_models([_chain("a", "q", native)]).models

    assert (row.coverage, row.alternatives.mean, row.reasoning_characters.mean) == (0.0, None, 5.0)


def test_an_item_counts_once_however_often_it_is_repeated() -> None:
    once = [_chain("a", f"q{n}", _event(n)) for n in range(4)]
    often = [*once, *[_chain("a", "q3", _event(3)) for _ in range(20)]]

    (few,), (many,) = compare_models(once).models, compare_models(often).models

    assert few.alternatives.mean == many.alternatives.mean == 1.5
    assert few.alternatives.interval == many.alternatives.interval
    assert many.alternatives.chains == 24


def test_the_interval_of_a_mean_holds_the_truth_at_its_level() -> None:
    rng = random.Random(1)
    covered, runs = 0, 300
    for _ in range(runs):
        chains = []
        for number in range(12):
            level = rng.randint(0, 6)
            chains += [_chain("a", f"q{number}", _event(level + rng.randint(0, 2)))] * 3
        interval = compare_models(chains).models[0].alternatives.interval
        assert interval is not None
        covered += interval.low <= 4.0 <= interval.high

    assert 0.92 <= covered / runs <= 0.98


def test_overconfidence_is_shown_where_outcomes_are_known() -> None:
    chains = [_chain("a", f"q{n}", _event(confidence=0.9)) for n in range(20)]

    table = compare_models(chains, [n % 2 == 0 for n in range(20)])

    assert "| +0.40 [" in table.to_markdown()
    assert compare_models(chains).models[0].calibration is None
    with pytest.raises(InvalidTraceError, match="20 chains and 1 values"):
        compare_models(chains, [True])


def test_the_model_is_the_condition_or_what_is_asked_for_and_cannot_break_the_table() -> None:
    chain = Chain(name="x", condition="warm | cold", events=(_event(),))

    assert "| warm \\| cold |" in compare_models([chain]).to_markdown()
    assert compare_models([chain], model_of=lambda each: each.name).models[0].model == "x"
    assert compare_models([]).models == ()


def test_the_name_of_a_model_is_shown_as_text_in_the_table() -> None:
    shown = compare_models([_chain("a\u202e|`b`", "q1", _event())]).to_markdown()

    assert "\u202e" not in shown
    assert "\\|\\`b\\`" in shown
