"""A caller puts other models in the place of those that are asked."""

from collections.abc import Callable
from typing import Any

import pytest

from ensemble import (
    Model,
    ModelCall,
    Response,
    Variant,
    ask,
    note_sent,
    observing_calls,
    predict,
    request_key,
    stream,
    substituting_models,
)


class Named:
    """Answers with its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def generate(self, query: Any, sampling: Any) -> Response:
        note_sent(f"{query}, please", sampling)
        return Response(text=f"from {self.name}", model=self.name)


def other(name: str) -> Callable[[Model], Model]:
    return lambda model: Named(name if model.name == "a" else model.name)


@pytest.mark.anyio
async def test_every_kind_of_call_asks_the_substitute() -> None:
    with substituting_models(other("recorded")):
        asked = await ask("q", model=Named("a"))
        kept = await ask("q", model=Named("b"))
        voted = await predict("q", models=[Named("a")])
        streamed = [piece async for piece in stream("q", model=Named("a"))]
    outside = await ask("q", model=Named("a"))

    texts = [asked.text, kept.text, voted.responses[0].response.text, *streamed]  # type: ignore[union-attr]  # it answered
    assert texts == ["from recorded", "from b", "from recorded", "from recorded"]
    assert outside.text == "from a"


@pytest.mark.anyio
async def test_an_observer_sees_what_was_asked_and_what_was_sent() -> None:
    calls: list[ModelCall] = []
    member = Variant(Named("a"), "kind", prompt=lambda text: f"Kindly: {text}")

    with observing_calls(calls.append):
        await ask("q", model=member)

    assert calls[0].prompt == "Kindly: q, please"
    assert calls[0].asked is not None
    model, item, sampling = calls[0].asked
    assert (model, item) == (member, "q")
    assert request_key(model, item, sampling) == request_key(member, "q", sampling)
    assert "asked" not in calls[0].to_dict()
