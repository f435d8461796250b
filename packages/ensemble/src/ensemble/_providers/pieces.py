"""The pieces of an answer that comes as a stream of events."""

from collections.abc import AsyncGenerator
from typing import Any

from .._core.errors import ConnectionFailedError, ModelError
from .._transport.http import HttpClient
from .._transport.sse import Event
from .forms.gathering import Piece

Pieces = AsyncGenerator[Piece, None]


def named(event: Event) -> Any:
    """The data of an event, with its name as the type where it has none."""
    if isinstance(event.data, dict) and event.name not in ("message", "whole"):
        return {"type": event.name, **event.data}
    return event.data


def reported_error(client: HttpClient, event: Event) -> ModelError | None:
    error = client.body_error(event.data)
    if error is None and event.name == "error":
        return client.body_error({"error": event.data or "without a text"})
    inner = event.data.get("response") if isinstance(event.data, dict) else None
    if error is None and isinstance(inner, dict):
        return client.body_error(inner)
    return error


async def begun_with(pieces: Pieces) -> list[Piece]:
    """The pieces up to the first text, or all where no text comes."""
    found = []
    async for piece in pieces:
        found.append(dict(piece))
        if piece.get("text") or piece.get("new"):
            return found
    if not any(piece.get("ended") or piece.get("finish_reason") for piece in found):
        raise ConnectionFailedError(
            "the provider hung up before the end of the answer", reason="hung_up"
        )
    return found


async def chained(begun: list[Piece], pieces: Pieces) -> Pieces:
    for piece in begun:
        yield piece
    async for piece in pieces:
        yield piece
