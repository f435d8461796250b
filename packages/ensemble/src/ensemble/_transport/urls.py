"""Where requests go: the address of a path, and the proxy on the way."""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    import yarl

# What stands in an address that is written as RFC 3986 has it.
_ENCODED = r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"


def joined_url(base_url: str, path: str) -> "yarl.URL":
    """The address of a path behind a base URL, which may have a query.

    What is escaped stays as it is written: a signature covers the address letter by letter.
    """
    import yarl  # noqa: PLC0415  # loaded when the client was made

    base = urlsplit(base_url)
    way, _, query = path.partition("?")
    both = "&".join(filter(None, (base.query, query)))
    url = urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + way, both, ""))
    return yarl.URL(url, encoded=re.fullmatch(_ENCODED, url) is not None)


def proxy_of(base_url: str) -> str | None:
    """The proxy that the environment names for an address."""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415  # 15 ms

    address = urlsplit(base_url)
    proxies = getproxies()
    found = proxies.get(address.scheme) or proxies.get("all")
    if not found or proxy_bypass(address.netloc.rpartition("@")[2]):
        return None
    return found if "://" in found else f"http://{found}"
