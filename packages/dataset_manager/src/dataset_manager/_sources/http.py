"""Requests over HTTP, with the standard library: no other client is installed for a download."""

import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from .._core.loops import seconds_left
from .credentials import without_keys, without_user

_TIMEOUT = 30.0
_LEAST = 0.001  # a limit of 0 would mean that a socket does not wait at all
_BLOCK = 1 << 16
_MOST_BYTES = 64 << 20  # of an answer that is read as a whole
_NEXT = re.compile(r'<([^>]*)>\s*;[^,<]*rel="?next"?')


class TransferError(OSError):
    """A request had no answer, or the answer broke off."""


class Answer:
    """The answer of a server, whatever its status.

    Args:
        response: The response of ``urllib``.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self.status_code: int = response.status
        self.headers: Mapping[str, str] = response.headers
        self._content = b""

    def blocks(self) -> Iterator[bytes]:
        """The bytes as they arrive, which no encoding of the transfer has changed.

        Raises:
            TransferError: The connection broke.
        """
        from http.client import HTTPException, IncompleteRead  # noqa: PLC0415  # slow to import

        try:
            while block := self._response.read1(_BLOCK):
                yield block
        except IncompleteRead as error:
            if error.partial:
                yield error.partial
            raise TransferError(f"{type(error).__name__}: {error}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise TransferError(f"{type(error).__name__}: {error}") from error

    def read(self) -> "Answer":
        """Hold the whole content.

        Raises:
            TransferError: It is too long, or the connection broke.
        """
        parts, size = [], 0
        for block in self.blocks():
            size += len(block)
            if size > _MOST_BYTES:
                raise TransferError(f"the answer has more than {_MOST_BYTES:,} bytes")
            parts.append(block)
        self._content = b"".join(parts)
        return self

    def json(self) -> Any:
        """The content that ``read`` holds, as JSON.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self._content)

    @property
    def following(self) -> str | None:
        """The address of the next page, from the header ``Link``."""
        found = _NEXT.search(self.headers.get("Link", ""))
        return found[1] if found else None


@contextmanager
def requested(url: str, headers: Mapping[str, str]) -> Iterator[Answer]:
    """The answer to a GET, through the proxies of the environment.

    Args:
        url: The address, of ``http`` or ``https``.
        headers: The headers to send.

    Raises:
        TransferError: There is no answer.
    """
    from http.client import HTTPException  # noqa: PLC0415  # slow to import
    from urllib.error import HTTPError, URLError  # noqa: PLC0415
    from urllib.request import Request  # noqa: PLC0415

    try:
        address, user = without_user(url)
        sent = {**user, **headers}
        request = Request(address, headers=sent)  # noqa: S310  # the opener knows HTTP only
        response = _opener().open(request, timeout=min(_TIMEOUT, max(seconds_left(), _LEAST)))
    except HTTPError as error:  # any status that is not a success
        response = error
    except URLError as error:
        text = without_keys(str(error.reason), url, headers)
        raise TransferError(f"{_name(error.reason)}: {text}") from None
    except (OSError, HTTPException, ValueError) as error:
        # Not "from error": its text quotes an address or a header that cannot be sent, and its key.
        text = without_keys(str(error), url, headers)
        raise TransferError(f"{_name(error)}: {text}") from None
    with response:
        yield Answer(response)


def _name(error: object) -> str:
    return "TimeoutError" if isinstance(error, socket.timeout) else type(error).__name__


def _opener() -> Any:
    """An opener for HTTP alone: ``urlopen`` would follow to ``ftp`` and open ``file`` too."""
    from urllib import request  # noqa: PLC0415  # slow to import

    class Redirects(request.HTTPRedirectHandler):
        """A key is not sent on to another server."""

        def redirect_request(self, *given: Any) -> Any:
            asked, new = given[0], super().redirect_request(*given)
            if new is not None and _server(asked.full_url) != _server(new.full_url):
                new.remove_header("Authorization")
            return new

    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        Redirects(),
        request.HTTPErrorProcessor(),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
