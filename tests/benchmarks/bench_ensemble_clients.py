"""Requests a second over HTTP on loopback with 1,000 in flight: this client, and the floor.

Run: ``python tests/benchmarks/bench_ensemble_clients.py``. The server runs in a process of its own
and answers each request after 100 ms. With ``litellm`` and ``openai`` installed they are asked too.

``... bench_ensemble_clients.py pairs`` compares this client with aiohttp alone, in turn.
"""

import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import import_module
from typing import Any

from ensemble import OpenAIModel, ask

CALLS = 6_000
AT_ONCE = 1_000
DELAY_S = 0.1
ANSWER = json.dumps(
    {
        "id": "r",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "4"},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11},
    }
).encode()
HEAD = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(ANSWER)}\r\n\r\n"
BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "2+2?"}]}
Call = Callable[[], Awaitable[Any]]


class Provider(asyncio.Protocol):
    """Answers every request after a while, in as little time as Python allows.

    Args:
        delay_s: How long an answer takes.
    """

    def __init__(self, delay_s: float = DELAY_S) -> None:
        self._delay = delay_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        self._transport: Any = transport
        self._seen = b""

    def data_received(self, data: bytes) -> None:
        """Wait for the whole request."""
        self._seen += data
        head, separator, body = self._seen.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or b"0")
        if len(body) >= length:
            self._seen = body[length:]
            asyncio.get_running_loop().call_later(self._delay, self._answer)

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(HEAD.encode() + ANSWER)


def serve(port: Any, delay_s: float = DELAY_S) -> None:
    """The server's process."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(partial(Provider, delay_s), "127.0.0.1", 0, backlog=4096)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


async def rate(call: Call) -> tuple[float, float]:
    """Requests a second, and milliseconds of CPU for each."""
    left = CALLS

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await call()

    await asyncio.gather(*(call() for _ in range(50)))
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return CALLS / (time.perf_counter() - began), (time.process_time() - cpu) / CALLS * 1000


async def ours(url: str) -> tuple[float, float]:
    """This library."""
    async with OpenAIModel("gpt-4o-mini", base_url=url, api_key="k") as model:
        return await rate(lambda: ask("2+2?", model=model))


async def aiohttp(url: str) -> tuple[float, float]:
    """The floor: aiohttp alone."""
    library = import_module("aiohttp")
    connector = library.TCPConnector(limit=0)
    async with library.ClientSession(connector=connector) as session:

        async def call() -> Any:
            async with session.post(f"{url}/chat/completions", json=BODY) as answer:
                return await answer.json()

        return await rate(call)


async def httpx(url: str) -> tuple[float, float]:
    """Plain httpx."""
    library = import_module("httpx")
    limits = library.Limits(max_connections=None, max_keepalive_connections=None)
    async with library.AsyncClient(limits=limits, timeout=60) as client:

        async def call() -> Any:
            return (await client.post(f"{url}/chat/completions", json=BODY)).json()

        return await rate(call)


async def openai(url: str) -> tuple[float, float]:
    """The official SDK."""
    async with import_module("openai").AsyncOpenAI(base_url=url, api_key="k") as client:
        return await rate(lambda: client.chat.completions.create(**BODY))


async def litellm(url: str) -> tuple[float, float]:
    """LiteLLM."""
    library = import_module("litellm")
    return await rate(
        lambda: library.acompletion(
            model="openai/gpt-4o-mini", messages=BODY["messages"], api_base=url, api_key="k"
        )
    )


def pairs(url: str, times: int = 7) -> None:
    """Print the shares of aiohttp's rate that this client reaches, in turn on a busy machine."""
    found = [(asyncio.run(aiohttp(url)), asyncio.run(ours(url))) for _ in range(times)]
    for number, what in ((0, "by requests a second"), (1, "by CPU")):
        shares = [own[number] / floor[number] for floor, own in found]
        shares = [1 / each for each in shares] if number else shares
        share, least, most = statistics.median(shares), min(shares), max(shares)
        print(f"{share:.2f} of aiohttp alone {what} (median; {least:.2f} to {most:.2f})")
    print(f"load {os.getloadavg()[0]:.0f}")


def main() -> None:
    """Print requests a second."""
    receive, send = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(send,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{receive.recv()}/v1"
    chosen = sys.argv[1:] or ["aiohttp", "ours", "httpx", "openai", "litellm"]
    for name in chosen:
        if name == "pairs":
            pairs(url)
            continue
        try:
            a_second, cpu_ms = asyncio.run(globals()[name](url))
        except ImportError:
            print(f"{name:10} is not installed")
            continue
        print(f"{name:10} {a_second:8.0f} requests a second, {cpu_ms:6.3f} ms of CPU each")
    server.kill()


if __name__ == "__main__":
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    main()
