"""Connections of clients that are not closed by hand."""

import asyncio
import gc
from typing import Any

from ensemble import OpenAIModel, Price, ask, stream
from ensemble.testing import LoopbackProvider


def model_at(provider: LoopbackProvider) -> tuple[OpenAIModel, Any]:
    model = OpenAIModel("m", base_url=provider.url, api_key="k", price=Price())
    return model, model._connected().client._session


async def closed(session: Any) -> bool:
    for _ in range(10_000):  # steps of the loop: nothing is waited for but they
        if session.closed:
            return True
        await asyncio.sleep(0)
    return False


async def test_a_client_that_is_forgotten_closes_its_connections() -> None:
    async with LoopbackProvider() as provider:
        model, session = model_at(provider)
        await ask("?", model=model)

        del model
        gc.collect()

        assert await closed(session)


async def test_a_stream_that_is_forgotten_closes_its_connection() -> None:
    async with LoopbackProvider() as provider:
        model, session = model_at(provider)
        pieces = stream("?", model=model)
        async for _ in pieces:
            break

        del pieces, model
        gc.collect()

        assert await closed(session)
