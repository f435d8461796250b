"""Anthropic's Messages interface."""

from typing import Any, ClassVar, Unpack

from .._core.errors import BadRequestError
from .._core.messages import text_messages
from .._core.models import SamplingParameters
from .fields import count, given, text_or_none
from .provider import ProviderModel, ProviderOptions

_LONGEST_ANSWER = 4096  # the interface has no default of its own


class AnthropicModel(ProviderModel):
    """A model behind Anthropic's Messages interface. Close it, or use it with ``async with``.

    The key comes from ``ANTHROPIC_API_KEY``; the arguments are those of every ``ProviderModel``.
    An answer has at most 4096 tokens when ``max_tokens`` is left out. The interface takes no
    seed and gives no log-probabilities.
    """

    BASE_URL: ClassVar[str] = "https://api.anthropic.com/v1"
    KEYS: ClassVar[tuple[str, ...]] = ("ANTHROPIC_API_KEY",)

    def __init__(self, model: str, **options: Unpack[ProviderOptions]) -> None:
        headers = {"anthropic-version": "2023-06-01", **(options.get("headers") or {})}
        options["headers"] = headers
        super().__init__(model, **options)

    def _authorization(self, key: str) -> dict[str, str]:
        return {"x-api-key": key}

    def request_of(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        if sampling.logprobs:
            raise BadRequestError("Anthropic's interface gives no log-probabilities")
        system, others = text_messages(messages, "Anthropic")
        return "/messages", {
            "model": self.model,
            "max_tokens": sampling.max_tokens or _LONGEST_ANSWER,
            "messages": others,
            **given(system=system or None, temperature=sampling.temperature),
        }

    def _stream_request(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        path, body = self.request_of(messages, sampling)
        return path, {**body, "stream": True}

    def _read_piece(self, event: Any) -> dict[str, Any]:
        kind = event["type"]
        if kind == "message_start":
            begun = event["message"]
            return {
                **self._usage(begun),
                "output_tokens": None,  # of the first word alone
                "model_version": text_or_none(begun.get("model")),
                "request_id": text_or_none(begun.get("id")),
            }
        if kind == "content_block_start":
            block = event.get("content_block") or {}
            return {"text": block.get("text") or ""} if block.get("type") == "text" else {}
        if kind == "content_block_delta":
            return {"text": event["delta"].get("text") or ""}
        if kind == "message_delta":
            return {
                **self._usage(event),
                "finish_reason": text_or_none(event["delta"].get("stop_reason")),
            }
        return {"ended": True} if kind == "message_stop" else {}

    def _read(self, data: Any) -> dict[str, Any]:
        texts = (each.get("text") or "" for each in data["content"] if each["type"] == "text")
        return {
            "text": "".join(texts),
            **self._usage(data),
            "finish_reason": text_or_none(data.get("stop_reason")),
            "model_version": text_or_none(data.get("model")),
            "request_id": text_or_none(data.get("id")),
        }

    def _usage(self, data: Any) -> dict[str, int | None]:
        begun = data.get("type") == "message_start"
        usage = (data["message"] if begun else data).get("usage")
        read = _input_tokens(usage)
        # The last event of a stream: some send 0 for what the first one has reported.
        late = data.get("type") == "message_delta" and not read
        return {
            "input_tokens": None if late else read,
            "cache_read_tokens": None if late else count(usage, "cache_read_input_tokens"),
            "cache_write_tokens": None if late else count(usage, "cache_creation_input_tokens"),
            "output_tokens": None if begun else count(usage, "output_tokens"),
            "reasoning_tokens": None,
        }


def _input_tokens(usage: Any) -> int | None:
    """All tokens of the prompt: those read from a cache and written to it are counted apart."""
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    counts = [count(usage, name) for name in names]
    return None if counts[0] is None else sum(each or 0 for each in counts)
