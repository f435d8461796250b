"""A page of another site cannot use the servers of this library, whatever name leads to them."""

import asyncio
import platform
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from telemetry_research import otlp_receiver, prometheus_endpoint, recording
from telemetry_research._watching.hosts import is_known, known_hosts

SERVERS = ("metrics", "receiver")
GOOD = (
    *("localhost", "LOCALHOST:9464", "localhost.", "127.0.0.1", "127.0.0.1:80", "[::1]:9464"),
    *("192.168.1.7", "host.docker.internal:4318", "host.containers.internal"),
)
BAD = (
    *("evil.example", "localhost.evil.example", "evil.example:9464", "127.0.0.1.nip.io", ""),
    *("a@localhost", "localhost@evil.example", "[::1", "localhost/..", "evil.example#localhost"),
    *("xn--lcalhost-54a", "loc\u00e4lhost", "0x7f.1", "localhost localhost", ":80"),
)


@asynccontextmanager
async def server(kind: str, **options: Any) -> AsyncIterator[str]:
    if kind == "receiver":
        pytest.importorskip("opentelemetry.proto")
    async with recording("r") as experiment:
        made = (
            prometheus_endpoint(**options)
            if kind == "metrics"
            else otlp_receiver(experiment, **options)
        )
        async with made as address:
            yield address


async def ask(address: str, *hosts: str) -> tuple[int, str]:
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    method = "GET" if parts.path == "/metrics" else "POST"
    lines = [f"{method} {parts.path} HTTP/1.1", *(f"Host: {each}" for each in hosts)]
    lines += ["Content-Type: application/json", "Content-Length: 2", "Connection: close", "", ""]
    writer.write("\r\n".join(lines).encode("latin-1") + b"{}")
    answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize("kind", SERVERS)
async def test_names_of_this_machine_are_answered_and_others_are_not(kind: str) -> None:
    async with server(kind) as address:
        assert [each for each in GOOD if (await ask(address, each))[0] != 200] == []
        if platform.node():
            assert (await ask(address, platform.node()))[0] == 200
        for each in BAD:
            status, body = await ask(address, each)
            assert (status, "not a name of this server" in body) == (400, True), each


@pytest.mark.parametrize("kind", SERVERS)
async def test_no_host_and_two_hosts_are_refused(kind: str) -> None:
    async with server(kind) as address:
        assert (await ask(address))[0] == 400
        assert (await ask(address, "localhost", "evil.example"))[0] == 400
        assert (await ask(address, "evil.example", "localhost"))[0] == 400


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.parametrize("allowed", [["collector"], {"Collector", "b"}, ["*"]])
async def test_names_that_the_user_gives_are_answered(kind: str, allowed: Collection[str]) -> None:
    async with server(kind, allowed_hosts=allowed) as address:
        assert (await ask(address, "collector:4318"))[0] == 200
        assert (await ask(address, "evil.example"))[0] == (200 if "*" in allowed else 400)


def test_one_text_in_place_of_several_names_is_refused() -> None:
    with pytest.raises(TypeError, match="takes several names"):
        known_hosts("127.0.0.1", "collector")


def test_the_name_that_a_server_listens_on_is_its_name() -> None:
    assert is_known([b"box.lan:80"], known_hosts("box.lan", ()))
    assert not is_known([b"other.lan:80"], known_hosts("box.lan", ()))
