"""The Prometheus endpoint."""

import asyncio

from telemetry_research import (
    prometheus_endpoint,
    prometheus_text,
    record,
    recording,
)

from ..support import ListStore, batch, event


async def test_prometheus_reads_the_metrics() -> None:
    async with recording('with "quotes"') as experiment, prometheus_endpoint() as address:
        record("a.stop", {"duration_ns": 5 * 10**6, "cost_usd": 0.5})
        host, port = address.removeprefix("http://").removesuffix("/metrics").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = (await reader.read()).decode()
        writer.close()

    assert answer.startswith("HTTP/1.1 200 OK")
    labels = f'experiment="with \\"quotes\\"",id="{experiment.id}",level="custom"'
    assert f'crucible_requests_total{{{labels},outcome="success"}} 1\n' in answer
    assert f'crucible_latency_ms{{{labels},quantile="0.5"}} 5.0\n' in answer
    assert f"crucible_cost_usd_total{{{labels}}} 0.5\n" in prometheus_text([experiment])


def test_large_counts_keep_all_their_digits() -> None:
    store = ListStore()
    with recording("many", store=store) as experiment:
        pass
    store.kept = [batch([event(1, probability=1 / 1_234_567)])]

    assert "} 1234567\n" in prometheus_text([experiment])
    assert "1234567" in str(experiment.metrics())
