"""Any server that speaks OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp and others."""

import os
from typing import Any, ClassVar, Self, Unpack
from weakref import WeakKeyDictionary

from .._core.models import SamplingParameters
from .forms.fields import at_index_0, count, finished, given, logprobs_of, seed_of, text_or_none
from .forms.gathering import CallPiece
from .forms.requests import functions, stops
from .forms.streamed_native import SIGNED, ReasoningDetails
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
    _batch_url: str | None = None

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
            **options: As for every model; the key is ``AZURE_OPENAI_API_KEY`` when left out. For
                tokens of Entra ID pass ``auth``, a function that gives one.

        Returns:
            The model.
        """
        key = options.get("api_key")
        if key is None and options.get("auth") is None:
            key = find_key(("AZURE_OPENAI_API_KEY",))
        options["api_key"] = key
        options["base_url"] = f"{endpoint.rstrip('/')}/openai/deployments/{deployment}"
        made = cls(deployment, **options)
        made._key, made._key_names = key, ("AZURE_OPENAI_API_KEY",)  # never OpenAI's own key
        made._key_header = "api-key"
        made._endpoint = f"/chat/completions?api-version={api_version}"
        made._batch_url = f"{endpoint.rstrip('/')}/openai?api-version={api_version}"
        return made

    def batch_client(self) -> Self:
        """The client for batch jobs: on Azure these have another address than requests.

        Returns:
            This model, or one of the same name and key at the address of the jobs.
        """
        if self._batch_url is None:
            return self
        client = object.__new__(type(self))  # a copy that keeps the key, which pickles do not
        own = {"base_url": self._batch_url, "_connections": WeakKeyDictionary()}
        client.__dict__.update({**self.__dict__, **own})
        return client

    def _authorization(self, key: str) -> dict[str, str]:
        return {self._key_header: key if self._key_header == "api-key" else f"Bearer {key}"}

    def request_of(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        takes = self.capabilities
        return self._endpoint, {
            "model": self.model,
            "messages": [_message(each, takes.system_role) for each in messages],
            **given(
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                seed=seed_of(sampling),
                stop=stops(sampling),
                logprobs=bool(sampling.logprobs or sampling.top_logprobs) or None,
                top_logprobs=sampling.top_logprobs,
                response_format=_format(sampling),
                reasoning_effort=sampling.reasoning_effort,
                verbosity=sampling.verbosity,
                tools=[{"type": "function", "function": each} for each in functions(sampling)]
                or None,
                tool_choice=_choice(sampling.tool_choice),
                **{takes.max_tokens_name: sampling.max_tokens},
            ),
        }

    def _stream_request(
        self, messages: list[dict[str, Any]], sampling: SamplingParameters
    ) -> tuple[str, dict[str, Any]]:
        path, body = self.request_of(messages, sampling)
        return path, {**body, "stream": True, "stream_options": {"include_usage": True}}

    def _pieces_reader(self) -> ReasoningDetails:
        return ReasoningDetails(self._read_piece)

    def _read_piece(self, event: Any) -> dict[str, Any]:
        choice = at_index_0(event.get("choices"))
        delta = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
        return {**self._reported(event, choice), **_said(delta)}

    def _read(self, data: Any) -> dict[str, Any]:
        choice = at_index_0(data["choices"])
        if "message" not in choice and isinstance(choice.get("text"), str):
            return {**self._reported(data, choice), "text": choice["text"]}
        message = choice["message"]
        signed = {name: message[name] for name in SIGNED if message.get(name)}
        return {
            **self._reported(data, choice),
            **_said(message),
            "native": {"dialect": "openai_chat", "message": signed} if signed else None,
        }

    def _reported(self, data: Any, choice: Any) -> dict[str, Any]:
        return {
            **self._usage(data),
            **finished(choice.get("finish_reason")),
            **_logprobs(choice),
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


def _message(message: dict[str, Any], system_role: str) -> dict[str, Any]:
    """A message as this interface takes it."""
    found = {name: value for name, value in message.items() if name != "native"}
    if found["role"] in ("system", "developer"):
        found["role"] = system_role if found["role"] == "system" else found["role"]
    native = message.get("native")
    if native and native.get("dialect") == "openai_chat":
        found |= native["message"]
    return found


def _format(sampling: SamplingParameters) -> dict[str, Any] | None:
    if sampling.response_format is None:
        return None
    if sampling.response_format == "json":
        return {"type": "json_object"}
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": sampling.response_format},
    }


def _choice(name: str | None) -> Any:
    if name is None or name in ("auto", "none", "required"):
        return name
    return {"type": "function", "function": {"name": name}}


def _said(message: Any) -> dict[str, Any]:
    """What a message, or a piece of one, says: text, reasoning, refusal and calls."""
    content = message.get("content")
    calls = message.get("tool_calls") or []
    if message.get("function_call"):
        calls = [*calls, {"function": message["function_call"]}]
    return {
        "text": _text(content) or _transcript(message),
        **_reasoning(message, content),
        "refusal": text_or_none(message.get("refusal")),
        "calls": [piece for call in calls if (piece := _call(call)) is not None],
    }


def _transcript(message: Any) -> str:
    """What an answer in audio says."""
    audio = message.get("audio")
    return text_or_none(audio.get("transcript")) or "" if isinstance(audio, dict) else ""


def _call(call: Any) -> CallPiece | None:
    """A call, or a part of one; that of a custom tool has a text where others have JSON."""
    if not isinstance(call, dict):
        return None
    index, id_ = call.get("index"), text_or_none(call.get("id")) or None
    function, custom = call.get("function"), call.get("custom")
    if isinstance(function, dict):
        return CallPiece(index, id_, function.get("name") or None, function.get("arguments"))
    if isinstance(custom, dict):
        said = custom.get("name") or None, custom.get("input")
        return CallPiece(index, id_, *said, custom=True)
    return None


def _reasoning(message: Any, content: Any) -> dict[str, Any]:
    for name in ("reasoning_content", "reasoning", "thinking"):
        text = _thought(message.get(name))
        if text:
            return {"reasoning": text}
    details = [
        each for name in SIGNED if isinstance(message.get(name), list) for each in message[name]
    ]
    for field, kind in (("text", "full"), ("thinking", "full"), ("summary", "summary")):
        texts = [
            each[field]
            for each in details
            if isinstance(each, dict) and isinstance(each.get(field), str)
        ]
        if texts:
            return {"reasoning": "".join(texts), "reasoning_kind": kind}
    if any(isinstance(each, dict) and each.get("data") for each in details):
        return {"reasoning_kind": "redacted"}
    if isinstance(content, list):
        thoughts = (
            each.get("thinking")
            for each in content
            if isinstance(each, dict) and each.get("type") == "thinking"
        )
        text = "".join(_text(each) if isinstance(each, list) else each or "" for each in thoughts)
        return {"reasoning": text or None}
    return {}


def _thought(given: Any) -> str:
    """Reasoning as a text, as an object with one, or as a list of these."""
    if isinstance(given, list):
        return "".join(map(_thought, given))
    if isinstance(given, dict):
        return next(
            (text for name in ("content", "text") if (text := _thought(given.get(name)))), ""
        )
    return given if isinstance(given, str) else ""


def _text(content: Any) -> Any:
    """The text of a content; of parts their texts, without those of thinking."""
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return content or ""
    return "".join(
        each if isinstance(each, str) else _of_part(each.get("text"))
        for each in content
        if isinstance(each, str) or each.get("type") in ("text", "output_text", None)
    )


def _of_part(text: Any) -> Any:
    """The text of a part; as an object, with annotations beside it, it is its value."""
    return (text.get("value") if isinstance(text, dict) else text) or ""


def _logprobs(choice: Any) -> dict[str, Any]:
    content = (choice.get("logprobs") or {}).get("content")
    return {} if content is None else logprobs_of(content)
