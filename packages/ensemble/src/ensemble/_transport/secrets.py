"""Keys are kept out of every message."""

import base64
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, quote, urlsplit

_MOST_SHOWN = 300
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
        # The keys go before the text is cut: half a key is a secret as well.
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
    """The text without a secret, also without its first part: texts are cut, by providers too."""
    start, parts, done = secret[:_SHORT], [], 0
    while (at := text.find(start, done)) >= 0:
        parts += [text[done:at], "[key]"]
        done = at + _SHORT
        while done < len(text) and text[done] == secret[done - at : done - at + 1]:
            done += 1
    return "".join([*parts, text[done:]])


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
