"""Requests that are not of the page itself change nothing and read nothing."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from research_harness._dashboard.app import Dashboard
from research_harness._dashboard.guard import TOKEN_HEADER, is_loopback

from .asgi import TOKEN, request

JSON = {"content-type": "application/json"}
WITH_TOKEN = {TOKEN_HEADER: TOKEN}


@pytest.fixture
def local(tmp_path: Path) -> Any:
    return Dashboard(tmp_path).app(host="127.0.0.1", token=TOKEN)


@pytest.fixture
def shared(tmp_path: Path) -> Any:
    return Dashboard(tmp_path).app(host="192.0.2.7", token=TOKEN)


async def test_the_page_may_load_nothing_and_be_in_no_frame(local: Any) -> None:
    found = await request(local, "/")

    policy = found.headers["content-security-policy"]
    assert found.status == 200
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in found.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://localhost:8765"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    ],
)
async def test_requests_of_other_sites_are_refused(local: Any, headers: dict[str, str]) -> None:
    found = await request(local, "/api/runs", headers=headers)

    assert found.status == 403


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "", "127.0.0.1.evil.example", "a@127.0.0.1", "[::1"],
)
async def test_a_name_that_was_led_here_by_dns_is_refused(local: Any, host: str) -> None:
    found = await request(local, "/api/runs", headers={"host": host})

    assert found.status == 421


async def test_a_request_without_a_host_is_refused(local: Any) -> None:
    assert (await request(local, "/api/runs", host=False)).status == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765"])
async def test_names_of_this_machine_are_answered(local: Any, host: str) -> None:
    origin = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}

    assert (await request(local, "/api/runs", headers=origin)).status == 200


async def test_a_link_of_another_site_may_open_the_page(local: Any) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}

    assert (await request(local, "/", headers=headers)).status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (JSON, 401),
        ({**JSON, TOKEN_HEADER: "wrong"}, 401),
        ({**JSON, TOKEN_HEADER: ""}, 401),
        (WITH_TOKEN, 415),
        ({**WITH_TOKEN, "content-type": "text/plain"}, 415),
        ({**WITH_TOKEN, "content-type": "application/x-www-form-urlencoded"}, 415),
        ({**WITH_TOKEN, **JSON, "origin": "http://evil.example"}, 403),
        ({**WITH_TOKEN, **JSON, "host": "evil.example"}, 421),
        ({**WITH_TOKEN, **JSON}, 404),
    ],
)
async def test_a_request_that_changes_something_needs_token_and_type(
    local: Any, headers: dict[str, str], status: int
) -> None:
    body = {"action": "stop"}
    found = await request(local, "/api/runs/x/control", method="POST", headers=headers, body=body)

    assert found.status == status


async def test_a_token_in_the_address_is_none(local: Any) -> None:
    path = f"/api/runs/x/control?token={TOKEN}&{TOKEN_HEADER}={TOKEN}"
    found = await request(local, path, method="POST", headers=JSON, body={"action": "stop"})

    assert found.status == 401


@pytest.mark.parametrize("path", ["/api/runs", "/api/stream", "/api/runs/x", "/api/runs/x/rows"])
async def test_on_a_shared_host_nothing_is_read_without_the_token(shared: Any, path: str) -> None:
    found = await request(shared, path, headers={"host": "192.0.2.7:8765"})

    assert found.status == 401


async def test_on_a_shared_host_the_empty_page_opens_and_the_token_reads(shared: Any) -> None:
    host = {"host": "192.0.2.7:8765"}

    assert (await request(shared, "/", headers=host)).status == 200
    assert (await request(shared, "/api/runs", headers={**host, **WITH_TOKEN})).status == 200
    named = {**WITH_TOKEN, "host": "evil.example"}
    assert (await request(shared, "/api/runs", headers=named)).status == 421


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104  # nothing is bound
        ("192.168.1.4", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_what_counts_as_this_machine(host: str, local: bool) -> None:
    assert is_loopback(host) is local
