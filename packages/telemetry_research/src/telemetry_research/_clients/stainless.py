"""Records the calls of the clients of openai and anthropic, which share one generated base.

Every call of such a client goes through its public method ``request``, which is replaced on the
one client that is instrumented.
"""

import inspect
import weakref
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from .answers import part
from .call import MARK, Call, Options, is_recorded
from .keys import keys_of

_OPERATIONS = {
    "/chat/completions": "chat",
    "/responses": "chat",
    "/v1/messages": "chat",
    "/completions": "text_completion",
    "/v1/complete": "text_completion",
    "/embeddings": "embeddings",
}


def wrap(client: Any, options: Options) -> None:
    """Record the model calls of a client, and of the copies that are made of it."""
    setattr(client, MARK, True)
    options = replace(options, keys=partial(keys_of, client))
    request = client.request
    sending = _async_sending if inspect.iscoroutinefunction(request) else _sending
    client.request = sending(request, options)
    for name in ("copy", "with_options", "with_middleware"):
        make = getattr(client, name, None)
        if make is not None:
            setattr(client, name, _copying(make, options))


def _copying(make: Callable[..., Any], options: Options) -> Callable[..., Any]:
    def copied(*args: Any, **kwargs: Any) -> Any:
        client = make(*args, **kwargs)
        if not getattr(client, MARK, False):
            wrap(client, options)
        return client

    return copied


def _sending(request: Callable[..., Any], options: Options) -> Callable[..., Any]:
    def send(cast_to: Any, sent: Any, *args: Any, **kwargs: Any) -> Any:
        call = _begun(sent, options)
        if call is None:
            return request(cast_to, sent, *args, **kwargs)
        try:
            answer = request(cast_to, sent, *args, **kwargs)
        except BaseException as error:
            call.end(error)
            raise
        return _received(answer, call, streams=kwargs.get("stream") is True)

    return send


def _async_sending(request: Callable[..., Any], options: Options) -> Callable[..., Any]:
    async def send(cast_to: Any, sent: Any, *args: Any, **kwargs: Any) -> Any:
        call = _begun(sent, options)
        if call is None:
            return await request(cast_to, sent, *args, **kwargs)
        try:
            answer = await request(cast_to, sent, *args, **kwargs)
        except BaseException as error:
            call.end(error)
            raise
        return _received(answer, call, streams=kwargs.get("stream") is True)

    return send


def _begun(sent: Any, options: Options) -> Call | None:
    """The call of a request; None when it asks no model, or nothing is recorded."""
    path = str(part(sent, "url") or "").partition("?")[0]
    operation = _OPERATIONS.get(path)
    if operation is None or part(sent, "method") != "post" or not is_recorded():
        return None
    body = part(sent, "json_data")
    return Call(options, operation, part(body, "model"), body)


def _received(answer: Any, call: Call, *, streams: bool) -> Any:
    """The answer as it is; the call ends here, or with the stream of the answer."""
    if streams and hasattr(answer, "_iterator"):
        _observe(answer, call)
        return answer
    raw = getattr(answer, "http_response", None)
    if raw is None:
        call.add(answer)
    elif raw.is_closed:  # a raw response whose body was read; another is read by its user
        call.add(_decoded(raw))
    call.end()
    return answer


def _decoded(raw: Any) -> Any:
    try:
        return raw.json()
    except Exception:  # noqa: BLE001  # not JSON: its tokens are unknown
        return None


def _observe(stream: Any, call: Call) -> None:
    """Read the items of a stream when its user does; a stream that is dropped ends its call."""
    asynchronous = hasattr(stream, "__aiter__")
    pieces = call.async_pieces if asynchronous else call.pieces
    # Not a wrapper: callers check the class of a stream, and use its other attributes.
    stream._iterator = pieces(stream._iterator)  # noqa: SLF001  # what both packages iterate over
    close = stream.close
    if asynchronous:

        async def closed_later() -> None:
            call.end(abandoned=True)
            await close()

        stream.close = closed_later
    else:

        def closed() -> None:
            call.end(abandoned=True)
            close()

        stream.close = closed
    weakref.finalize(stream, call.end, abandoned=True).atexit = False
