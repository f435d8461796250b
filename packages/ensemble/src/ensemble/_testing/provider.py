"""A provider on this machine that speaks four interfaces and keeps its own accounts."""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Self

from .batches import BatchDesk, Job, JobEnd, Outcome
from .forms import Dialect, Tokens, dialect_of, is_stream, pieces, prompt_of, whole
from .troubles import TROUBLES, Trouble, Troubles

_NOTHING = Tokens(0, 0, 0, 0)
_BILLED = (None, "stall", "cut", "malformed")
_BILLED_IN_BATCH = (None, "cut", "malformed")
_FEWEST_LETTERS = 4  # of English text in a token, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request that the provider has had.

    Attributes:
        dialect: ``openai``, ``responses``, ``anthropic`` or ``gemini``.
        prompt: The text of the last message.
        body: What was sent.
        trouble: What went wrong; None where the answer was given whole.
        status: The HTTP status.
        billed: Whether the model has worked, so that the tokens are billed.
        delivered: Whether the whole answer was written to the connection.
        input_tokens: All tokens read, 0 where none are billed.
        cache_read_tokens: Those of them that came from the provider's cache.
        output_tokens: All tokens written, those of reasoning among them.
        reasoning_tokens: Those of reasoning.
        batch: Whether it was a part of a batch job.
    """

    dialect: Dialect
    prompt: str
    body: Any = field(repr=False)
    trouble: Trouble | None
    status: int
    billed: bool
    delivered: bool = False
    input_tokens: int
    cache_read_tokens: int
    output_tokens: int
    reasoning_tokens: int
    batch: bool = False


class LoopbackProvider:
    """A provider on this machine, in the event loop it is entered in: ``async with``.

    It speaks OpenAI's chat completions and Responses, Anthropic's Messages and Gemini's interface,
    whole or in pieces and in batch jobs, at the address ``url``. In a batch job a refusal is that
    of one request, and ``stall`` is a request that the job did not come to.

    Args:
        answer: Gives the answer to a prompt.
        latency_ms: How long an answer takes: a number, or a function that draws one.
        troubles: How often requests go wrong.
        max_concurrency: How many requests it serves at once; a further one gets 429.
        batch_looks: How often a batch job is seen under way before it has ended.
        batch_end: How batch jobs end: ``ended``, ``failed`` as a whole, or ``expired`` or
            ``cancelled`` with an answer to every second request.
        broken_submissions: How many batch jobs are made without the answer that says so: the
            connection is closed.
        seed: Of troubles and numbers of tokens.

    Attributes:
        url: Where it listens; the same for every interface.
        served: Every request so far, in the order they came.
        troubles: How often requests go wrong; another value holds from the next request on.
        peak_concurrency: The most requests that it served at the same time.
    """

    def __init__(
        self,
        *,
        answer: Callable[[str], str] = lambda prompt: f"You said: {prompt}",
        latency_ms: float | Callable[[], float] = 0.0,
        troubles: Troubles | None = None,
        max_concurrency: int | None = None,
        batch_looks: int = 0,
        batch_end: JobEnd = "ended",
        broken_submissions: int = 0,
        seed: int = 0,
    ) -> None:
        self.url: str = ""
        self.served: list[Served] = []
        self.peak_concurrency: int = 0
        self._answer = answer
        self._latency_ms = latency_ms
        self.troubles: Troubles = troubles or Troubles()
        self._max_concurrency = max_concurrency
        self._chance = random.Random(seed)
        self._desk = BatchDesk(looks=batch_looks, end=batch_end, serve=self._serve_in_batch)
        self._broken_submissions = broken_submissions
        self._busy = 0
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    @property
    def batch_jobs(self) -> tuple[Job, ...]:
        """The batch jobs so far, in the order they came."""
        return tuple(self._desk.jobs)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                while await self._request(reader, writer):
                    pass
            finally:
                writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = head.lower().partition("content-length:")[2].partition("\r\n")[0]
        content = await reader.readexactly(int(length or 0))
        method, path = head.split(" ", 2)[:2]
        jobs = len(self._desk.jobs)
        reply = self._desk.reply(method, path, content)
        if reply is not None:
            if len(self._desk.jobs) > jobs and self._broken_submissions > 0:
                self._broken_submissions -= 1
                return False
            await _write(writer, *reply)
            return True
        body = json.loads(content or b"{}")
        dialect = dialect_of(path.partition("?")[0])
        if dialect is None:
            await _write(writer, 404, b'{"error": {"message": "no such path"}}')
            return True
        self._busy += 1
        self.peak_concurrency = max(self.peak_concurrency, self._busy)
        try:
            return await self._serve(reader, writer, dialect, path, body)
        finally:
            self._busy -= 1

    async def _serve(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        dialect: Dialect,
        path: str,
        body: Any,
    ) -> bool:
        trouble = self.troubles.draw(self._chance)
        if self._max_concurrency is not None and self._busy > self._max_concurrency:
            trouble = "rate_limit"
        number, text, tokens = self._noted(dialect, body, trouble)
        if trouble not in _BILLED:
            await self._refuse(writer, trouble)
            return True
        wait_ms = self._latency_ms() if callable(self._latency_ms) else self._latency_ms
        await asyncio.sleep(wait_ms / 1000)
        if trouble == "stall":
            await reader.read(1)  # until the client leaves
            return False
        stream = is_stream(path, body)
        parts = pieces(dialect, number, text, tokens)
        content = b"".join(parts) if stream else _json(whole(dialect, number, text, tokens))
        if trouble == "malformed":
            content = b"<html>worker lost</html>"
        cut = trouble == "cut"
        await _write(writer, 200, content, stream=stream, sent=len(content) // 2 if cut else None)
        self.served[number] = replace(self.served[number], delivered=not cut)
        return not cut

    def _noted(
        self, dialect: Dialect, body: Any, trouble: Trouble | None, *, batch: bool = False
    ) -> tuple[int, str, Tokens]:
        """Put a request into the accounts; its number, its answer and its tokens."""
        prompt, number = prompt_of(body), len(self.served)
        text = self._answer(prompt)
        billed = trouble in (_BILLED_IN_BATCH if batch else _BILLED)
        tokens = self._tokens(prompt, text, dialect) if billed else _NOTHING
        self.served.append(
            Served(
                dialect=dialect,
                prompt=prompt,
                body=body,
                trouble=trouble,
                status=200 if trouble is None else TROUBLES[trouble],
                billed=billed,
                input_tokens=tokens.read,
                cache_read_tokens=tokens.cached,
                output_tokens=tokens.written,
                reasoning_tokens=tokens.reasoning,
                batch=batch,
            )
        )
        return number, text, tokens

    def _serve_in_batch(self, dialect: Dialect, body: Any) -> Outcome:
        trouble = self.troubles.draw(self._chance)
        number, text, tokens = self._noted(dialect, body, trouble, batch=True)
        if trouble == "stall":
            return "expired", None
        if trouble not in _BILLED_IN_BATCH:
            return "failed", {"code": self.served[number].status, **_report(trouble)}
        self.served[number] = replace(self.served[number], delivered=True)
        answer = whole(dialect, number, text, tokens)
        if trouble == "malformed":
            answer = {name: value for name, value in answer.items() if name.startswith("usage")}
        return "answered", answer

    async def _refuse(self, writer: asyncio.StreamWriter, trouble: Trouble | None) -> None:
        status = TROUBLES[trouble] if trouble else 500
        wait_ms = self.troubles.retry_after_ms
        more = ""
        if wait_ms is not None and trouble in ("rate_limit", "overloaded"):
            more = f"retry-after-ms: {wait_ms:g}\r\n"
        await _write(writer, status, _json({"error": _report(trouble)}), more=more)

    def _tokens(self, prompt: str, text: str, dialect: Dialect) -> Tokens:
        read = 3 + len(prompt) // _FEWEST_LETTERS
        # Anthropic's interface counts no reasoning apart.
        thought = 0 if dialect == "anthropic" else self._chance.choice((0, 0, 7, 64))
        cached = self._chance.choice((0, 0, read // 2))
        return Tokens(read, cached, 1 + len(text) // _FEWEST_LETTERS + thought, thought)


def _report(trouble: Trouble | None) -> dict[str, str | None]:
    return {"message": f"simulated {trouble}", "type": trouble}


def _json(data: Any) -> bytes:
    return json.dumps(data).encode()


async def _write(
    writer: asyncio.StreamWriter,
    status: int,
    content: bytes,
    *,
    more: str = "",
    stream: bool = False,
    sent: int | None = None,
) -> None:
    """Write an answer, or the first bytes of it."""
    kind = "text/event-stream" if stream else "application/json"
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{more}content-length: {len(content)}"
    writer.write(f"{head}\r\n\r\n".encode() + content[:sent])
    await writer.drain()
