"""The addresses of the dashboard and what they answer."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from .._core.errors import HarnessError, RequestRefusedError, RunNotFoundError
from .._following.browsing import MAX_PAGE, RowFilter, rows_page, whole_row
from .changes import Topic, encode
from .event_stream import HEARTBEAT_SECONDS, SEND_SECONDS, EventStream
from .guard import Guard
from .hub import Hub
from .page import dashboard_page
from .requests import ask_run

MAX_STREAMS = 64
_MAX_NUMBER = 2**31
_MAX_BODY = 4_096
_EVENTS = [(b"content-type", b"text/event-stream; charset=utf-8")]


class Dashboard:
    """The dashboard of a folder of runs.

    Args:
        output_dir: The folder.
        heartbeat: Seconds between two signs of life of a stream.
        send_timeout: After so many seconds without taking anything a watcher counts as gone.
    """

    def __init__(
        self,
        output_dir: Path,
        *,
        heartbeat: float = HEARTBEAT_SECONDS,
        send_timeout: float = SEND_SECONDS,
    ) -> None:
        self.hub = Hub(output_dir)
        self._page = dashboard_page()
        self._times = {"heartbeat": heartbeat, "send_timeout": send_timeout}
        self._closing = asyncio.Event()

    def app(self, *, host: str, token: str) -> Guard:
        """The application, for an ASGI server.

        Args:
            host: The host that the server is bound to.
            token: The token; see ``Guard``.
        """
        routes = [
            Route("/", self._index),
            Route("/api/runs", self._runs),
            Route("/api/stream", self._stream),
            Route("/api/runs/{run}", self._run),
            Route("/api/runs/{run}/control", self._control, methods=["POST"]),
            Route("/api/runs/{run}/rows", self._rows),
            Route("/api/runs/{run}/rows/{number:int}", self._row),
        ]
        inner = Starlette(routes=routes, lifespan=self._lifespan)
        inner.add_exception_handler(RunNotFoundError, _not_found)
        inner.add_exception_handler(RequestRefusedError, _refused)
        inner.add_exception_handler(HarnessError, _failed)
        return Guard(inner, host=host, token=token, policy=self._page.policy)

    def end(self) -> None:
        """End all streams and long reads, because the server ends; only in its event loop."""
        self._closing.set()
        self.hub.end()

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with self.hub:
            yield

    async def _index(self, _: HttpRequest) -> Response:
        return Response(self._page.text, media_type="text/html")

    async def _runs(self, _: HttpRequest) -> Response:
        return _json(await asyncio.to_thread(self.hub.listed))

    async def _run(self, request: HttpRequest) -> Response:
        state, history = await self.hub.state(request.path_params["run"])
        return _json({"state": state, "history": history})

    async def _stream(self, request: HttpRequest) -> Response | EventStream:
        run = request.query_params.get("run")
        topic = await self._topic(run)
        if self._streams() >= MAX_STREAMS:
            text = f"{MAX_STREAMS} watchers are connected, and no more are taken"
            return Response(text, status_code=503, headers={"retry-after": "10"})
        last = request.headers.get("last-event-id", "")
        return EventStream(
            topic, last_id=last, headers=_EVENTS, closing=self._closing, **self._times
        )

    async def _topic(self, run: str | None) -> Topic:
        if run is not None:
            watched = self.hub.watched(run)
            if watched.topic.state is None:
                await self.hub.state(run)
            return watched.topic
        if self.hub.runs.state is None:
            self.hub.runs.publish(await asyncio.to_thread(self.hub.listed))
        return self.hub.runs

    def _streams(self) -> int:
        return self.hub.runs.watchers + self.hub.watchers

    async def _rows(self, request: HttpRequest) -> Response:
        query = request.query_params
        kind: Any = query.get("kind") or None
        if kind not in {None, "right", "wrong", "failed"}:
            return Response("kind is right, wrong or failed", status_code=400)
        wanted = RowFilter(
            condition=query.get("condition", ""), kind=kind, text=query.get("text", "")[:200]
        )
        start, limit = _number(query.get("start"), 0), _number(query.get("limit"), 50)
        watched = self.hub.watched(request.path_params["run"])
        await asyncio.to_thread(watched.catch_up)
        found = await asyncio.to_thread(
            watched.ask,
            lambda follower: rows_page(follower, wanted, start=start, limit=min(limit, MAX_PAGE)),
        )
        return _json(found)

    async def _row(self, request: HttpRequest) -> Response:
        number = request.path_params["number"]
        watched = self.hub.watched(request.path_params["run"])
        # A journal that was not read before is not read for one row.
        await asyncio.to_thread(watched.ask, lambda follower: follower.poll())
        found = await asyncio.to_thread(
            watched.ask, lambda follower: whole_row(follower, min(number, _MAX_NUMBER))
        )
        if found is None:
            return Response(f"row {number} is not finished", status_code=404)
        return _json(found)

    async def _control(self, request: HttpRequest) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MAX_BODY:
                return Response(f"at most {_MAX_BODY:,} bytes", status_code=413)
        folder = self.hub.folder(request.path_params["run"])
        made = await asyncio.to_thread(ask_run, folder, _value(body))
        return _json({"number": made.number})


def _value(body: bytes) -> object:
    """What a body of JSON holds; None when it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _json(value: object) -> Response:
    return Response(encode(value), media_type="application/json")


def _number(text: str | None, default: int) -> int:
    good = text is not None and text.isascii() and text.isdigit() and len(text) < 11
    return int(text) if text is not None and good else default


async def _not_found(_: HttpRequest, error: Exception) -> Response:
    return Response(str(error), status_code=404)


async def _refused(_: HttpRequest, error: Exception) -> Response:
    return Response(str(error), status_code=409)


async def _failed(_: HttpRequest, error: Exception) -> Response:
    return Response(str(error), status_code=500)
