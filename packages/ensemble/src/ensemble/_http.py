"""The only module that knows the HTTP library. Connections go through aiohttp's pool.

httpx's own pool slows down beyond some 200 connections, and its queue would be measured as latency.
"""

from collections.abc import Mapping
from typing import Any

from ._errors import (
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    MalformedResponseError,
    ModelError,
    RateLimitError,
    ServerError,
)

_MOST_SHOWN = 300


class HttpClient:
    """A pool of connections to one provider.

    Args:
        base_url: Where the interface begins.
        headers: Sent with every request; the key is among them and is kept out of every message.
        secret: The key, to be blotted out wherever a provider repeats it.
        timeout_ms: The longest a request may take.
    """

    def __init__(
        self, base_url: str, *, headers: Mapping[str, str], secret: str, timeout_ms: float
    ) -> None:
        import httpx  # noqa: PLC0415  # 50 ms that nobody else should wait for
        import httpx_aiohttp  # noqa: PLC0415  # 200 ms, same

        self._secret = secret
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers=dict(headers),
            timeout=timeout_ms / 1000,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
            transport=httpx_aiohttp.AiohttpTransport(),
        )

    async def post(self, path: str, body: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
        """Send JSON and give the JSON of the answer with its headers.

        Raises:
            ModelError: The request failed; the class says how.
        """
        import httpx  # noqa: PLC0415  # loaded when the client was made

        try:
            answer = await self._client.post(path, json=dict(body))
        except httpx.TimeoutException as error:
            raise ConnectionFailedError(self._clean(f"no answer in time ({error})")) from None
        except httpx.TransportError as error:
            kind = type(error).__name__
            raise ConnectionFailedError(self._clean(f"{kind}: {error}")) from None
        if answer.status_code >= 400:
            raise self._failure(answer.status_code, answer.text, answer.headers)
        try:
            return answer.json(), answer.headers
        except ValueError:
            text = self._clean(answer.text[:_MOST_SHOWN])
            raise MalformedResponseError(f"the answer is no JSON: {text!r}") from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    def _failure(self, status: int, text: str, headers: Mapping[str, str]) -> ModelError:
        kind: type[ModelError] = BadRequestError
        if status in (401, 403):
            kind = AuthenticationError
        elif status == 429:
            kind = RateLimitError
        elif status >= 500 or status in (408, 409, 425):
            kind = ServerError
        message = f"the provider answers {status}: {self._clean(text[:_MOST_SHOWN])}"
        return kind(message, status=status, retry_after_s=_retry_after(headers))

    def _clean(self, text: str) -> str:
        return text.replace(self._secret, "[key]") if self._secret else text


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "")
    try:
        return max(0.0, float(text))
    except ValueError:
        return None
