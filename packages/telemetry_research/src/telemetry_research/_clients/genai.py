"""Records the calls of a client of google-genai.

Chats, automatic function calls and streams all send their requests by four methods of the client
of the interface, which are replaced on the one client that is instrumented.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from .answers import part
from .call import MARK, Call, Options, is_recorded
from .keys import keys_of

_MODEL = re.compile(r"(?:^|/)models/(?P<model>[^/:?]+):(?P<method>\w+)")
_OPERATIONS = {
    "generateContent": "chat",
    "streamGenerateContent": "chat",
    "embedContent": "embeddings",
    "batchEmbedContents": "embeddings",
}
METHODS = ("request", "async_request", "request_streamed", "async_request_streamed")


def wrap(client: Any, options: Options) -> None:
    """Record the model calls of a client."""
    setattr(client, MARK, True)
    options = replace(options, keys=partial(keys_of, client))
    sender = client._api_client  # noqa: SLF001  # the only way that all of its calls take
    makers = (_whole, _async_whole, _streamed, _async_streamed)
    for name, make in zip(METHODS, makers, strict=True):
        setattr(sender, name, make(getattr(sender, name), options))


def _whole(send: Callable[..., Any], options: Options) -> Callable[..., Any]:
    def request(method: str, path: str, body: Any, *args: Any, **kwargs: Any) -> Any:
        call = _begun(path, body, options)
        if call is None:
            return send(method, path, body, *args, **kwargs)
        try:
            answer = send(method, path, body, *args, **kwargs)
        except BaseException as error:
            call.end(error)
            raise
        call.add(_decoded(answer))
        call.end()
        return answer

    return request


def _async_whole(send: Callable[..., Any], options: Options) -> Callable[..., Any]:
    async def async_request(method: str, path: str, body: Any, *args: Any, **kwargs: Any) -> Any:
        call = _begun(path, body, options)
        if call is None:
            return await send(method, path, body, *args, **kwargs)
        try:
            answer = await send(method, path, body, *args, **kwargs)
        except BaseException as error:
            call.end(error)
            raise
        call.add(_decoded(answer))
        call.end()
        return answer

    return async_request


def _streamed(send: Callable[..., Any], options: Options) -> Callable[..., Any]:
    def request_streamed(
        method: str, path: str, body: Any, *args: Any, **kwargs: Any
    ) -> Iterator[Any]:
        call = _begun(path, body, options)
        stream = send(method, path, body, *args, **kwargs)
        yield from stream if call is None else call.pieces(stream, _decoded)

    return request_streamed


def _async_streamed(send: Callable[..., Any], options: Options) -> Callable[..., Any]:
    async def async_request_streamed(
        method: str, path: str, body: Any, *args: Any, **kwargs: Any
    ) -> AsyncIterator[Any]:
        call = _begun(path, body, options)
        if call is None:
            found: AsyncIterator[Any] = await send(method, path, body, *args, **kwargs)
            return found
        try:
            stream = await send(method, path, body, *args, **kwargs)
        except BaseException as error:
            call.end(error)
            raise
        return call.async_pieces(stream, _decoded)

    return async_request_streamed


def _begun(path: str, body: Any, options: Options) -> Call | None:
    """The call of a request; None when it asks no model, or nothing is recorded."""
    found = _MODEL.search(path)
    operation = None if found is None else _OPERATIONS.get(found["method"])
    if found is None or operation is None or not is_recorded():
        return None
    return Call(options, operation, found["model"], body)


def _decoded(answer: Any) -> Any:
    """The JSON of an answer; None when it has another form."""
    try:
        return json.loads(part(answer, "body") or "null")
    except (TypeError, ValueError):
        return None
