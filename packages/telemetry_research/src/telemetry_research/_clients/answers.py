"""Reads tokens, models and texts from requests and answers of model providers.

An answer is a value of a provider's package or decoded JSON. An event of a stream is read like an
answer: it has a part of the fields, and a later one replaces an earlier one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

_PROMPTS = ("messages", "input", "prompt", "contents")
_PARAMETERS = {
    "temperature": ("temperature",),
    "top_p": ("top_p", "topP"),
    "top_k": ("top_k", "topK"),
    "seed": ("seed",),
    "max_tokens": ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens"),
}


def parameters_of(body: object) -> dict[str, object]:
    """The parameters of a request that have a name in events."""
    settings = (body, part(body, "generationConfig"))
    found = {
        name: _first(each, *keys) for name, keys in _PARAMETERS.items() for each in settings
        if _first(each, *keys) is not None
    }  # fmt: skip
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def prompt_of(body: object) -> object:
    """The messages or the text of a request."""
    return _first(body, *_PROMPTS)


def fields_of(answer: object) -> dict[str, object]:
    """The fields of an answer, or of an event of a stream, that are known.

    Tokens are those that the provider counts: of Anthropic without those read from a cache, and of
    Google with those of thoughts.
    """
    whole = _first(answer, "response", "message") or answer
    usage = _first(whole, "usage", "usageMetadata") or _first(answer, "usage", "usageMetadata")
    thoughts = _number(usage, "thoughtsTokenCount")
    output = _number(usage, "completion_tokens", "output_tokens", "candidatesTokenCount")
    details = [part(usage, name) for name in _DETAILS]
    cached = [_number(each, "cached_tokens") for each in details]
    reasoning = [_number(each, "reasoning_tokens") for each in details]
    found = {
        "api_model_id": _first(whole, "model", "modelVersion"),
        "request_id": _first(whole, "id", "responseId"),
        "finish_reason": _finish_reason(whole) or _finish_reason(answer),
        "input_tokens": _number(usage, "prompt_tokens", "input_tokens", "promptTokenCount"),
        "output_tokens": output if thoughts is None else (output or 0) + thoughts,
        "cached_tokens": _any(
            *cached, _number(usage, "cache_read_input_tokens", "cachedContentTokenCount")
        ),
        "cache_write_tokens": _number(usage, "cache_creation_input_tokens"),
        "reasoning_tokens": _any(*reasoning, thoughts),
    }
    return {name: value for name, value in found.items() if isinstance(value, str | int | float)}


_DETAILS = ("prompt_tokens_details", "completion_tokens_details", "input_tokens_details",
            "output_tokens_details")  # fmt: skip


def text_of(answer: object) -> str:
    """The text of an answer, or the piece of it in an event of a stream."""
    delta = part(answer, "delta")
    if isinstance(delta, str):  # a text of OpenAI's responses; other deltas are not of the answer
        return delta if part(answer, "type") == "response.output_text.delta" else ""
    pieces = [part(delta, "text"), part(answer, "output_text")]
    for choice in _list(answer, "choices"):
        inside = _first(choice, "message", "delta")
        pieces.append(part(choice, "text") if inside is None else part(inside, "content"))
    pieces += [part(each, "text") for each in _list(answer, "content")]
    for candidate in _list(answer, "candidates"):
        pieces += [part(each, "text") for each in _list(part(candidate, "content"), "parts")]
    return "".join(each for each in pieces if isinstance(each, str))


def part(whole: object, name: str) -> Any:
    """A field of a dict or an attribute of a value; None without it."""
    if isinstance(whole, Mapping):
        return whole.get(name)
    return getattr(whole, name, None)


def _finish_reason(answer: object) -> object:
    for each in (*_list(answer, "choices"), *_list(answer, "candidates")):
        return _first(each, "finish_reason", "finishReason")
    reason = _first(part(answer, "incomplete_details"), "reason")
    stop = _first(answer, "stop_reason") or _first(part(answer, "delta"), "stop_reason")
    return stop or reason or part(answer, "status")


def _first(whole: object, *names: str) -> Any:
    return _any(*(part(whole, name) for name in names))


def _any(*values: object) -> Any:
    return next((value for value in values if value is not None), None)


def _number(usage: object, *names: str) -> int | None:
    found = _first(usage, *names)
    return found if type(found) is int else None


def _list(whole: object, name: str) -> Iterable[object]:
    found = part(whole, name)
    return found if isinstance(found, list | tuple) else ()
