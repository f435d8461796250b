"""The corpus of HTTP responses is well formed and holds each kind in each dialect."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "wire"
DIALECTS = ("anthropic", "gemini", "openai_chat", "openai_responses")
ENDS = {"complete", "cut", "reset", "stall"}
FINISHES = {"stop", "length", "content_filter", "tool_calls", "unknown"}
ERRORS = {
    "connection",
    "rate_limit",
    "overloaded",
    "authentication",
    "bad_request",
    "malformed",
    "timeout",
    "server",
}
REQUIRED = {"id", "dialect", "stream", "status", "headers", "expect", "source", "why"}
OPTIONAL = {"head", "body", "body_base64", "chunks", "ends", "expect_also"}
RESPONSE = {
    "kind",
    "text",
    "reasoning",
    "refusal",
    "tool_calls",
    "finish",
    "input_tokens",
    "output_tokens",
}
COUNTS = {"cache_read_tokens", "cache_write_tokens", "reasoning_tokens"}
FRAMING = ("u2028", "bom", "crlf", "cr-only", "split-utf8", "comments", "no-space", "id-retry")


def entries() -> list[dict[str, Any]]:
    found = []
    for dialect in DIALECTS:
        for entry in json.loads((FOLDER / f"{dialect}.json").read_text(encoding="utf-8")):
            assert entry["dialect"] == dialect
            found.append(entry)
    return found


ENTRIES = entries()


def test_the_corpus_has_at_least_one_hundred_and_fifty_shapes_with_unique_ids() -> None:
    assert len(ENTRIES) >= 150
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_has_every_kind_of_framing_and_every_error(dialect: str) -> None:
    of_dialect = [entry for entry in ENTRIES if entry["dialect"] == dialect]
    ids = {entry["id"] for entry in of_dialect}
    errors = {entry["expect"]["error"] for entry in of_dialect if "error" in entry["expect"]}

    assert {f"{dialect}/stream-{kind}" for kind in FRAMING} <= ids
    assert errors == ERRORS


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["id"]))
def test_an_entry_has_the_fields_of_the_format(entry: dict[str, Any]) -> None:
    form = "stream" if entry["stream"] else "plain"
    body = _body(entry)
    chunks = entry.get("chunks", [])

    assert set(entry) >= REQUIRED
    assert set(entry) <= REQUIRED | OPTIONAL
    assert ("body" in entry) != ("body_base64" in entry)
    assert entry["id"].startswith(f"{entry['dialect']}/{form}-")
    assert 100 <= entry["status"] <= 599
    assert all(name == name.lower() and value.isascii() for name, value in entry["headers"].items())
    assert chunks == sorted(set(chunks))
    assert all(0 < offset < len(body) for offset in chunks)
    assert entry.get("ends", "complete") in ENDS
    assert entry["source"].endswith(".")
    assert entry["why"].endswith(".")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["id"]))
def test_what_is_expected_uses_the_vocabulary(entry: dict[str, Any]) -> None:
    for expected in (entry["expect"], *entry.get("expect_also", ())):
        if expected["kind"] == "response":
            _check_response(expected)
        else:
            _check_error(expected, stream=entry["stream"])


def _check_response(expected: dict[str, Any]) -> None:
    assert set(expected) >= RESPONSE
    assert set(expected) <= RESPONSE | COUNTS | {"reasoning_kind"}
    assert isinstance(expected["text"], str)
    assert expected["finish"] in FINISHES
    assert expected.get("reasoning_kind", "full") in {"full", "summary", "redacted"}
    for name in ("input_tokens", "output_tokens", *COUNTS):
        count = expected.get(name)
        assert count is None or (type(count) is int and count >= 0)
    for call in expected["tool_calls"]:
        assert call["name"]
        assert (call["arguments"] is None) == ("arguments_text" in call)


def _check_error(expected: dict[str, Any], *, stream: bool) -> None:
    assert expected["kind"] == "error"
    assert set(expected) <= {"kind", "error", "message_contains", "partial_text", "retry_after_s"}
    assert expected["error"] in ERRORS
    assert isinstance(expected["message_contains"], str)
    assert stream or "partial_text" not in expected


def _body(entry: dict[str, Any]) -> bytes:
    if "body_base64" in entry:
        return base64.b64decode(entry["body_base64"], validate=True)
    return str(entry["body"]).encode()
