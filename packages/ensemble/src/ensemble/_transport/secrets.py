"""Keys are kept out of every message."""

import base64
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlsplit

_MOST_SHOWN = 300
_MOST_READ = 100_000  # of a text, of which no more is shown than the above
_SHORT = 8
_SECRET_HEADER = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)


class Secrets:
    """The secrets of one client: its keys in headers, and those in its address.

    Args:
        headers: The headers that are sent.
        base_url: The address.
    """

    def __init__(self, headers: Mapping[str, str], base_url: str) -> None:
        self._found: set[str] = set()
        self._long: list[str] = []
        self._pattern: re.Pattern[str] | None = None
        self._add({*_of_headers(headers), *_of_address(base_url)})

    def add(self, headers: Mapping[str, str]) -> None:
        """Keep those of further headers too, such as a token of today."""
        self._add(set(_of_headers(headers)))

    def _add(self, secrets: set[str]) -> None:
        if secrets <= self._found:
            return
        self._found |= secrets
        self._long = sorted((each for each in self._found if len(each) >= _SHORT), key=len)[::-1]
        patterns = {each for secret in self._found for each in _patterns(secret)}
        self._pattern = re.compile("|".join(sorted(patterns, key=len, reverse=True)))

    def hidden(self, text: str) -> str:
        """The text without the secrets, and cut."""
        # The keys go before the text is cut to what is shown: half a key is a secret as well.
        text = text[:_MOST_READ]
        for secret in self._long:
            text = _without(text, secret)
        if self._pattern is not None:
            text = self._pattern.sub("[key]", text)
        return text[:_MOST_SHOWN]


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers without those that may hold a key."""
    return {name: value for name, value in headers.items() if not _SECRET_HEADER.search(name)}


def _of_headers(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        if _SECRET_HEADER.search(name) and value:
            yield value
            yield value.rpartition(" ")[2]


def _of_address(base_url: str) -> Iterator[str]:
    address = urlsplit(base_url)
    yield from filter(None, (address.username, address.password))
    yield from (value for _, value in parse_qsl(address.query) if value)


def _without(text: str, secret: str) -> str:
    """The text without a secret, and without any part of it: texts are cut, by providers too."""
    parts, done, at = [], 0, 0
    pieces = _pieces(secret)
    while at + _SHORT <= len(text):
        begin = pieces.get(text[at : at + _SHORT])
        if begin is None:
            at += 1
            continue
        end = at + _SHORT
        while end < len(text) and text[end] == secret[begin + end - at : begin + end - at + 1]:
            end += 1
        parts += [text[done:at], "[key]"]
        done = at = end
    return "".join([*parts, text[done:]])


@lru_cache(maxsize=64)
def _pieces(secret: str) -> dict[str, int]:
    """The parts of a secret of eight characters, each with its place; words are none.

    The first part is one in any case.
    """
    places = range(len(secret) - _SHORT, -1, -1)
    found = {secret[n : n + _SHORT]: n for n in places}
    return {part: n for part, n in found.items() if n == 0 or not _is_plain(part)}


def _is_plain(part: str) -> bool:
    """Whether a text that holds no key may have these characters: words, and zeros or dashes."""
    return " " in part or not re.search("[0-9A-Z]", part[1:]) or len(set(part)) < _SHORT // 2


def _patterns(secret: str) -> Iterator[str]:
    """Regular expressions of other forms of a secret.

    A short one is a secret only where it stands alone.
    """
    if len(secret) < _SHORT:
        yield rf"(?<!\w){re.escape(secret)}(?!\w)"
        return
    if quote(secret, safe="") != secret:
        yield re.escape(quote(secret, safe=""))
    for offset in range(3):  # base64 depends on what stands before
        coded = base64.b64encode(b"\0" * offset + secret.encode()).decode().rstrip("=")
        yield re.escape(coded[(0, 2, 3)[offset] : len(coded) - 1])
