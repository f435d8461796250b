"""Anthropic's Messages interface."""

from typing import Any, ClassVar, Unpack

from .._core.errors import BadRequestError
from .._core.models import SamplingParameters
from .forms.anthropic_messages import anthropic_messages
from .forms.fields import count, finished, given, text_or_none
from .forms.gathering import CallPiece
from .forms.requests import functions, stops
from .forms.streamed_native import AnthropicBlocks
from .provider import ProviderModel, ProviderOptions

_LONGEST_ANSWER = 4096  # the interface has no default of its own


class AnthropicModel(ProviderModel):
    """A model behind Anthropic's Messages interface. Close it, or use it with ``async with``.

    The key comes from ``ANTHROPIC_API_KEY``; the arguments are those of every ``ProviderModel``.
    An answer has at most 4096 tokens when ``max_tokens`` is left out, and those of reasoning more.
    The interface takes no seed and gives no log-probabilities.
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
        if sampling.logprobs or sampling.top_logprobs:
            raise BadRequestError("Anthropic's interface gives no log-probabilities")
        system, others = anthropic_messages(messages)
        thinking, more = self._thinking(sampling)
        return "/messages", {
            "model": self.model,
            "max_tokens": sampling.max_tokens or _LONGEST_ANSWER + more,
            "messages": others,
            **given(
                system=system or None,
                # Thinking takes no other temperature than 1.
                temperature=None if thinking else sampling.temperature,
                top_p=None if thinking else sampling.top_p,
                stop_sequences=stops(sampling),
                thinking=thinking,
                output_config=_output(sampling) or None,
                tools=[_tool(each) for each in functions(sampling)] or None,
                tool_choice=_choice(sampling.tool_choice),
            ),
        }

    def _thinking(self, sampling: SamplingParameters) -> tuple[dict[str, Any] | None, int]:
        """What is asked of thinking, and the tokens that it may take besides the answer."""
        if sampling.reasoning_tokens is not None:
            tokens = sampling.reasoning_tokens
            return {"type": "enabled", "budget_tokens": tokens}, tokens
        if sampling.reasoning_effort is not None and self.capabilities.adaptive:
            return {"type": "adaptive"}, _LONGEST_ANSWER
        return None, 0

    def _stream_request(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        path, body = self.request_of(messages, sampling)
        return path, {**body, "stream": True}

    def _pieces_reader(self) -> AnthropicBlocks:
        return AnthropicBlocks(self._read_piece)

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
            return _block(event.get("content_block") or {}, event.get("index"))
        if kind == "content_block_delta":
            return _delta(event["delta"], event.get("index"))
        if kind == "message_delta":
            reason = event["delta"].get("stop_reason")
            return {**self._usage(event), **finished(reason)}
        return {"ended": True} if kind == "message_stop" else {}

    def _read(self, data: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"text": "", "reasoning": "", "calls": []}
        content = data["content"] or []
        if isinstance(content, str):  # of servers that speak its interface
            content = [{"type": "text", "text": content}]
        for number, block in enumerate(content):
            piece = _block(block, number)
            for name in ("text", "reasoning", "calls"):
                found[name] += piece.get(name) or type(found[name])()
            if piece.get("reasoning_kind"):
                found.setdefault("reasoning_kind", piece["reasoning_kind"])
        if found["reasoning"]:
            found.pop("reasoning_kind", None)
        return {
            **found,
            **self._usage(data),
            **finished(data.get("stop_reason")),
            "model_version": text_or_none(data.get("model")),
            "request_id": text_or_none(data.get("id")),
            "native": {"dialect": "anthropic", "content": content},
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


def _output(sampling: SamplingParameters) -> dict[str, Any]:
    schema = sampling.response_format
    return given(
        effort=sampling.reasoning_effort,
        format={"type": "json_schema", "schema": schema}
        if schema is not None and schema != "json"
        else None,
    )


def _tool(function: dict[str, Any]) -> dict[str, Any]:
    schema = function.pop("parameters", None) or {"type": "object", "properties": {}}
    function.pop("strict", None)
    return {**function, "input_schema": schema}


def _choice(name: str | None) -> dict[str, Any] | None:
    if name is None:
        return None
    own = {"auto": "auto", "none": "none", "required": "any"}
    return {"type": own[name]} if name in own else {"type": "tool", "name": name}


def _block(block: Any, number: Any) -> dict[str, Any]:
    """A block of an answer: text, thinking or a call."""
    kind = block.get("type")
    if kind == "text":
        return {"text": block.get("text") or ""}
    if kind == "thinking":
        return {"reasoning": block.get("thinking") or ""}
    if kind == "redacted_thinking":
        return {"reasoning_kind": "redacted"}
    if kind == "tool_use":
        call = (text_or_none(block.get("id")), block.get("name"), block.get("input") or None)
        return {"calls": [CallPiece(number, *call)]}
    return {}


def _delta(delta: Any, number: Any) -> dict[str, Any]:
    if "partial_json" in delta:
        return {"calls": [CallPiece(number, arguments=delta["partial_json"])]}
    return {"text": delta.get("text") or "", "reasoning": delta.get("thinking") or ""}


def _input_tokens(usage: Any) -> int | None:
    """All tokens of the prompt: those read from a cache and written to it are counted apart."""
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    counts = [count(usage, name) for name in names]
    return None if counts[0] is None else sum(each or 0 for each in counts)
