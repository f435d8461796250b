"""A prediction as a causal chain."""

from collections.abc import Callable
from typing import Any

import pytest

from ensemble import predict, to_chain

causal_trace = pytest.importorskip("causal_trace")


async def test_a_chain_tells_who_said_what_and_what_was_decided_on_it(
    panel: Callable[..., list[Any]],
) -> None:
    models = panel("4", ValueError("down"), "5", "4", "")

    result = await predict("2+2?", models=models)
    chain = to_chain(result)

    assert [event.type for event in chain] == [
        "task_decomposed",
        "hypothesis_formed",
        "uncertainty_noted",
        "hypothesis_formed",
        "hypothesis_formed",
        "ambiguity_flagged",
        "alternative_rejected",
        "decision_made",
    ]
    root, *_, decision = chain
    assert (decision.decision, decision.alternatives) == ("4", ("5",))
    assert set(decision.depends_on) < {event.id for event in chain}
    assert all(event.parent_id == root.id for event in chain if event is not root)
    assert [event.id for event in chain] == [event.id for event in to_chain(result)]


async def test_an_abstention_and_a_judge_are_in_the_chain_too(
    panel: Callable[..., list[Any]],
) -> None:
    judge, *models = panel("A", "x", "y")

    split = to_chain(await predict("?", models=models, strategy="unanimous"), name="mine")
    judged = to_chain(await predict("?", models=models, strategy=("judge", {"model": judge})))

    assert (split.name, split.events[-1].type) == ("mine", "ambiguity_flagged")
    assert split.events[-1].decision == "no answer: 2 different answers"
    assert "constraint_evaluated" in [event.type for event in judged]


async def test_answers_are_self_reported_and_the_vote_is_a_record(
    panel: Callable[..., list[Any]],
) -> None:
    result = await predict("2+2?", models=panel("4", "4", "5"))
    chain = to_chain(result)

    assert [event.decision.split(": ")[-1] for event in chain.self_reported()] == ["4", "4", "5"]
    assert all(event.latency_ms is not None for event in chain.self_reported())
    assert chain.events[-1].evidence == "observed"
    assert chain.events[-1].metadata["votes"] == dict(result.votes)
