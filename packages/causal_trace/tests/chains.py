"""Chains for the tests."""

from typing import Any

from causal_trace import Chain, TraceEvent


def chain(name: str = "c", events: int = 2, **options: Any) -> Chain:
    made = tuple(
        TraceEvent(type="decision_made", decision=f"d{number}", reasoning="r", confidence=0.5)
        for number in range(events)
    )
    return Chain(name=name, events=made, **options)
