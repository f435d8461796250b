"""Every type, category and field that the original and its guides name is in the model."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest

from causal_trace import (
    EVENT_TYPES,
    Chain,
    EvidenceKind,
    TraceEvent,
    build_causal_prompt,
    chain_from_dict,
    parse,
)

# The seven categories of the original's README, each with its types in the README, the guides and
# the source. What the README gives no category is "other" or a family of its own.
SEVEN = {
    "task decomposition": ("task_decomposed",),
    "hypothesis formation": ("hypothesis_formed",),
    "pattern application": ("pattern_applied",),
    "alternative consideration": ("alternative_considered", "alternative_rejected"),
    "constraint identification": ("constraint_identified", "constraint_evaluated"),
    "decision making": ("decision_made",),
    "uncertainty flagging": ("uncertainty_noted", "ambiguity_flagged"),
}
FURTHER = {
    "other": ("assumption_made", "spec_referenced", "synthesis", "confidence_updated"),
    "machine learning": (
        *("training_started", "training_completed", "epoch_started", "epoch_completed"),
        *("batch_processed", "loss_computed", "metric_recorded", "gradient_computed"),
        *("checkpoint_saved", "checkpoint_loaded", "early_stopped", "deployment_started"),
        *("model_loaded", "inference_completed", "deployment_completed", "reward_received"),
        *("policy_updated", "experience_sampled", "stage_started", "stage_completed"),
    ),
}
PAIRS = [(name, kind) for kind, names in (SEVEN | FURTHER).items() for name in names]
# The keys that the guides put into the metadata of a type.
CONVENTIONS = {
    "confidence_updated": ("original_confidence", "reason_for_update", "new_recommendation"),
    "ambiguity_flagged": ("requires_clarification", "assumption_made", "migration_path"),
    "alternative_rejected": ("rejected_approach", "reason_category"),
    "pattern_applied": ("pattern_name", "pattern_source"),
    "constraint_evaluated": ("constraint_type", "limit", "enforcement"),
}
# Each field: its type, and a value that is not its default.
FIELDS: dict[str, tuple[object, object]] = {
    "type": (str, "decision_made"),
    "decision": (str, "a heap"),
    "reasoning": (str, "it is faster"),
    "alternatives": (tuple[str, ...], ("sort", "scan, twice")),
    "confidence": (float | None, 0.85),
    "code_section": (str | None, "push()"),
    "spec_reference": (str | None, "2.1"),
    "metadata": (Mapping[str, Any], {"llm_model": "m", "temperature": 0.2}),
    "parent_id": (str | None, "p"),
    "depends_on": (tuple[str, ...], ("a", "b")),
    "stage_id": (str | None, "plan"),
    "experiment_id": (str | None, "exp"),
    "evidence": (EvidenceKind, "summary"),
    "branch": (str | None, "main"),
    "position": (int | None, 3),
    "end": (int | None, 9),
    "input_tokens": (int | None, 4),
    "output_tokens": (int | None, 5),
    "latency_ms": (float | None, 12.5),
    "cost_usd": (float | None, 0.01),
    "timestamp": (str, "2026-01-31T12:00:00Z"),
    "id": (str, "0" * 32),
}


def test_there_are_seven_categories_of_decisions_and_34_types_of_the_original() -> None:
    assert len(SEVEN) == 7
    assert len(PAIRS) == len(set(PAIRS)) == 34
    assert set(SEVEN) < set(EVENT_TYPES.values())


@pytest.mark.parametrize(("name", "category"), PAIRS)
def test_a_type_is_known_by_its_name_and_its_category(name: str, category: str) -> None:
    event = TraceEvent(type=name, decision="d")
    chain = Chain(name="c").add(event, TraceEvent(type="own", decision="d"))

    assert EVENT_TYPES[name] == event.category == category
    assert chain.of_type(name) == chain.of_type(category) == (event,)
    read = parse(
        f'<event type="{name}"><decision>d</decision><reasoning>r</reasoning></event>', "c"
    )
    assert [each.type for each in read] == [name]
    assert "parse_warnings" not in read.metadata


def test_no_type_stands_in_the_model_that_this_list_does_not_know() -> None:
    own = {"native reasoning", "tool use", "message"}

    assert {name for name, kind in EVENT_TYPES.items() if kind not in own} == dict(PAIRS).keys()


def test_the_fields_of_an_event_are_these() -> None:
    assert [each.name for each in fields(TraceEvent)] == list(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_has_its_type_and_is_read_back_from_json(name: str) -> None:
    kind, value = FIELDS[name]
    given: dict[str, Any] = {"type": "own", "decision": "d", "position": 0, name: value}
    event = TraceEvent(**given)
    chain = Chain(name="c").add(event)

    assert TraceEvent.__annotations__[name] == kind
    (again,) = chain_from_dict(json.loads(chain.to_json()))
    assert getattr(again, name) == value
    assert again == event


@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_metadata_that_a_guide_gives_a_type_are_kept(name: str) -> None:
    given = dict.fromkeys(CONVENTIONS[name], "x") | {"limit": 3}
    chain = Chain(name="c").add(TraceEvent(type=name, decision="d", metadata=given))

    (again,) = chain_from_dict(json.loads(chain.to_json()))
    assert again.metadata == given


def test_the_prompt_names_a_type_of_each_of_the_seven_categories() -> None:
    prompt = build_causal_prompt("a cache")

    assert all(any(name in prompt for name in names) for names in SEVEN.values())
