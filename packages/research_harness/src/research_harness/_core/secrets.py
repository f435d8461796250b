"""Keys that must not be written down: their values are replaced where data is encoded."""

import base64
import contextlib
import functools
import json
import os
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .env_file import env_lines

MASK = "[key]"
_LEAST_LENGTH = 8
_IN_WORD = {bytes([each]) for each in b"-_0123456789" + string.ascii_letters.encode()}
_NAME = re.compile(
    r"(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)S?(?:_|$)",
    re.IGNORECASE,
)
_SETTING = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")
# Forms that show by themselves that they are keys: the same lines stand in hedging,
# telemetry_research and causal_trace, and tests/test_key_forms.py compares them. A key begins where
# a word does, also after an escape or in percent form.
KEY_PREFIXES = {
    **dict.fromkeys(("sk-", "pk-", "rk-", "csk-"), r"[\w-]{16,}"),  # OpenAI, Anthropic, Cerebras
    **dict.fromkeys(("sk_live_", "rk_live_", "sk_test_", "rk_test_"), r"[A-Za-z0-9]{16,}"),
    **dict.fromkeys(("gsk_", "hf_", "fw_"), r"[A-Za-z0-9]{20,}"),
    **dict.fromkeys(("xai-", "pplx-", "r8_", "npm_"), r"[A-Za-z0-9]{30,}"),
    **dict.fromkeys(("AIza", "nvapi-"), r"[\w-]{30,}"),
    **dict.fromkeys(("AKIA", "ASIA"), r"[A-Z0-9]{16}"),
    **dict.fromkeys(("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\w{12,}"),
    **dict.fromkeys(
        ("github_pat_", "glpat-", "tvly-", "ya29.", "lsv2_pt_", "lsv2_sk_"), r"[\w-]{20,}"
    ),
    **dict.fromkeys(("xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-", "xapp-"), r"[\w-]{10,}"),
    "pypi-": r"[\w-]{50,}",
    "AGE-SECRET-KEY-": r"[A-Z0-9]{50,}",
    "eyJ": r"[\w-]{8,300}\.[\w-]{8,}\.[\w-]{4,}",  # JSON web tokens
}
KEY_BEGIN = r"(?:(?<!\w)|(?<=\\[nrt])|(?<=%[0-9A-F][0-9A-F])|(?<=\\u[0-9a-f]{4}))"
# Data are not searched for forms such as that of ``password=``, which programs to be scored hold.
_BEGIN = re.compile(KEY_BEGIN.encode())
_FORMS = {
    **{start.encode(): re.compile(rest.encode()) for start, rest in KEY_PREFIXES.items()},
    b"earer ": re.compile(rb"[A-Za-z0-9._~+/-]{16,}=*"),
    b"asic ": re.compile(rb"(?=\w{0,200}?[A-Z])(?=\w{0,200}?[\d=])[A-Za-z0-9+/_-]{16,}={0,2}"),
    b"://": re.compile(rb"[^\s/@:\"\\]{1,200}:[^\s/@\"\\]{1,200}(?=@)"),
}
_WORDS = (b"earer ", b"asic ", b"://")  # which stay, and may stand within a word


def redacted(data: bytes, keys: tuple[str, ...] | None = None) -> bytes:
    """Encoded text without the keys that this process knows.

    Args:
        data: UTF-8, JSON or not; a key is found in either form, in Base64, in an address, and with
            any of its characters escaped as JSON may. So is the first or the last part of a key
            that was cut off at the end or at the begin of a text.
        keys: What ``known_keys`` gave a moment ago, for several texts that are written together.

    Returns:
        The text with ``[key]`` in place of each.
    """
    keys = known_keys() if keys is None else keys
    known = _known(keys)
    if known is not None:
        data = known.sub(MASK.encode(), data)
    for start, form in _starts(keys):
        if start in data:
            data = _without_starts(data, start, form)
    for end, form in _ends(keys):
        if end in data:
            data = _without_ends(data, end, form)
    if b"\\u" in data and (escaped := _escaped(keys)) is not None:
        data = escaped.sub(MASK.encode(), data)
    for mark in _FORMS:
        if mark in data:
            data = _without_form(data, mark)
    return data


def redacted_text(text: str) -> str:
    """``redacted`` for text.

    Args:
        text: The text; lone surrogates are kept.
    """
    return redacted(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def keys_by_value() -> dict[str, str]:
    """The keys that this process knows, with the names of their variables, the longest first."""
    settings: list[tuple[str, str]] = []
    with contextlib.suppress(OSError):
        settings += _settings_in(Path.cwd() / ".env")
    settings += [
        (n, value) for n, value in os.environ.items() if _names_key(n) and _may_be_key(value)
    ]
    return {value: name for name, value in sorted(settings, key=lambda each: -len(each[1]))}


def known_keys() -> tuple[str, ...]:
    """The keys that this process knows now, in its environment and in ``.env``."""
    values = set(_ENVIRONMENT.keys())
    with contextlib.suppress(OSError):  # the folder may be gone, and so is its .env
        values.update(_of_file(os.getcwd()))  # noqa: PTH109  # a third of the time, for each row
    return tuple(sorted(values))


@functools.lru_cache(maxsize=4_096)
def _names_key(name: str) -> bool:
    return bool(_NAME.search(name))


class _Environment:
    """The keys in the environment, looked for again only when the environment has changed.

    It is asked for each row, and reading all variables takes longer than the rest of a short row.
    """

    def __init__(self) -> None:
        self._seen: tuple[dict[Any, Any], frozenset[str]] = ({}, frozenset())

    def keys(self) -> frozenset[str]:
        # The mapping behind ``os.environ``: comparing it decodes nothing.
        now: dict[Any, Any] = getattr(os.environ, "_data", None) or dict(os.environ)
        before, found = self._seen
        if now != before:
            now = dict(now)  # another thread may change the environment meanwhile
            settings = ((os.fsdecode(name), os.fsdecode(value)) for name, value in now.items())
            found = frozenset(
                value for name, value in settings if _names_key(name) and _may_be_key(value)
            )
            self._seen = (now, found)
        return found


_ENVIRONMENT = _Environment()


def _may_be_key(value: str) -> bool:
    return len(value) >= _LEAST_LENGTH and not value.startswith("/")


@functools.lru_cache(maxsize=8)
def _of_file(folder: str) -> tuple[str, ...]:
    """The keys in the ``.env`` of a folder, as it was when it was first looked at."""
    return tuple(_keys_in(Path(folder) / ".env"))


def _keys_in(path: Path) -> Iterator[str]:
    return (value for _, value in _settings_in(path))


def _settings_in(path: Path) -> Iterator[tuple[str, str]]:
    """The names and values of the keys in a file."""
    for line in env_lines(path, "replace")[:1_000]:
        match = _SETTING.match(line)
        if match and _names_key(match[1]) and _may_be_key(value := match[2].strip("\"'")):
            yield match[1], value


@functools.lru_cache(maxsize=8)
def _known(values: tuple[str, ...]) -> re.Pattern[bytes] | None:
    """A pattern of the keys, as they are and as JSON writes them, the longest first."""
    forms: set[bytes] = set()
    for value in values:
        forms.add(value.encode("utf-8", "surrogateescape"))
        forms.add(json.dumps(value)[1:-1].encode())
        forms.add(json.dumps(value, ensure_ascii=False)[1:-1].encode("utf-8", "surrogateescape"))
        forms.add(quote(value.encode("utf-8", "surrogateescape"), safe="").encode())
        forms.update(_in_base64(value.encode("utf-8", "surrogateescape")))
    if not forms:
        return None
    return re.compile(b"|".join(re.escape(each) for each in sorted(forms, key=len, reverse=True)))


def _in_base64(value: bytes) -> Iterator[bytes]:
    """What Base64 makes of a key whatever stands before and after it, in both alphabets."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + value)
        found = whole[-(-before * 8 // 6) : (before + len(value)) * 8 // 6]
        yield from {found, found.replace(b"+", b"-").replace(b"/", b"_")}


@functools.lru_cache(maxsize=8)
def _starts(values: tuple[str, ...]) -> tuple[tuple[bytes, bytes], ...]:
    """The first characters of each key, and the key: its rest may have been cut off.

    At least eight, and more where these are a plain word, which texts hold by chance.
    """
    found: dict[bytes, bytes] = {}
    for value in values:
        least = next((n for n in range(_LEAST_LENGTH, len(value)) if not _is_word(value[:n])), 0)
        for form in (value, json.dumps(value, ensure_ascii=False)[1:-1]) if least else ():
            encoded = form.encode("utf-8", "surrogateescape")
            found[encoded] = form[:least].encode("utf-8", "surrogateescape")
    return tuple((start, form) for form, start in sorted(found.items(), key=lambda e: -len(e[0])))


@functools.lru_cache(maxsize=8)
def _ends(values: tuple[str, ...]) -> tuple[tuple[bytes, bytes], ...]:
    """The last characters of each key, and the key, as ``_starts`` has the first."""
    found: dict[bytes, bytes] = {}
    for value in values:
        least = next((n for n in range(_LEAST_LENGTH, len(value)) if not _is_word(value[-n:])), 0)
        for form in (value, json.dumps(value, ensure_ascii=False)[1:-1]) if least else ():
            encoded = form.encode("utf-8", "surrogateescape")
            found[encoded] = form[-least:].encode("utf-8", "surrogateescape")
    return tuple((end, form) for form, end in sorted(found.items(), key=lambda e: -len(e[0])))


def _without_form(data: bytes, mark: bytes) -> bytes:
    """A text without what has the form of a key after a mark."""
    parts: list[bytes] = []
    done = start = 0
    while (at := data.find(mark, start)) >= 0:
        start = at + len(mark)
        found = _FORMS[mark].match(data, start)
        if found and (mark in _WORDS or _BEGIN.match(data, at)):
            parts += [data[done : start if mark in _WORDS else at], MASK.encode()]
            done = start = found.end()
    return b"".join([*parts, data[done:]])


def _is_word(text: str) -> bool:
    return text.isalpha() and (text[1:].islower() or text.isupper())


def _without_starts(data: bytes, start: bytes, form: bytes) -> bytes:
    """A text without the first part of a key, where that ends a word as a cut leaves it."""
    parts: list[bytes] = []
    done = 0
    while (at := data.find(start, done)) >= 0:
        end, most = at + len(start), min(len(data), at + len(form))
        while end < most and data[end] == form[end - at]:
            end += 1
        is_cut = any(data[k : k + 1] not in _IN_WORD for k in range(at + len(start), end + 1))
        parts += [data[done:at], MASK.encode() if is_cut else data[at:end]]
        done = end
    return b"".join([*parts, data[done:]])


def _without_ends(data: bytes, end: bytes, form: bytes) -> bytes:
    """A text without the last part of a key, where that begins a word as a cut leaves it."""
    parts: list[bytes] = []
    done = 0
    while (at := data.find(end, done)) >= 0:
        stop, least = at + len(end), max(done, at + len(end) - len(form))
        begin = at
        while begin > least and data[begin - 1] == form[begin - 1 - stop]:
            begin -= 1
        is_cut = any(data[k - 1 : k] not in _IN_WORD for k in range(begin, at + 1))
        parts += [data[done:begin], MASK.encode() if is_cut else data[begin:stop]]
        done = stop
    return b"".join([*parts, data[done:]])


@functools.lru_cache(maxsize=8)
def _escaped(values: tuple[str, ...]) -> re.Pattern[bytes] | None:
    """A pattern of the keys with any character written as its number, however often escaped."""
    plain = [each for each in values if each.isascii()]
    if not plain:
        return None
    words = (
        b"".join(rb"(?:%b|\\{1,64}u00(?i:%02x))" % (re.escape(c.encode()), ord(c)) for c in each)
        for each in sorted(plain, key=len, reverse=True)
    )
    return re.compile(b"|".join(words))
