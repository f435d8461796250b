"""Keys that are named, or that their form shows, are in no text or file of a redacted chain."""

import base64
import json
import random
import string
from pathlib import Path
from urllib.parse import quote

import pytest

from causal_trace import Chain, JsonStore, TraceEvent, redact, visualize

SIGNS = string.ascii_letters + string.digits + "-_.~+/=$%:&'\" @"


def forms(key: str) -> tuple[str, ...]:
    """What would be left of a key."""
    coded = base64.b64encode(key.encode()).decode()
    escaped = (repr(key)[1:-1], repr(key.encode())[2:-1], json.dumps(key)[1:-1])
    return (key, quote(key, safe=""), *escaped, coded)


def text_in_form(key: str, chance: random.Random) -> str:
    """A text in which a key stands where its form shows it."""
    coded = quote(key, safe="")
    return chance.choice(
        (
            f"cannot connect to https://me:{coded}@host.example:8443/v1",
            f"cannot connect to https://{coded}@host.example/v1?a=b",
            f"no port in 'https://me:x{key}@host.example/v1'",
            f"Client error '401 No' for url 'https://host.example/v1?key={coded}'",
            f"Max retries exceeded with url: /v1?a=b&token={coded} (Caused by E('x'))",
            f"url: /v1?X-Amz-Signature={coded}",
            f"Illegal header value {f'Bearer {key}'.encode()!r}",
            f"character(s) in header value: {key!r}",
            f"the header was Basic {base64.b64encode(f'me:{key}'.encode()).decode()}",
            f"Incorrect API key provided: {coded}.",
        )
    )


@pytest.mark.parametrize("part", range(4))
def test_no_key_is_in_what_is_written_of_a_thousand_errors(part: int, tmp_path: Path) -> None:
    for number in range(part * 250, part * 250 + 250):
        chance = random.Random(number)
        key = "K7xQz9" + "".join(chance.choices(SIGNS, k=chance.randint(10, 60))) + "x9"
        named = chance.random() < 0.5
        text = f"it is <{chance.choice(forms(key))}>" if named else text_in_form(key, chance)
        assert any(each in text for each in forms(key))
        event = TraceEvent(
            type="error",
            decision=text,
            reasoning=text,
            alternatives=(text,),
            code_section=text,
            spec_reference=text,
            stage_id=text,
            metadata={text: [{"deep": text}]},
        )
        chain = Chain(name=text, description=text, events=(event,), metadata={text: text})

        clean = redact(chain, secrets=[key] if named else [])
        said = [str(clean), repr(clean), clean.to_json()]
        if number % 25 == 0:
            said += [JsonStore(tmp_path).save(clean).read_text(), visualize(clean)]
        left = [each for each in forms(key) if any(each in text for text in said)]
        assert not left, (number, text, clean.name)


@pytest.mark.parametrize("cut", range(8, 32))
def test_a_named_key_that_was_cut_is_replaced_too(cut: int) -> None:
    key = "K7-9aZ$q/We7 Kp+4=Xy0-TfG_hJ2mN8"
    chain = Chain(name=f"it is {key[:cut]}...", description=f"it is ...{key[-cut:]}")

    clean = redact(chain, secrets=[key])

    assert (clean.name, clean.description) == ("it is [redacted]...", "it is ...[redacted]")


def test_words_with_which_a_named_key_begins_stay() -> None:
    chain = Chain(name="the passwords are password123")

    assert redact(chain, secrets=["passwords-9aZ4"]) == chain
