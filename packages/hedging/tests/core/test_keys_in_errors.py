"""Keys of requests are in no text, event or file that this library writes."""

import asyncio
import base64
import json
import logging
import random
import string
import time
from pathlib import Path
from urllib.parse import quote

import blinker
import pytest

from hedging import AllAttemptsFailedError, Fixed, Hedger, Policy, by_model, by_path
from hedging._core.shown import without_keys

httpx = pytest.importorskip("httpx")
SIGNS = string.ascii_letters + string.digits + "-_.~+/=$%:&'\" @"
PLAIN = string.ascii_letters + string.digits


def forms(key: str) -> tuple[str, ...]:
    """What would be left of a key."""
    coded = base64.b64encode(key.encode()).decode()
    return (key, quote(key, safe=""), repr(key)[1:-1], repr(key.encode())[2:-1], coded)


def text_with(key: str, chance: random.Random) -> str:
    """What clients of HTTP say in errors, with a key where it stands in them."""
    coded = quote(key, safe="")
    plain = "".join(chance.choices(PLAIN, k=20)) + key[:2]
    return chance.choice(
        (
            f"cannot connect to https://me:{coded}@host.example:8443/v1",
            f"cannot connect to https://{coded}@host.example/v1?a=b",
            f"no port in 'https://me:x{key}@host.example/v1'",
            f"Client error '401 No' for url 'https://host.example/v1?key={coded}'",
            f"Max retries exceeded with url: /v1?a=b&token={coded} (Caused by E('x'))",
            f"Illegal header value {f'Bearer {key}'.encode()!r}",
            f"Invalid header value {key.encode()!r}",
            f"character(s) in header value: {key!r}",
            f"the header was Authorization: Bearer {coded}",
            f"the header was Basic {base64.b64encode(f'me:{key}'.encode()).decode()}",
            f"Incorrect API key provided: {coded}.",
            f"no such key: sk-{plain}",
            f"no such key: ghp_{plain}",
        )
    )


@pytest.mark.parametrize("part", range(4))
async def test_no_key_is_in_what_is_written_of_a_thousand_errors(
    part: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    hedger = Hedger(Policy(budget=None), strategy=Fixed(1))
    for number in range(part * 250, part * 250 + 250):
        chance = random.Random(number)
        key = "K7xQz9" + "".join(chance.choices(SIGNS, k=chance.randint(10, 60))) + "x9"
        text = text_with(key, chance)
        secret = text.rsplit(maxsplit=1)[-1] if "no such key" in text else key
        assert any(each in text for each in forms(secret))

        written = await what_is_written(hedger, text, chance)
        left = [each for each in forms(secret) if any(each in said for said in written)]
        assert not left, (number, text, written)
    hedger.save(tmp_path / "state.json")
    state = (tmp_path / "state.json").read_text() + str(hedger) + hedger._repr_html_()
    assert "K7xQz9" not in state
    assert not caplog.records


async def what_is_written(hedger: Hedger, text: str, chance: random.Random) -> list[str]:
    """All texts of a request whose attempts fail."""
    kinds = chance.choices((OSError, ValueError, RuntimeError), k=2)
    written: list[str] = []

    async def fails() -> None:
        raise kinds.pop()(text)

    def keep(sender: object, **event: object) -> None:
        written.append(repr((sender, event)))

    with (
        blinker.signal("crucible").connected_to(keep),
        pytest.raises(AllAttemptsFailedError) as why,
    ):
        await hedger.request(fails, key="k")
    written += [str(why.value), *getattr(why.value, "__notes__", [])]
    assert len(written) >= 3
    return written


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/bot123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage", "/*/sendMessage"),
        ("/services/TX12/BX12/aB3dE5gH7jK9mN1pQ3sT5vW7", "/services/TX12/BX12/*"),
        ("/v3/sk-live-a1b2c3d4e5f6g7h8i9/rpc", "/v3/*/rpc"),
        ("/v1beta/models/gemini-2.0-flash:streamGenerateContent", None),
        ("/model/anthropic.claude-3-5-sonnet-20241022-v2:0/converse", None),
        ("/openai/deployments/gpt-4o-mini-2024-07-18/chat/completions", None),
        ("/models/meta-llama/Llama-3.1-8B-Instruct", None),
    ],
)
def test_a_secret_in_a_path_is_no_part_of_the_key_of_a_request(path: str, key: str | None) -> None:
    request = httpx.Request("POST", f"https://me:secret@h.example{path}?token=abc", json={})

    assert by_path(request) == by_model(request) == f"h.example{key or path}"


@pytest.mark.parametrize(
    "text",
    [
        "TimeoutError: no answer from https://host.example:8443/v1/chat within 5 s",
        "cannot reach http://[::1]:80/a, write to me@host.example",
        "HTTPStatusError: 429 for url 'https://host.example/v1/@org/model'",
        "a basic understanding of the bearer of this",
        json.dumps({"error": {"message": "model gpt-4o-mini not found", "code": 404}}),
    ],
)
def test_texts_without_keys_stay(text: str) -> None:
    assert without_keys(text) == text


@pytest.mark.parametrize("sign", ["://", "://a:", "?a=", "&b=c", "sk-", "header value '", "basic "])
def test_long_texts_take_no_longer_by_the_square_of_their_length(sign: str) -> None:
    def seconds(text: str) -> float:
        begun = time.process_time()
        without_keys(text)
        return time.process_time() - begun

    assert seconds(sign * 20_000) < 5


def test_an_error_keeps_what_the_client_said() -> None:
    async def fails() -> None:
        raise OSError("https://me:hunter22@host.example")

    with pytest.raises(OSError, match="host") as why:
        asyncio.run(Hedger(Policy(budget=None), strategy=Fixed(1)).request(fails))

    assert isinstance(why.value, AllAttemptsFailedError)
    assert "hunter22" not in str(why.value)
    assert "hunter22" in str(why.value.errors[0])
