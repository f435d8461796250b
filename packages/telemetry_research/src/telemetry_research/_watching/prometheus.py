"""Metrics of running experiments in the Prometheus text format, and an endpoint for them."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager, suppress
from typing import cast

from .._core.errors import TelemetryError
from .._core.safe import printable
from .._experiment.recording import Recording
from .._experiment.registry import list_experiments
from .hosts import REFUSED, is_known, known_hosts
from .totals import totals_of

_MAX_REQUEST_S = 10.0  # for the whole request: a client that sends a header a second ends too
_MAX_CLIENTS = 32
_MAX_HEADERS = 100
_REFRESH_S = 1.0
_QUANTILES = (0.5, 0.9, 0.95, 0.99)


def prometheus_text(experiments: Iterable[Recording] | None = None) -> str:
    """The metrics in the text format of Prometheus, version 0.0.4.

    The first call for an experiment reads its events, and a later one those that came since.
    Quantiles have a relative error of at most 1 %.

    Args:
        experiments: The experiments; None is all of this process that have not stopped.

    Returns:
        The text, one sample on a line.
    """
    lines: dict[str, list[str]] = {
        "crucible_requests_total counter Finished requests": [],
        "crucible_cost_usd_total counter Known costs": [],
        "crucible_latency_ms summary Durations of finished requests, quantiles within 1 %": [],
        "crucible_missed_events_total counter Events that were not stored": [],
    }
    requests, costs, latencies, missed = lines.values()
    running = (each for each in list_experiments() if not each.stopped)
    for experiment in running if experiments is None else experiments:
        about = f'experiment="{_escaped(experiment.name)}",id="{_escaped(experiment.id)}"'
        for level, each in totals_of(experiment).items():
            labels = f'{about},level="{level}"'
            for outcome, success in (("success", True), ("failure", False)):
                number = f"{each.sums.outcome(success):.15g}"
                requests.append(f'crucible_requests_total{{{labels},outcome="{outcome}"}} {number}')
            if each.sums.cost_usd is not None:
                costs.append(f"crucible_cost_usd_total{{{labels}}} {each.sums.cost_usd!r}")
            if each.count:
                latencies += [
                    f'crucible_latency_ms{{{labels},quantile="{q}"}} {each.quantile_ms(q)!r}'
                    for q in _QUANTILES
                ]
                latencies.append(f"crucible_latency_ms_sum{{{labels}}} {each.total_ms!r}")
                latencies.append(f"crucible_latency_ms_count{{{labels}}} {each.count:.15g}")
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
async def prometheus_endpoint(
    host: str = "127.0.0.1", port: int = 0, *, allowed_hosts: Collection[str] = ()
) -> AsyncIterator[str]:
    """Serve ``/metrics`` inside the block.

    The totals of running experiments are read before it serves, and brought up to date each second,
    so that a scrape waits for at most the events of one.

    Args:
        host: The address to listen on.
        port: The port; 0 is any free one.
        allowed_hosts: Names by which scrapers may call it besides ``localhost``, addresses in
            numbers, the name of this machine and ``host.docker.internal``; ``*`` is any. Another
            name in ``Host`` may be that of a web page which a browser was led here with.

    Yields:
        The address to scrape.

    Raises:
        TypeError: ``allowed_hosts`` is one text.
        OSError: The port is taken.

    Example:
        >>> async def serve() -> None:
        ...     async with prometheus_endpoint() as address:
        ...         print(address.rpartition("/")[2])
        >>> asyncio.run(serve())
        metrics
    """
    known = known_hosts(host, allowed_hosts)
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
                request, hosts = await _head(reader)
            status, text = "404 Not Found", "not found\n"
            if not is_known(hosts, known):
                status, text = "400 Bad Request", REFUSED
            elif request[:2] == [b"GET", b"/metrics"]:
                status, text = "200 OK", await asyncio.to_thread(prometheus_text)
            body = text.encode()
            head = f"HTTP/1.1 {status}\r\n"
            head += "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            async with asyncio.timeout(_MAX_REQUEST_S):
                await writer.drain()
        except (OSError, TimeoutError, ValueError, asyncio.CancelledError):
            pass  # the scraper disconnected, does not speak HTTP, or the endpoint ends
        finally:
            writer.close()

    await _refresh()
    server = await asyncio.start_server(answer, host, port)
    refreshing = asyncio.create_task(_keep_fresh())
    try:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}/metrics"
    finally:
        server.close()
        for task in (refreshing, *serving):
            task.cancel()
        await asyncio.gather(refreshing, *serving, return_exceptions=True)
        await server.wait_closed()


async def _keep_fresh() -> None:
    """Bring the totals up to date, for ever."""
    while True:
        await asyncio.sleep(_REFRESH_S)
        await _refresh()


async def _refresh() -> None:
    """Bring the totals up to date; an experiment that cannot be read is passed over."""
    for experiment in list_experiments():
        if not experiment.stopped:
            with suppress(OSError, TelemetryError):
                await asyncio.to_thread(totals_of, experiment)


async def _head(reader: asyncio.StreamReader) -> tuple[list[bytes], list[bytes]]:
    """The words of the first line, and what the headers ``Host`` hold; others are ignored."""
    request = (await reader.readline()).split()
    hosts: list[bytes] = []
    for _ in range(_MAX_HEADERS):
        line = (await reader.readline()).strip()
        if not line:
            return request, hosts
        name, _, value = line.partition(b":")
        if name.lower() == b"host":
            hosts.append(value.strip())
    raise ValueError("too many headers")


def _escaped(text: str) -> str:
    # Readers end lines at more signs than a newline, and half of a pair cannot be encoded.
    shown = printable(text.replace("\t", " "))
    return shown.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
