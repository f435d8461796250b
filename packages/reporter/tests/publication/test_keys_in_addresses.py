"""An address with a user or a password comes into no report, citation, crate or error."""

import random
import string
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from reporter import CrateAction, Reference, ReportError, Source

SIGNS = string.ascii_letters + string.digits + "-_.~+/=$%:&'\" @"


def forms(key: str) -> tuple[str, ...]:
    """What would be left of a key."""
    return (key, quote(key, safe=""), repr(key)[1:-1], repr(key.encode())[2:-1])


def address(key: str, chance: random.Random) -> str:
    coded = quote(key, safe="")
    return chance.choice(
        (
            f"https://me:{coded}@host.example/a",
            f"https://{coded}@host.example/a",
            f"http://me:{coded}@host.example:8443/a?b=c#d",
            f"https://me:{coded}@[::1]/a",
            f"https://me:x{key}@host.example/a",
            f"ftp://me:{coded}@host.example/a",
        )
    )


def software(url: str) -> CrateAction:
    return CrateAction(name="n", software={"python": "3"}, addresses={"python": url})


MAKERS: tuple[Callable[[str], Any], ...] = (
    lambda url: Reference(key="k", text="t", url=url),
    lambda url: Source(key="k", title="t", authors=["A, B"], year=2020, url=url),
    software,
)


@pytest.mark.parametrize("make", MAKERS)
def test_no_key_is_in_the_text_of_a_thousand_errors(make: Callable[[str], Any]) -> None:
    for number in range(334):
        chance = random.Random(number)
        key = "K7xQz9" + "".join(chance.choices(SIGNS, k=chance.randint(10, 60))) + "x9"
        url = address(key, chance)
        with pytest.raises(ReportError, match="holds a user or a password") as why:
            make(url)

        said = (
            str(why.value) + repr(why.value) + "".join(traceback.format_exception_only(why.value))
        )
        left = [each for each in forms(key) if each in said]
        assert not left, (number, url, said)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    "url",
    [
        "https://www.python.org/",
        "https://host.example:8443/@org/model?mail=me@host.example",
        "https://host.example/a:b@c",
    ],
)
def test_addresses_without_a_user_are_taken(make: Callable[[str], Any], url: str) -> None:
    assert make(url)
