"""Keys of clients, stores and addresses are in no event, file or message of this library."""

import base64
import json
import os
import random
import stat
import string
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from telemetry_research import FileStore, instrument, record, recording, stored_experiments
from telemetry_research._core.safe import described, without_keys
from telemetry_research._export.replacing import replacing

SIGNS = string.ascii_letters + string.digits + "-_.~+/=$%:&'\" @"


def forms(key: str) -> tuple[str, ...]:
    """What would be left of a key."""
    coded = base64.b64encode(key.encode()).decode()
    return (key, quote(key, safe=""), repr(key)[1:-1], repr(key.encode())[2:-1], coded)


def text_with(key: str, chance: random.Random) -> str:
    """What clients say in errors, with a key where it stands in them."""
    coded = quote(key, safe="")
    return chance.choice(
        (
            f"cannot connect to https://me:{coded}@host.example:8443/v1",
            f"no port in 'https://me:x{key}@host.example/v1'",
            f"Client error '401 No' for url 'https://host.example/v1?key={coded}'",
            f"Max retries exceeded with url: /v1?a=b&token={coded} (Caused by E('x'))",
            f"Illegal header value {f'Bearer {key}'.encode()!r}",
            f"character(s) in header value: {key!r}",
            f"the header was Basic {base64.b64encode(f'me:{key}'.encode()).decode()}",
            f"Incorrect API key provided: {coded}.",
        )
    )


class Client:
    """As the clients of openai are made: every call goes through ``request``."""

    __module__ = "openai"

    def __init__(self, key: str) -> None:
        self.api_key = key
        self.base_url = f"https://me:{quote(key, safe='')}@host.example/v1"
        self.text = ""

    @property
    def default_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}", "Accept": "json"}

    def request(self, cast_to: Any, sent: Any, **options: Any) -> Any:
        raise RuntimeError(self.text)


REQUEST = SimpleNamespace(url="/chat/completions", method="post", json_data={"model": "m"})


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_key_is_in_the_events_and_counters_of_a_thousand_errors(
    part: int, tmp_path: Path
) -> None:
    store = FileStore(tmp_path / "run.arrows")
    seen: list[tuple[int, str, str]] = []
    with recording("errors", store=store) as experiment:
        for number in range(part * 250, part * 250 + 250):
            chance = random.Random(number)
            key = "K7xQz9" + "".join(chance.choices(SIGNS, k=chance.randint(10, 60))) + "x9"
            client = instrument(Client(key))
            in_form = chance.random() < 0.5
            client.text = text_with(key, chance) if in_form else f"the server says <{key}>: no"
            assert any(each in client.text for each in forms(key))
            with pytest.raises(RuntimeError):
                client.request(None, REQUEST)
            seen.append((number, key, client.text))
            if in_form:
                experiment.count_error(f"x: {described(RuntimeError(client.text))}")
                assert not [each for each in forms(key) if each in str(experiment)]
        record("a.stop")
    messages = [
        str(each.attributes["message"]) for each in experiment.events("llm.request.exception")
    ]
    assert len(messages) == 250
    left = [
        (number, text, message)
        for (number, key, text), message in zip(seen, messages, strict=True)
        if any(each in message for each in forms(key))
    ]
    assert left == []
    assert b"K7xQz9" not in (tmp_path / "run.arrows").read_bytes()


@pytest.mark.parametrize("cut", range(8, 24))
def test_a_key_of_the_client_that_was_cut_is_replaced_too(cut: int) -> None:
    key = "K7-9aZ$q/We7 Kp+4=Xy0-TfG_hJ2mN8"

    assert without_keys(f"it is {key[:cut]}...", [key]) == "it is [key]..."
    assert without_keys(f"it is ...{key[-cut:]}", [key]) == "it is ...[key]"


def test_a_copy_of_a_client_is_recorded_without_its_own_key() -> None:
    openai = pytest.importorskip("openai")
    httpx = pytest.importorskip("httpx")

    def answer(request: Any) -> Any:
        key = request.headers["authorization"].split()[1]
        return httpx.Response(401, json={"error": {"message": f"no such key <{key}>"}})

    client = instrument(
        openai.OpenAI(
            api_key="first-9aZ4Wq7Kp",
            http_client=httpx.Client(transport=httpx.MockTransport(answer)),
        )
    )
    with recording("r") as experiment:
        for each in (client, client.with_options(api_key="other-7bY3Xr8Lq")):
            with pytest.raises(openai.AuthenticationError):
                each.chat.completions.create(model="m", messages=[])
    found = experiment.events("llm.request.exception")
    messages = [str(each.attributes["message"]) for each in found]

    assert len(messages) == 2
    assert all("no such key <[key]>" in each for each in messages), messages


@pytest.mark.parametrize(
    "source",
    [
        "mysql://me:hunter22@host/db",
        "mysql://hunter22@host/db",
        "mysql://me:a/hunter22@host/db",
        "mysql://me:a hunter22@host/db",
        "host=h password='a hunter22 b'",
        "host=h password = hunter22",
        "mysql://host/db?password=hunter22&a=b",
        "mysql://host/db?sslpassword=hunter22",
        "mysql://host/db?token=hunter22",
    ],
)
def test_an_address_that_is_no_file_is_named_without_its_keys(source: str) -> None:
    with pytest.raises(FileNotFoundError, match="does not exist") as why:
        stored_experiments(source)

    assert "hunter22" not in str(why.value)


def test_a_failing_store_is_told_of_without_its_keys() -> None:
    error = OSError("no answer of postgresql://me:hunter22@host/db?sslpassword=hunter22")

    assert described(error) == "OSError: no answer of postgresql://[key]@host/db?sslpassword=[key]"


def test_texts_without_keys_stay() -> None:
    text = json.dumps({"error": {"message": "no answer from https://h:8443/v1 within 5 s"}})

    assert without_keys(text, ["sk-production-key-9aZ4Wq7Kp"]) == text


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
@pytest.mark.parametrize(("umask", "rights"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_what_is_exported_has_the_rights_that_the_umask_leaves(
    umask: int, rights: int, tmp_path: Path
) -> None:
    before = os.umask(umask)
    try:
        with replacing(tmp_path / "out.csv") as temporary:
            temporary.write_text("a")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == rights
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]
