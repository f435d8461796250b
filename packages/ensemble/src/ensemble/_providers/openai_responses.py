"""OpenAI's Responses interface, and servers that speak it."""

import os
from typing import Any, ClassVar, Unpack

from .._core.models import SamplingParameters
from .forms.fields import count, given, text_or_none
from .forms.requests import functions, stops
from .forms.responses_items import ItemPieces, read_answer, responses_input
from .provider import ProviderModel, ProviderOptions


class OpenAIResponsesModel(ProviderModel):
    """A model behind OpenAI's Responses interface. Close it, or use it with ``async with``.

    The key comes from ``OPENAI_API_KEY``, and the address from ``OPENAI_BASE_URL`` where it is
    set. The arguments are those of every ``ProviderModel``. Nothing is stored at the provider.
    The interface takes no seed and no stop.
    """

    BASE_URL: ClassVar[str] = "https://api.openai.com/v1"
    KEYS: ClassVar[tuple[str, ...]] = ("OPENAI_API_KEY",)

    def __init__(self, model: str, **options: Unpack[ProviderOptions]) -> None:
        if options.get("base_url") is None:
            options["base_url"] = os.environ.get("OPENAI_BASE_URL") or self.BASE_URL
        super().__init__(model, **options)

    def _authorization(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"}

    def request_of(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        takes = self.capabilities
        reasoning = given(effort=sampling.reasoning_effort)
        return "/responses", {
            "model": self.model,
            "input": responses_input(messages, takes.system_role),
            "store": False,
            **given(
                max_output_tokens=sampling.max_tokens,
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                stop=stops(sampling),
                reasoning={**reasoning, "summary": "auto"} if reasoning else None,
                text=_text(sampling) or None,
                tools=[{"type": "function", **_tool(each)} for each in functions(sampling)] or None,
                tool_choice=_choice(sampling.tool_choice),
                top_logprobs=sampling.top_logprobs,
                include=_include(sampling, bool(takes.efforts)) or None,
            ),
        }

    def _stream_request(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        path, body = self.request_of(messages, sampling)
        return path, {**body, "stream": True}

    def _pieces_reader(self) -> ItemPieces:
        return _Pieces(self)

    def _read_piece(self, event: Any) -> dict[str, Any]:
        return self._pieces_reader().read(event)

    def _read(self, data: Any) -> dict[str, Any]:
        return {**read_answer(data), **self._reported(data)}

    def _reported(self, data: Any) -> dict[str, Any]:
        return {
            **self._usage(data),
            "model_version": text_or_none(data.get("model")),
            "request_id": text_or_none(data.get("id")),
        }

    def _usage(self, data: Any) -> dict[str, int | None]:
        response = data.get("response")
        usage = (response if isinstance(response, dict) else data).get("usage")
        usage = usage if isinstance(usage, dict) else {}

        def first(*names: str) -> int | None:
            found = (count(usage, name) for name in names)
            return next((each for each in found if each is not None), None)

        read = usage.get("input_tokens_details") or usage.get("prompt_tokens_details")
        written = usage.get("output_tokens_details") or usage.get("completion_tokens_details")
        return {
            "input_tokens": first("input_tokens", "prompt_tokens"),
            "cache_read_tokens": count(read, "cached_tokens"),
            "cache_write_tokens": count(read, "cache_write_tokens"),
            "output_tokens": first("output_tokens", "completion_tokens"),
            "reasoning_tokens": count(written, "reasoning_tokens"),
        }


class _Pieces(ItemPieces):
    """The events of one stream, with what the provider reports of tokens and names."""

    def __init__(self, model: OpenAIResponsesModel) -> None:
        super().__init__()
        self._model = model

    def read(self, event: Any) -> dict[str, Any]:
        found = super().read(event)
        response = event.get("response") if "type" in event else event
        if isinstance(response, dict):
            found = {**found, **self._model._reported(response)}  # noqa: SLF001  # part of it
        return found


def _text(sampling: SamplingParameters) -> dict[str, Any]:
    schema = sampling.response_format
    form: dict[str, Any] | None = None
    if schema == "json":
        form = {"type": "json_object"}
    elif schema is not None:
        form = {"type": "json_schema", "name": "answer", "schema": schema}
    return given(format=form, verbosity=sampling.verbosity)


def _tool(function: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": {"type": "object", "properties": {}}, "strict": False, **function}


def _choice(name: str | None) -> Any:
    if name is None or name in ("auto", "none", "required"):
        return name
    return {"type": "function", "name": name}


def _include(sampling: SamplingParameters, reasons: bool) -> list[str]:
    """What is asked for besides; reasoning is encrypted, so that it can be sent back."""
    return [
        *(["reasoning.encrypted_content"] if reasons else []),
        *(["message.output_text.logprobs"] if sampling.logprobs or sampling.top_logprobs else []),
    ]
