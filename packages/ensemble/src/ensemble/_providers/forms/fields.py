"""Fields of requests and responses that all dialects read and write in the same way."""

from typing import Any

from ..._core.models import SamplingParameters
from ..._core.responses import FinishReason, TokenLogprob


def count(usage: object, name: str) -> int | None:
    """A number of tokens, where the provider reports one."""
    number = usage.get(name) if isinstance(usage, dict) else None
    if isinstance(number, str) and number.isdecimal() and number.isascii():
        return int(number)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return number if type(number) is int and number >= 0 else None


def at_index_0(choices: Any) -> Any:
    """The first of several alternative answers; an empty one where it is not among them."""
    found = [each for each in choices or () if each.get("index") in (0, "0", None)]
    return found[0] if found else {}


def logprobs_of(content: Any) -> dict[str, Any]:
    """The log-probabilities of tokens and of the alternatives to each, in OpenAI's form.

    Raises:
        KeyError, TypeError, ValueError: They have another shape.
    """
    return logprob_fields(content, [each.get("top_logprobs") or () for each in content], "logprob")


def logprob_fields(chosen: Any, tops: Any, name: str) -> dict[str, Any]:
    """The log-probabilities of tokens and of the alternatives to each.

    Args:
        chosen: The tokens.
        tops: The alternatives in the place of each.
        name: The name of the log-probability.
    """

    def read(each: Any) -> TokenLogprob:
        return TokenLogprob(each["token"], float(each[name]))

    alternatives = tuple(tuple(map(read, top)) for top in tops)
    return {
        "logprobs": tuple(map(read, chosen)),
        "top_logprobs": alternatives if any(alternatives) else None,
    }


def text_or_none(value: object) -> str | None:
    """A text, where the provider sends one."""
    return value if isinstance(value, str) else None


def seed_of(sampling: SamplingParameters) -> int | None:
    """The seed of this sample: another sample of the same seed is another answer."""
    return None if sampling.seed is None else sampling.seed + sampling.sample


def given(**values: Any) -> dict[str, Any]:
    """Those that are not None; the others are left to the provider."""
    return {name: value for name, value in values.items() if value is not None}


_FINISHES: dict[str, FinishReason] = {
    **dict.fromkeys(("stop", "end_turn", "stop_sequence", "eos", "completed"), "stop"),
    **dict.fromkeys(
        (
            *("length", "max_tokens", "max_output_tokens", "model_length"),
            "model_context_window_exceeded",
        ),
        "length",
    ),
    **dict.fromkeys(("tool_calls", "tool_use", "function_call"), "tool_calls"),
    **dict.fromkeys(
        (
            *("content_filter", "refusal", "safety", "recitation", "blocklist"),
            *("prohibited_content", "spii", "image_safety", "language"),
        ),
        "content_filter",
    ),
}


def finished(word: object) -> dict[str, Any]:
    """Why an answer stopped, in the words of all providers and in this one's; empty without one."""
    if not isinstance(word, str) or not word:
        return {}
    found = _FINISHES.get(word.lower(), "unknown")
    return {"finish_reason": found, "provider_finish_reason": word}
