"""Any server that speaks OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp and others."""

import asyncio
import dataclasses
import os
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self
from weakref import WeakKeyDictionary

from . import _http
from ._errors import AuthenticationError, MalformedResponseError
from ._model import Query, Response, Sampling, prompt_messages
from ._prices import Price, find_price
from ._retry import Retries


class OpenAIModel:
    """A model behind a chat-completions interface. Close it, or use it with ``async with``.

    Args:
        model: The model's name at the provider.
        name: The name in tables; the model's own when left out.
        base_url: Where the interface begins.
        api_key: The key; ``OPENAI_API_KEY`` from the environment when left out. Pass an empty text
            for a server that needs none.
        headers: Further headers.
        price: Its price; from the dated table when left out, unknown for models that are not in it.
        timeout_ms: The longest one request may take, to its last byte.
        deadline_ms: The longest an answer may take with all tries and the waits between them.
        max_retries: How often a failed request is repeated, where that may help.
        sleep: Waits between two tries; for tests.
        chance: Draws from [0, 1) for the jitter between two tries.

    Raises:
        ValueError: ``base_url`` is no HTTP address.
    """

    def __init__(
        self,
        model: str,
        *,
        name: str | None = None,
        base_url: str = "https://api.openai.com/v1",
        api_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        price: Price | None = None,
        timeout_ms: float = 60_000,
        deadline_ms: float = 180_000,
        max_retries: int = 3,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] | None = None,
    ) -> None:
        provider, self._path = _address(base_url)
        self.model = model
        self.name = name or model
        self.base_url = base_url.rstrip("/")
        self.provider = provider
        self._key = os.environ.get("OPENAI_API_KEY") if api_key is None else api_key
        self._headers = dict(headers or {})
        self._price = price
        self._retries = Retries(
            most=max_retries,
            timeout_ms=timeout_ms,
            deadline_ms=deadline_ms,
            sleep=sleep,
            chance=chance or random.Random().random,
        )
        # Connections belong to the loop they are made in: a script may run one after another.
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, _http.HttpClient] = (
            WeakKeyDictionary()
        )
        _http.load()

    def __repr__(self) -> str:
        # Not the whole address: some have a key in them.
        return f"OpenAIModel({self.model!r}, provider={self.provider!r}, path={self._path!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections of this event loop; asked again, it opens new ones."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    async def generate(self, query: Query, sampling: Sampling) -> Response:
        """Ask the model, again where that may help. Of a question only its prompt is sent.

        Returns:
            The response; its latency is that of all tries with the waits between them.

        Raises:
            ModelError: It failed, and repeating it did not or would not help; the class says how.
        """
        body = _body(self.model, query, sampling)
        client = self._connected()
        clock = asyncio.get_running_loop().time
        began = clock()

        async def attempt(limit_ms: float) -> Response:
            data, headers = await client.post("/chat/completions", body, timeout_ms=limit_ms)
            return self._response(data, headers)

        response, attempts = await self._retries.run(attempt)
        latency_ms = round((clock() - began) * 1000, 3)
        return dataclasses.replace(response, latency_ms=latency_ms, attempts=attempts)

    def _connected(self) -> _http.HttpClient:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None or client.closed:
            if self._key is None:
                raise AuthenticationError(
                    f"no API key for model {self.model!r}: set OPENAI_API_KEY or pass api_key"
                    " (an empty text for a server that needs none)"
                )
            headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
            client = _http.HttpClient(self.base_url, headers={**headers, **self._headers})
            self._clients[loop] = client
        return client

    def _response(self, data: Any, headers: Mapping[str, str]) -> Response:
        try:
            choice = data["choices"][0]
            text = choice["message"]["content"] or ""
        except (KeyError, IndexError, TypeError):
            raise MalformedResponseError(
                "the answer has no choices[0].message.content, as chat completions promise"
            ) from None
        if not isinstance(text, str):
            raise MalformedResponseError("choices[0].message.content is no text")
        usage = data.get("usage")
        read, written = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
        price = self._price or find_price(self.model)
        return Response(
            text=text,
            model=self.name,
            cost_usd=None if price is None else price.cost_usd(read, written),
            input_tokens=read,
            output_tokens=written,
            finish_reason=_text(choice.get("finish_reason")),
            model_version=_text(data.get("model")),
            request_id=_text(data.get("id")) or headers.get("x-request-id"),
            source="live",
            raw=data,
        )


def _address(base_url: str) -> tuple[str, str]:
    from urllib.parse import urlsplit  # noqa: PLC0415  # 4 ms, and the HTTP library has it anyway

    address = urlsplit(base_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError(f"base_url: {base_url!r} does not begin with http:// or https://")
    return address.hostname, address.path


def _count(usage: object, name: str) -> int | None:
    """A number of tokens, where the provider reports one."""
    number = usage.get(name) if isinstance(usage, dict) else None
    return number if type(number) is int and number >= 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _body(model: str, query: Query, sampling: Sampling) -> dict[str, Any]:
    body: dict[str, Any] = {"model": model, "messages": prompt_messages(query)}
    if sampling.temperature is not None:
        body["temperature"] = sampling.temperature
    if sampling.max_tokens is not None:
        body["max_tokens"] = sampling.max_tokens
    if sampling.seed is not None:
        # Another sample of the same seed is another answer.
        body["seed"] = sampling.seed + sampling.sample
    return body
