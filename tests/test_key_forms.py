"""The libraries know the same forms of keys, wherever one stands in a text of others."""

import base64
import json
import random
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest

from causal_trace import Chain, redact
from causal_trace._store import redaction
from dataset_manager._sources.credentials import without_keys as without_keys_of_request
from ensemble._transport.secrets import Secrets
from hedging._core import shown
from research_harness._core import secrets, text
from telemetry_research._core import safe

CHANCE = random.Random(19)
LETTERS = string.ascii_letters + string.digits


def drawn(count: int, signs: str = LETTERS) -> str:
    return "".join(CHANCE.choices(signs, k=count))


CAPITALS = string.ascii_uppercase + "234567"
KEYS = {
    "OpenAI": "sk-" + drawn(48),
    "OpenAI, project": "sk-proj-" + drawn(30) + "_-" + drawn(20),
    "Anthropic": "sk-ant-api03-" + drawn(60) + "-AA",
    "OpenRouter": "sk-or-v1-" + drawn(64, "0123456789abcdef"),
    "Google": "AIza" + drawn(35),
    "Google OAuth": "ya29." + drawn(60),
    "Hugging Face": "hf_" + drawn(34),
    "Groq": "gsk_" + drawn(52),
    "xAI": "xai-" + drawn(80),
    "Cerebras": "csk-" + drawn(48),
    "NVIDIA": "nvapi-" + drawn(64),
    "Perplexity": "pplx-" + drawn(48),
    "Replicate": "r8_" + drawn(37),
    "Fireworks": "fw_" + drawn(24),
    "Tavily": "tvly-" + drawn(32),
    "LangSmith": "lsv2_pt_" + drawn(32) + "_" + drawn(10),
    "GitHub": "ghp_" + drawn(36),
    "GitHub, app": "gho_" + drawn(36),
    "GitHub, fine": "github_pat_" + drawn(22) + "_" + drawn(59),
    "GitLab": "glpat-" + drawn(20),
    "AWS": "AKIA" + drawn(16, CAPITALS),
    "AWS, temporary": "ASIA" + drawn(16, CAPITALS),
    "Slack": "xoxb-123456789012-" + drawn(24),
    "Slack, app": "xapp-1-A0-" + drawn(30),
    "Stripe": "sk_live_" + drawn(24),
    "PyPI": "pypi-" + drawn(80),
    "npm": "npm_" + drawn(36),
    "JSON web token": "eyJ" + drawn(20) + ".eyJ" + drawn(30) + "." + drawn(43),
}
KEY = drawn(24) + "7a"
BASIC = base64.b64encode(f"me:{KEY}".encode()).decode()
# The key has no form of its own here: the place shows it.
PLACES = {
    "query": f"GET https://h.example/v1?api_key={KEY}&b=1",
    "end of a query": f"no answer of 'https://h.example/v1?a=b&access_token={KEY}'.",
    "query in percent form": quote(f"https://h.example/v1?api_key={KEY}&b", safe=""),
    "password": f"https://me:{KEY}@h.example/v1",
    "password with a stroke": f"https://me:a/{KEY}@h.example/v1",
    "password in percent form": quote(f"https://me:{KEY}@h.example/", safe=""),
    "user": f"https://{KEY}@h.example/v1",
    "database": f"postgresql://u:{KEY}@h/db",
    "Bearer": f"Authorization: Bearer {KEY}",
    "bearer": f"authorization: bearer {KEY}",
    "bearer in percent form": quote(f"Bearer {KEY}"),
    "Basic": f"Authorization: Basic {BASIC}",
    "other scheme": f"Authorization: token {KEY}",
    "no scheme": repr({"Authorization": KEY}),
    "JSON": json.dumps({"api_key": KEY}),
    "JSON, camels": json.dumps({"apiKey": KEY, "a": 1}),
    "JSON, secret": json.dumps({"client_secret": KEY}),
    "JSON in JSON": json.dumps(json.dumps({"api_key": KEY})),
    "dict": repr({"token": KEY}),
    "dict of headers": repr({"x-api-key": KEY, "Authorization": "Bearer " + KEY}),
    "dict of bytes": repr({b"x-api-key": KEY.encode()}),
    "pairs": repr([(b"x-goog-api-key", KEY.encode())]),
    "argument": f"Client(api_key={KEY!r})",
    "header": f"x-api-key: {KEY}",
    "refused header": f"Illegal header value {KEY.encode()!r}",
    "cookie": f"Set-Cookie: session={KEY}; Path=/",
    "variable": f"OPENAI_API_KEY={KEY}",
    "exported": f"export HF_TOKEN='{KEY}'",
    "setting": f"aws_secret_access_key = {KEY}",
    "connection": f"AccountKey={KEY}==;EndpointSuffix=x",
    "YAML": f"secret: {KEY}",
    "provided": f"Incorrect API key provided: {KEY}.",
    "signed": f"https://s3.example/x?X-Amz-Signature={KEY}&X-Amz-Date=1",
    "private key": f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----",
}
PLAIN = (
    "TimeoutError: no answer from https://host.example:8443/v1/chat within 5 s",
    "a basic understanding of the bearer of this; the password rules; sk-learn is fine",
    "the task-oriented risk-averse approach, write to me@host.example",
    "model org/gpt-4o-mini-2024-07-18 not found, max_tokens: 12345678, tokens=123456789012",
    "Unexpected token: something; the token = tokens[0]; sha256 " + "0123456789abcdef" * 4,
    "hf_transformers_model_loader_of_version_2, ghost_writer_of_a_long_name_1",
)


