"""The keys that a client of a provider was given."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

_ATTRIBUTES = ("api_key", "auth_token", "admin_api_key", "webhook_secret", "webhook_key")
_SECRET_HEADER = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)
_LEAST = 8


def keys_of(client: Any) -> frozenset[str]:
    """The keys of a client as they are now: of its attributes, its headers and its address.

    Args:
        client: A client of openai, anthropic or google-genai.
    """
    owners = (client, getattr(client, "_api_client", None))
    return frozenset(key for each in owners for key in _found(each) if len(key) >= _LEAST)


def _found(owner: Any) -> Iterator[str]:
    for name in _ATTRIBUTES:
        if isinstance(key := _attribute(owner, name), str):
            yield key
    options = _attribute(owner, "_http_options")
    for headers in (_attribute(owner, "default_headers"), _attribute(options, "headers")):
        if isinstance(headers, Mapping):
            yield from _of_headers(headers)
    parts = urlsplit(str(_attribute(owner, "base_url") or ""))
    yield from (unquote(each) for each in (parts.username, parts.password) if each)


def _of_headers(headers: Mapping[str, object]) -> Iterator[str]:
    for name, value in headers.items():
        if isinstance(value, str) and _SECRET_HEADER.search(name):
            yield from (value, value.rpartition(" ")[2])


def _attribute(owner: Any, name: str) -> Any:
    """An attribute; headers may be computed, and fail."""
    try:
        return getattr(owner, name, None)
    except Exception:  # noqa: BLE001  # of the client's own code
        return None
