"""Cancelling a request that waits for a connection, without losing the connection.

The pools of httpx and httpx2 lose a connection for ever when a request is cancelled between the
moment it is given the connection and the moment it uses it (encode/httpcore, issue 1093). So a
request that is cancelled before it has begun to use one waits on in the background, and gives up
at the first step on its connection, where the pool cleans up.
"""

import asyncio
from typing import Any

from .._race.lingering import keep_until_done


async def send_guarded(transport: Any, request: Any) -> Any:
    """The response of a transport; cancelling loses no connection of its pool."""
    if not hasattr(transport, "_pool"):
        return await transport.handle_async_request(request)
    steps = _Steps(request.extensions.get("trace"))
    request.extensions = {**request.extensions, "trace": steps.trace}
    sending = asyncio.ensure_future(transport.handle_async_request(request))
    try:
        return await asyncio.shield(sending)
    except asyncio.CancelledError:
        sending.add_done_callback(_close)
        keep_until_done([sending])
        if not steps.begun:
            steps.given_up = True
        elif not sending.done():
            sending.cancel()
            await asyncio.wait({sending})
        raise


class _Steps:
    """Hears of the steps of a request on its connection."""

    def __init__(self, trace: Any) -> None:
        self._trace = trace
        self.begun = False
        self.given_up = False

    async def trace(self, name: str, info: dict[str, Any]) -> None:
        if not self.begun:
            self.begun = True
            if self.given_up:
                raise asyncio.CancelledError
        if self._trace is not None:
            await self._trace(name, info)


def _close(sending: asyncio.Future[Any]) -> None:
    """Close a response that came too late."""
    if not sending.cancelled() and sending.exception() is None:
        keep_until_done([asyncio.ensure_future(sending.result().aclose())])
