"""Keys in addresses and headers: sent to the server, and kept out of every message."""

import base64
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

_MASK = "[key]"
_LEAST = 4  # a shorter value is hidden in its address only: a text holds it by chance
_QUERY_VALUE = re.compile(r"(?<==)[^&;]+")


def without_user(url: str) -> tuple[str, dict[str, str]]:
    """An address as it is sent, and the header of the user and password that it holds.

    Args:
        url: The address.

    Returns:
        The address without its user, and the headers of HTTP's basic authorization.
    """
    parts = urlsplit(url)
    user, sign, host = parts.netloc.rpartition("@")
    if not sign:
        return url, {}
    coded = base64.b64encode(unquote(user).encode()).decode()
    return urlunsplit(parts._replace(netloc=host)), {"Authorization": f"Basic {coded}"}


def shown_address(url: str) -> str:
    """An address without its user, and without the values of its query.

    Args:
        url: The address.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    host = parts.netloc.rpartition("@")[2]
    query = _QUERY_VALUE.sub(_MASK, parts.query)
    return urlunsplit(parts._replace(netloc=host, query=query, fragment=""))


def without_keys(text: str, url: str, headers: Mapping[str, str]) -> str:
    """A message without the keys of the request that it is about.

    Args:
        text: The message, such as that of an error of the library that sends.
        url: The address with its keys.
        headers: The headers that were sent.
    """
    found = {form for key in _keys(url, headers) for form in _forms(key) if len(form) >= _LEAST}
    for form in sorted(found, key=len, reverse=True):
        text = text.replace(form, _MASK)
    return text


def _keys(url: str, headers: Mapping[str, str]) -> Iterator[str]:
    # Not by urlsplit, which refuses the addresses that messages are about.
    with_user = re.split(r"[/?#]", url.partition("://")[2])[0].rpartition("@")[0]
    yield from (with_user, *with_user.split(":"))
    yield from (value for _, value in parse_qsl(url.partition("?")[2].partition("#")[0]))
    yield from _QUERY_VALUE.findall(url.partition("?")[2])
    authorization = headers.get("Authorization", "")
    yield from (authorization, authorization.partition(" ")[2])


def _forms(key: str) -> Iterator[str]:
    """The key as it is, and as addresses, quoted texts and basic authorization hold it."""
    plain = unquote(key)
    for each in (key, plain):
        yield from (each, each.strip(), quote(each, safe=""), quote(each))
        yield from (repr(each)[1:-1], ascii(each)[1:-1], repr(each.encode())[2:-1])
        yield base64.b64encode(each.encode("utf-8", "surrogateescape")).decode()
