"""Addresses, headers and settings, checked before anything is sent."""

from collections.abc import Mapping
from hashlib import blake2b

from .._core.errors import AuthenticationError


def sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without white space around; an error, without its text, where one cannot be sent."""
    stripped = {name: text.strip() for name, text in headers.items()}
    for name, text in stripped.items():
        if not (text.isascii() and text.isprintable()) and (
            not text.isprintable() or any(ord(each) > 255 for each in text)  # latin-1
        ):
            raise AuthenticationError(
                f"header {name!r} has a character that cannot be sent, such as a line break or a"
                " typographic quote; copy the key once more"
            )
    return stripped


def host_and_path(base_url: str) -> tuple[str, str]:
    """The host and the path of an address.

    Raises:
        ValueError: It is not an HTTP address.
    """
    from urllib.parse import urlsplit  # noqa: PLC0415  # 4 ms, and the HTTP library has it anyway

    try:
        address = urlsplit(base_url)
        _ = address.port
    except ValueError as error:
        raise ValueError(f"base_url: it is not an address ({error})") from None
    if address.scheme not in ("http", "https") or not address.hostname:
        shown = f"{address.scheme}://..." if address.scheme else "it"  # there may be a key in it
        raise ValueError(f"base_url: {shown} does not begin with http:// or https:// and a host")
    return address.hostname, address.path


def secret_hash(secret: object) -> bytes:
    """What two equal keys have in common, without the key."""
    return blake2b(repr(secret).encode("utf-8", "replace"), digest_size=16).digest()


def check_times(timeout_ms: float, deadline_ms: float | None, max_retries: int) -> None:
    """Refuse limits of time or of retries that are none.

    Raises:
        ValueError: One is not a number above 0, or no whole number.
    """
    for name, value in (("timeout_ms", timeout_ms), ("deadline_ms", deadline_ms)):
        if value is None and name == "deadline_ms":
            continue
        if not isinstance(value, int | float) or not value > 0:
            raise ValueError(f"{name}: {value!r} is not a number of milliseconds above 0")
    if type(max_retries) is not int or max_retries < 0:
        raise ValueError(f"max_retries: {max_retries!r} is not a whole number from 0 on")