def of_error(value: str) -> str:
    return text.error_text(ValueError(value))


def of_trace(value: str) -> str:
    return redact(Chain(name=value)).name


LIBRARIES: dict[str, Callable[[str], str]] = {
    "hedging": shown.without_keys,
    "telemetry_research": safe.without_keys,
    "causal_trace": of_trace,
    "research_harness": of_error,
}


def forms(key: str) -> dict[str, str]:
    """The texts in which a key of a known form stands."""
    coded = base64.b64encode(f"me:{key}".encode()).decode()
    return {
        "plain": f"the key was {key}.",
        "JSON": json.dumps({"error": f"\n{key}"}),
        "dict": repr({"a": f"\n{key}", "b": key.encode()}),
        "percent": "q=" + quote(f"x {key} y", safe=""),
        "Base64": f"data {coded} end",
        "Base64 in a path": f"/v1/{base64.urlsafe_b64encode(key.encode()).decode()}",
    }


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", KEYS)
def test_a_key_of_a_known_form_is_replaced(name: str, library: str) -> None:
    key = KEYS[name]

    for form, said in forms(key).items():
        left = LIBRARIES[library](said)
        assert key not in left, form
        assert not {*said.replace("/", " ").split()} <= {*left.replace("/", " ").split()}, form


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("place", PLACES)
def test_a_key_in_a_known_place_is_replaced(place: str, library: str) -> None:
    left = LIBRARIES[library](PLACES[place])

    assert KEY not in left
    assert BASIC not in left


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("said", PLAIN)
def test_texts_without_keys_stay(said: str, library: str) -> None:
    assert LIBRARIES[library](said) == said


@pytest.mark.parametrize("name", KEYS)
def test_files_of_a_run_hold_no_key_of_a_known_form(name: str) -> None:
    for form in ("plain", "JSON", "dict", "percent"):
        assert KEYS[name] not in secrets.redacted_text(forms(KEYS[name])[form]), form


@pytest.mark.parametrize("place", ["Bearer", "bearer", "Basic", "password", "database"])
def test_files_of_a_run_hold_no_key_of_a_header_or_an_address(place: str) -> None:
    left = secrets.redacted_text(PLACES[place])

    assert KEY not in left
    assert BASIC not in left


def test_programs_in_files_of_a_run_stay() -> None:
    program = 'def f(token="a1b2c3d4e5"):\n    password = "hunter22hunter"\n    return token\n'

    assert secrets.redacted_text(program) == program


@pytest.mark.parametrize("name", KEYS)
def test_clients_keep_their_own_keys_in_every_form(name: str) -> None:
    key = KEYS[name]
    client = Secrets({"authorization": f"Bearer {key}"}, "https://h.example")
    headers = {"Authorization": f"Bearer {key}"}

    for said in (*forms(key).values(), json.dumps(json.dumps({"api_key": key}))):
        assert key not in client.hidden(said)
        assert key not in without_keys_of_request(said, "https://h.example", headers)


def test_the_lists_of_forms_are_alike() -> None:
    assert shown.KEY_FORMS == safe.KEY_FORMS == redaction.KEY_FORMS == text.KEY_FORMS
    assert shown.KEY_PREFIXES == safe.KEY_PREFIXES == redaction.KEY_PREFIXES
    assert shown.KEY_PREFIXES == secrets.KEY_PREFIXES
