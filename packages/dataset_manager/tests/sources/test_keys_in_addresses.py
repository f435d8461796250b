"""Keys in addresses and tokens reach the server, and no message."""

import base64
import random
import string
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, patch
from urllib.error import URLError
from urllib.parse import quote

import pytest

from dataset_manager import DownloadError
from dataset_manager._sources import http
from dataset_manager._sources.credentials import shown_address, without_user
from dataset_manager._sources.download import ask, download

SIGNS = string.ascii_letters + string.digits + "-_.~+/=$%:&'\" "
CLOSED = "127.0.0.1:9"
REAL = http._opener()


def forms(key: str) -> tuple[str, ...]:
    """What would be left of a key."""
    coded = base64.b64encode(key.encode()).decode()
    return (key, quote(key, safe=""), repr(key)[1:-1], repr(key.encode())[2:-1], coded)


def address(key: str, chance: random.Random) -> str:
    coded = quote(key, safe="")
    return chance.choice(
        (
            f"http://user:{coded}@{CLOSED}/a",
            f"http://{coded}@{CLOSED}/a",
            f"http://{CLOSED}/a?token={coded}",
            f"http://{CLOSED}/a?b=1&X-Amz-Signature={coded}#x",
            f"http://user:{coded}@{CLOSED}:port/a",
            f"http://user:{coded}@[::1/a",
            f"http://{CLOSED}/a b?key={coded}",
            f"ftp://user:{coded}@{CLOSED}/a",
        )
    )


def quoted_by_a_library(key: str, url: str, chance: random.Random) -> Exception:
    text = chance.choice((url, *forms(key), f"Invalid header value {f'Bearer {key}'.encode()!r}"))
    return chance.choice((OSError, ValueError, URLError))(f"cannot send {text}")


def why_it_failed(
    opener: Any, url: str, path: Path, token: str | None, *, download_it: bool
) -> DownloadError:
    def work() -> object:
        if download_it:
            return download(url, path, sha256="0" * 64, size=1, token=token, tries=1)
        return ask(url, token=token, tries=1, wait=lambda _: None)

    with patch.object(http, "_opener", lambda: opener), pytest.raises(DownloadError) as why:
        work()
    return why.value


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_key_is_in_the_text_of_a_thousand_errors(part: int, tmp_path: Path) -> None:
    for number in range(part * 250, part * 250 + 250):
        chance = random.Random(number)
        key = "K7" + "".join(chance.choices(SIGNS, k=chance.randint(10, 60))) + "x9"
        token = chance.choice((key, f"{key}\n", f"{key}\u2028", None))
        url = address(key, chance)
        opener: Any = REAL
        if chance.random() < 0.6:
            opener = SimpleNamespace(open=Mock(side_effect=quoted_by_a_library(key, url, chance)))

        error = why_it_failed(opener, url, tmp_path / "f", token, download_it=chance.random() < 0.5)
        text = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
        shown = [line for line in text.splitlines() if not line.startswith("    ")]
        left = [each for each in forms(key) if each in "\n".join(shown)]
        assert not left, (number, url, text[-1000:])


def test_the_user_of_an_address_is_sent_as_basic_authorization() -> None:
    url, headers = without_user("https://me:p%40ss@mirror.example/hub?x=1")

    assert url == "https://mirror.example/hub?x=1"
    assert headers == {"Authorization": "Basic " + base64.b64encode(b"me:p@ss").decode()}
    assert without_user("https://mirror.example/hub") == ("https://mirror.example/hub", {})


def test_an_address_is_shown_without_its_user_and_the_values_of_its_query() -> None:
    shown = shown_address("https://me:secret@host:8443/a/b?token=abc&c=d#e")

    assert shown == "https://host:8443/a/b?token=[key]&c=[key]"
