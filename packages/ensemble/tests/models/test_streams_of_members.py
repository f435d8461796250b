"""Streams stay streams through variants, fallbacks, recalibration, hedging and caches."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    AllModelsFailedError,
    Fallback,
    FunctionModel,
    HedgedModel,
    Query,
    Recalibrated,
    Response,
    ResponseCache,
    SamplingParameters,
    Variant,
    stream,
)


class Writer:
    """Writes its pieces, and fails or waits where a piece says so."""

    def __init__(self, name: str, *parts: Any) -> None:
        self.name = name
        self.parts = parts
        self.prompts: list[str] = []
        self.closed = False

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        raise AssertionError("it should be asked in pieces")

    async def write(
        self, query: Query, sampling: SamplingParameters
    ) -> AsyncGenerator[str | Response, None]:
        self.prompts.append(str(query))
        try:
            for part in self.parts:
                if isinstance(part, asyncio.Event):
                    await part.wait()
                elif isinstance(part, Exception):
                    raise part
                else:
                    yield part
            text = "".join(part for part in self.parts if isinstance(part, str))
            yield Response(text=text, model=self.name, cost_usd=1.0, confidence=0.5)
        finally:
            self.closed = True


async def read(model: Any) -> tuple[list[str], Response]:
    answer = stream("Is it?", model=model)
    pieces = [piece async for piece in answer]
    assert answer.response is not None
    return pieces, answer.response


async def test_a_variant_writes_in_its_own_way() -> None:
    inner = Writer("m", "fo", "ur")

    pieces, response = await read(Variant(inner, "brief", prompt=lambda text: f"{text} Briefly."))

    assert pieces == ["fo", "ur"]
    assert inner.prompts == ["Is it? Briefly."]
    assert response.model == "brief"


async def test_a_confidence_is_mended_at_the_end_of_a_stream() -> None:
    pieces, response = await read(Recalibrated(Writer("m", "fo", "ur"), lambda given: given / 2))

    assert pieces == ["fo", "ur"]
    assert response.confidence == 0.25


async def test_a_substitute_writes_where_the_first_fails_before_its_first_piece() -> None:
    first = Writer("first", ValueError("no"))

    pieces, response = await read(Fallback(first, Writer("second", "fo", "ur")))

    assert pieces == ["fo", "ur"]
    assert (response.model, response.attempts, response.cost_usd) == ("second", 2, None)
    assert first.closed


async def test_pieces_of_two_answers_are_never_mixed() -> None:
    second = Writer("second", "other")
    answer = stream("Is it?", model=Fallback(Writer("first", "fo", ValueError("no")), second))

    with pytest.raises(ValueError, match="no"):
        async for _ in answer:
            pass

    assert answer.text == "fo"
    assert not second.prompts


async def test_a_fallback_of_failures_names_them_all() -> None:
    answer = stream(
        "Is it?", model=Fallback(Writer("a", ValueError("x")), Writer("b", ValueError("y")))
    )

    with pytest.raises(AllModelsFailedError, match="a: x; b: y"):
        await anext(answer)


async def test_an_answer_is_kept_while_it_is_read_in_pieces(tmp_path: Path) -> None:
    model = Writer("m", "fo", "ur")
    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        first, paid = await read(cache.wrap(model, version="1"))
        again, free = await read(cache.wrap(model, version="1"))

        assert (first, again) == (["fo", "ur"], ["four"])
        assert (paid.cost_usd, free.cost_usd, free.cached) == (1.0, 0.0, True)
        assert len(model.prompts) == 1
        assert (cache.statistics.misses, cache.statistics.hits) == (1, 1)


async def test_two_who_want_the_same_stream_cause_one_request(tmp_path: Path) -> None:
    gate = asyncio.Event()
    model = Writer("m", "fo", gate, "ur")
    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        cached = cache.wrap(model, version="1")
        first = stream("Is it?", model=cached)
        assert await anext(first) == "fo"
        second = asyncio.create_task(read(cached))
        while not second.done() and not gate.is_set():
            await asyncio.sleep(0)
            gate.set()
        rest = [piece async for piece in first]

        assert rest == ["ur"]
        assert (await second)[0] == ["four"]
        assert len(model.prompts) == 1


async def test_a_stream_that_is_left_is_not_kept(tmp_path: Path) -> None:
    model = Writer("m", "fo", "ur")
    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        answer = stream("Is it?", model=cache.wrap(model, version="1"))
        await anext(answer)
        await answer.aclose()

        assert len(cache) == 0
        assert (await read(cache.wrap(model, version="1")))[0] == ["fo", "ur"]


async def test_a_late_first_piece_is_asked_for_once_more() -> None:
    pytest.importorskip("hedging")
    late, quick = Writer("late", asyncio.Event(), "no"), Writer("quick", "fo", "ur")

    pieces, response = await read(HedgedModel(late, backup=quick, delay_ms=1))

    assert pieces == ["fo", "ur"]
    assert (response.model, response.attempts) == ("quick", 2)
    assert response.cost_usd is None  # the late one may cost something
    assert late.closed


async def test_a_backup_does_not_disturb_an_answer_that_has_begun() -> None:
    pytest.importorskip("hedging")
    pieces, response = await read(HedgedModel(Writer("m", "fo", "ur"), delay_ms=60_000))

    assert pieces == ["fo", "ur"]
    assert (response.attempts, response.cost_usd) == (1, 1.0)


async def test_attempts_that_both_fail_are_named() -> None:
    pytest.importorskip("hedging")
    model = HedgedModel(Writer("m", ValueError("x")), delay_ms=60_000)

    with pytest.raises(AllModelsFailedError, match="m: x; backup: x"):
        await anext(stream("Is it?", model=model))


async def test_a_function_gives_its_answer_in_one_piece_through_all_of_them() -> None:
    model = Variant(Fallback(FunctionModel("f", lambda _: "four")), "v")

    pieces, response = await read(model)

    assert (pieces, response.text) == (["four"], "four")
