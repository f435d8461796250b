"""Any server that speaks OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp and others."""

import os
from typing import Any, ClassVar, Self, Unpack

from .._core.models import SamplingParameters
from .._core.responses import TokenLogprob
from .fields import at_index_0, count, given, seed_of, text_or_none
from .keys import find_key
from .provider import ProviderModel, ProviderOptions


class OpenAIModel(ProviderModel):
    """A model behind a chat-completions interface. Close it, or use it with ``async with``.

    The key comes from ``OPENAI_API_KEY``, and the address from ``OPENAI_BASE_URL`` where it is
    set. The arguments are those of every ``ProviderModel``, and ``organization``, which is billed.
    """

    BASE_URL: ClassVar[str] = "https://api.openai.com/v1"
    KEYS: ClassVar[tuple[str, ...]] = ("OPENAI_API_KEY",)
    _key_header = "Authorization"
    _endpoint = "/chat/completions"

    def __init__(
        self, model: str, *, organization: str | None = None, **options: Unpack[ProviderOptions]
    ) -> None:
        options["headers"] = {
            **given(**{"OpenAI-Organization": organization}),
            **(options.get("headers") or {}),
        }
        if options.get("base_url") is None:
            options["base_url"] = os.environ.get("OPENAI_BASE_URL") or self.BASE_URL
        super().__init__(model, **options)

    @classmethod
    def azure(
        cls,
        deployment: str,
        *,
        endpoint: str,
        api_version: str = "2024-10-21",
        **options: Unpack[ProviderOptions],
    ) -> Self:
        """A deployment on Azure.

        Args:
            deployment: Its name; also the model's, for the price.
            endpoint: Such as ``https://mine.openai.azure.com``.
            api_version: The version of the interface.
            **options: As for every model; the key is ``AZURE_OPENAI_API_KEY`` when left out.

        Returns:
            The model.
        """
        key = options.get("api_key")
        key = find_key(("AZURE_OPENAI_API_KEY",)) if key is None else key
        options["api_key"] = key
        options["base_url"] = f"{endpoint.rstrip('/')}/openai/deployments/{deployment}"
        made = cls(deployment, **options)
        made._key = key  # never OpenAI's own key
        made._key_header = "api-key"
        made._endpoint = f"/chat/completions?api-version={api_version}"
        return made

    def _authorization(self, key: str) -> dict[str, str]:
        return {self._key_header: key if self._key_header == "api-key" else f"Bearer {key}"}

    def request_of(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        return self._endpoint, {
            "model": self.model,
            "messages": messages,
            **given(
                temperature=sampling.temperature,
                max_tokens=sampling.max_tokens,
                seed=seed_of(sampling),
                logprobs=sampling.logprobs or None,
            ),
        }

    def _stream_request(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        path, body = self.request_of(messages, sampling)
        return path, {**body, "stream": True, "stream_options": {"include_usage": True}}

    def _read_piece(self, event: Any) -> dict[str, Any]:
        choice = at_index_0(event.get("choices"))
        delta = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
        return {**self._reported(event, choice), "text": _text(delta.get("content"))}

    def _read(self, data: Any) -> dict[str, Any]:
        choice = at_index_0(data["choices"])
        if "message" not in choice and isinstance(choice.get("text"), str):
            return {**self._reported(data, choice), "text": choice["text"]}
        content = choice["message"].get("content")
        return {**self._reported(data, choice), "text": _text(content)}

    def _reported(self, data: Any, choice: Any) -> dict[str, Any]:
        return {
            **self._usage(data),
            "logprobs": _logprobs(choice),
            "finish_reason": text_or_none(choice.get("finish_reason")) or None,
            "model_version": text_or_none(data.get("model")),
            "request_id": text_or_none(data.get("id")),
        }

    def _usage(self, data: Any) -> dict[str, int | None]:
        usage = data.get("usage") or (data.get("x_groq") or {}).get("usage")
        usage = usage if isinstance(usage, dict) else {}
        read, written = (usage.get(f"{each}_tokens_details") for each in ("prompt", "completion"))
        kept = count(read, "cached_tokens")
        return {
            "input_tokens": count(usage, "prompt_tokens"),
            # The second name is DeepSeek's.
            "cache_read_tokens": count(usage, "prompt_cache_hit_tokens") if kept is None else kept,
            "cache_write_tokens": count(read, "cache_write_tokens"),
            "output_tokens": count(usage, "completion_tokens"),
            "reasoning_tokens": count(written, "reasoning_tokens"),
        }


def _text(content: Any) -> Any:
    """The text of a content; of a list the texts of its parts, without those of thinking."""
    if not isinstance(content, list):
        return content or ""
    return "".join(
        each if isinstance(each, str) else each.get("text") or ""
        for each in content
        if isinstance(each, str) or each.get("type") in ("text", "output_text", None)
    )


def _logprobs(choice: Any) -> tuple[TokenLogprob, ...] | None:
    content = (choice.get("logprobs") or {}).get("content")
    if content is None:
        return None
    return tuple(TokenLogprob(each["token"], float(each["logprob"])) for each in content)
