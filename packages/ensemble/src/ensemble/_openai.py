"""Any server that speaks OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp and others."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

from ._errors import AuthenticationError, MalformedResponseError, ModelError
from ._http import HttpClient
from ._model import Query, Response, Sampling, prompt_messages
from ._prices import Price, find_price

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0


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
        timeout_ms: The longest one request may take.
        deadline_ms: The longest an answer may take with all retries; no new try starts after it.
        max_retries: How often a failed request is repeated, where that may help.
        sleep: Waits between two tries; for tests.
        chance: Draws from [0, 1) for the jitter between two tries.
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
        self.model = model
        self.name = name or model
        self.base_url = base_url.rstrip("/")
        self.max_retries = max_retries
        self.deadline_ms = deadline_ms
        self._key = os.environ.get("OPENAI_API_KEY") if api_key is None else api_key
        self._headers = dict(headers or {})
        self._price = price
        self._timeout_ms = timeout_ms
        self._sleep = sleep
        self._chance = chance or random.Random().random
        self._client: HttpClient | None = None

    def __repr__(self) -> str:
        return f"OpenAIModel({self.model!r}, base_url={self.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def generate(self, query: Query, sampling: Sampling) -> Response:
        """Ask the model, again where that may help. Of a question only its prompt is sent.

        Raises:
            ModelError: It failed, and repeating it did not or would not help; the class says how.
        """
        body = _body(self.model, query, sampling)
        clock = asyncio.get_running_loop().time
        began = clock()
        attempt = 1
        while True:
            start = clock()
            try:
                data, headers = await self._connected().post("/chat/completions", body)
                return self._response(data, headers, clock() - start, attempt)
            except ModelError as error:
                spent_ms = (clock() - began) * 1000
                if not error.retryable or attempt > self.max_retries:
                    raise
                pause = self._pause(attempt, error)
                if spent_ms + pause * 1000 > self.deadline_ms:
                    raise
            await self._sleep(pause)
            attempt += 1

    def _pause(self, attempt: int, error: ModelError) -> float:
        """Full jitter, and never less than the provider asks for.

        See Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        """
        longest: float = min(_FIRST_WAIT * 2 ** (attempt - 1), _LONGEST_WAIT)
        jitter: float = self._chance() * longest
        return max(error.retry_after_s or 0.0, jitter)

    def _connected(self) -> HttpClient:
        if self._client is None:
            if self._key is None:
                raise AuthenticationError(
                    f"no API key for model {self.model!r}: set OPENAI_API_KEY or pass api_key"
                    " (an empty text for a server that needs none)"
                )
            headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
            self._client = HttpClient(
                self.base_url,
                headers={**headers, **self._headers},
                secret=self._key,
                timeout_ms=self._timeout_ms,
            )
        return self._client

    def _response(
        self, data: Any, headers: Mapping[str, str], seconds: float, attempt: int
    ) -> Response:
        try:
            choice = data["choices"][0]
            text = choice["message"]["content"] or ""
            usage = data.get("usage") or {}
        except (KeyError, IndexError, TypeError, AttributeError):
            raise MalformedResponseError(
                "the answer has no choices[0].message.content, as chat completions promise"
            ) from None
        if not isinstance(text, str):
            raise MalformedResponseError("choices[0].message.content is no text")
        read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
        price = self._price or find_price(self.model)
        return Response(
            text=text,
            model=self.name,
            latency_ms=round(seconds * 1000, 3),
            cost_usd=None if price is None else price.cost_usd(read, written),
            input_tokens=read,
            output_tokens=written,
            finish_reason=choice.get("finish_reason"),
            model_version=data.get("model"),
            request_id=data.get("id") or headers.get("x-request-id"),
            source="live",
            attempts=attempt,
            raw=data,
        )


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
