"""Metrics of running experiments in the Prometheus text format, and an endpoint for them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import cast

from .._experiment.recording import Recording
from .._experiment.registry import list_experiments

_MAX_REQUEST_S = 10.0  # for the whole request: a client that sends a header a second ends too
_MAX_CLIENTS = 32
_MAX_HEADERS = 100
_QUANTILES = {"0.5": "p50", "0.9": "p90", "0.95": "p95", "0.99": "p99"}


def prometheus_text(experiments: Iterable[Recording] | None = None) -> str:
    """The metrics in the text format of Prometheus, version 0.0.4.

    Args:
        experiments: The experiments; None is all of this process that have not stopped.

    Returns:
        The text, one sample on a line.
    """
    lines: dict[str, list[str]] = {
        "crucible_requests_total counter Finished requests": [],
        "crucible_cost_usd_total counter Known costs": [],
        "crucible_latency_ms summary Durations of finished requests": [],
        "crucible_missed_events_total counter Events that were not stored": [],
    }
    requests, costs, latencies, missed = lines.values()
    running = (each for each in list_experiments() if not each.stopped)
    for experiment in running if experiments is None else experiments:
        about = f'experiment="{_escaped(experiment.name)}",id="{experiment.id}"'
        for each in experiment.metrics().levels:
            labels = f'{about},level="{each.level}"'
            for outcome, count in (("success", each.succeeded), ("failure", each.failed)):
                requests.append(
                    f'crucible_requests_total{{{labels},outcome="{outcome}"}} {count:.15g}'
                )
            if each.cost_usd is not None:
                costs.append(f"crucible_cost_usd_total{{{labels}}} {each.cost_usd!r}")
            if each.latency_ms:
                latencies += [
                    f'crucible_latency_ms{{{labels},quantile="{q}"}} {each.latency_ms[name]!r}'
                    for q, name in _QUANTILES.items()
                ]
                total = each.latency_ms["mean"] * each.latency_ms["count"]
                latencies.append(f"crucible_latency_ms_sum{{{labels}}} {total!r}")
                count = each.latency_ms["count"]
                latencies.append(f"crucible_latency_ms_count{{{labels}}} {count:.15g}")
        missed += [
            f'crucible_missed_events_total{{{about},reason="{reason}"}} {count}'
            for reason, count in experiment.counters().items()
        ]
    text = []
    for head, samples in lines.items():
        name, kind, described = head.split(" ", 2)
        text += [f"# HELP {name} {described}", f"# TYPE {name} {kind}", *samples]
    return "\n".join(text) + "\n"


@asynccontextmanager
async def prometheus_endpoint(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve ``/metrics`` inside the block.

    Args:
        host: The address to listen on.
        port: The port; 0 is any free one.

    Yields:
        The address to scrape.

    Raises:
        OSError: The port is taken.

    Example:
        >>> async def serve() -> None:
        ...     async with prometheus_endpoint() as address:
        ...         print(address.rpartition("/")[2])
        >>> asyncio.run(serve())
        metrics
    """
    serving: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        serving.add(task)
        task.add_done_callback(serving.discard)
        if len(serving) > _MAX_CLIENTS:
            writer.close()
            return
        try:
            async with asyncio.timeout(_MAX_REQUEST_S):
                request = await _request_line(reader)
            found = request[:1] == [b"GET"] and request[1:2] == [b"/metrics"]
            body = (await asyncio.to_thread(prometheus_text) if found else "not found\n").encode()
            head = f"HTTP/1.1 {'200 OK' if found else '404 Not Found'}\r\n"
            head += "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            async with asyncio.timeout(_MAX_REQUEST_S):
                await writer.drain()
        except (OSError, TimeoutError, ValueError):
            pass  # the scraper disconnected, or does not speak HTTP
        finally:
            writer.close()

    server = await asyncio.start_server(answer, host, port)
    try:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}/metrics"
    finally:
        server.close()
        for task in tuple(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await server.wait_closed()


async def _request_line(reader: asyncio.StreamReader) -> list[bytes]:
    """The words of the first line; the headers are read and ignored."""
    request = (await reader.readline()).split()
    for _ in range(_MAX_HEADERS):
        if not (await reader.readline()).strip():
            return request
    raise ValueError("too many headers")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
