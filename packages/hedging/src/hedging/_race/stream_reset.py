"""Cancelling a request over HTTP/2 cancels its stream at the service as well.

The pools of httpx and httpx2 close a stream on their side only (encode/httpcore, issue 1022): the
service goes on working, and once a connection has as many such streams as the service allows,
each further request over it fails. So a stream that is closed before its end is reset here.
"""

import asyncio
from contextlib import suppress
from typing import Any

from .lingering import keep_until_done

_CANCEL = 8  # the error code of RFC 9113 for a stream that is no longer needed


def reset_stream(pool: Any, request: Any, stream_id: int) -> None:
    """Reset the stream of a request if its response has not ended.

    Args:
        pool: The pool of connections that the request is in.
        request: The request, as the pool knows it.
        stream_id: Its stream.
    """
    # These names are private, so a pool without them only does without the reset.
    for each in getattr(pool, "_requests", ()):
        if each.request is request:
            connection = getattr(each.connection, "_connection", None)
            state: Any = getattr(connection, "_h2_state", None)
            stream = None if state is None else state.streams.get(stream_id)
            if stream is not None and not stream.closed:
                state.reset_stream(stream_id, error_code=_CANCEL)
                # Not here: another request may be writing, and wait for this one to end.
                keep_until_done([asyncio.ensure_future(_write(connection, request))])


async def _write(connection: Any, request: Any) -> None:
    with suppress(Exception):  # a connection that is gone has no streams
        await connection._write_outgoing_data(request)  # noqa: SLF001  # nothing public writes
