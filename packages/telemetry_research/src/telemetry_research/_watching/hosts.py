"""The names by which a server of this library answers.

By DNS rebinding a page of another site can have a browser send requests here: its own name then
leads to this machine, and ``Host`` holds that name. An address in numbers cannot be rebound.
"""

import ipaddress
import platform
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

# The second and third are what a container calls the machine that it runs on.
_LOCAL = ("localhost", "host.docker.internal", "host.containers.internal")
REFUSED = (
    "The Host of this request is not a name of this server. Use localhost or the address in"
    " numbers, or give the name to the program that serves, as allowed_hosts=.\n"
)


def known_hosts(host: str, allowed: Collection[str]) -> frozenset[str]:
    """The names that requests may call a server.

    Args:
        host: The name or address that it listens on.
        allowed: Further names; ``*`` is any.

    Raises:
        TypeError: One text was given in place of several names.
    """
    if isinstance(allowed, str):
        raise TypeError(f"allowed_hosts takes several names, such as [{allowed!r}]")
    return frozenset(each.lower() for each in (*_LOCAL, platform.node(), host, *allowed) if each)


def is_known(hosts: Sequence[bytes], known: frozenset[str]) -> bool:
    """Whether a request may be answered.

    Args:
        hosts: The values of its headers ``Host``; one is what HTTP asks for.
        known: The names of the server.
    """
    if "*" in known:
        return True
    name = _name(hosts[0].decode("latin-1")) if len(hosts) == 1 else None
    return name is not None and (name in known or _is_address(name))


def _name(host: str) -> str | None:
    """The name in a header, without the port; None if there is no name."""
    if set(host) & set("@/\\?# \t"):
        return None
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return None
    return name.removesuffix(".") if name else None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
