"""Parameters of requests, checked against what the model's family takes."""

import dataclasses
import warnings
from collections.abc import Mapping
from typing import Any

from ..._catalogue.capabilities import Capabilities
from ..._core.errors import BadRequestError
from ..._core.messages import content_text
from ..._core.models import SamplingParameters

_CHARACTERS_PER_TOKEN = 4  # of English text, about; corrected when the usage is reported
_DEFAULT_ANSWER_TOKENS = 256
_warned: set[tuple[str, str]] = set()


def settled(
    model: str, sampling: SamplingParameters, takes: Capabilities
) -> tuple[SamplingParameters, tuple[str, ...]]:
    """The parameters that the model's family takes, and the names of those that are left out.

    What shapes the draw alone is left out with one warning; what changes what is asked for is
    refused.

    Raises:
        BadRequestError: The family does not take an effort, or a number of tokens, of reasoning.
    """
    if takes.family is None:
        return sampling, ()
    _check_reasoning(model, sampling, takes)
    names = [
        *(() if takes.sampling else ("temperature", "top_p")),
        *(() if takes.verbosity else ("verbosity",)),
    ]
    left_out = tuple(name for name in names if getattr(sampling, name) is not None)
    if (sampling.logprobs or sampling.top_logprobs) and not takes.logprobs:
        raise BadRequestError(f"{model} gives no log-probabilities; leave logprobs out")
    if sampling.stop is not None and not takes.stop:
        raise BadRequestError(f"{model} takes no stop; cut the answer where you need it")
    if not left_out:
        return sampling, ()
    for name in left_out:
        if (model, name) not in _warned:
            _warned.add((model, name))
            text = f"{model} takes no {name}: it is not sent (family {takes.family})"
            warnings.warn(text, stacklevel=4)
    without: dict[str, Any] = dict.fromkeys(left_out)
    return dataclasses.replace(sampling, **without), left_out


def _check_reasoning(model: str, sampling: SamplingParameters, takes: Capabilities) -> None:
    effort, tokens = sampling.reasoning_effort, sampling.reasoning_tokens
    if effort is not None and effort not in takes.efforts:
        known = ", ".join(takes.efforts) or "none at all"
        more = "; pass reasoning_tokens=" if takes.reasoning_tokens and not takes.efforts else ""
        raise BadRequestError(
            f"reasoning_effort: {model} does not take {effort!r}, it takes {known}{more}"
        )
    if tokens is None:
        return
    if takes.reasoning_tokens is None:
        more = "; pass reasoning_effort=" if takes.efforts else ""
        raise BadRequestError(f"reasoning_tokens: {model} takes no number of tokens{more}")
    least, most = takes.reasoning_tokens
    if not least <= tokens <= most:
        raise BadRequestError(
            f"reasoning_tokens: {model} takes {least} to {most} tokens, not {tokens}"
        )


def merged(body: Mapping[str, Any], extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """The body with what the caller adds to it; objects are merged, other values replaced."""
    found = dict(body)
    for name, value in (extra or {}).items():
        both = isinstance(value, Mapping) and isinstance(found.get(name), Mapping)
        found[name] = merged(found[name], value) if both else value
    return found


def stops(sampling: SamplingParameters) -> list[str] | None:
    """The texts that end the answer; None without one."""
    if sampling.stop is None:
        return None
    return [sampling.stop] if isinstance(sampling.stop, str) else list(sampling.stop)


def functions(sampling: SamplingParameters) -> list[dict[str, Any]]:
    """The tools as functions, also where they are given in the form of OpenAI's interface.

    Raises:
        BadRequestError: One has no name.
    """
    found = []
    for number, tool in enumerate(sampling.tools or ()):
        inner = tool.get("function")
        beside = {name: value for name, value in tool.items() if name not in ("type", "function")}
        function = {**beside, **inner} if isinstance(inner, Mapping) else dict(tool)
        if not isinstance(function.get("name"), str):
            raise BadRequestError(
                f"tools[{number}]: a tool needs a name; give {{'name': ..., 'parameters': ...}}"
            )
        function.pop("type", None)
        found.append(function)
    return found


def expected_tokens(messages: list[dict[str, Any]], sampling: SamplingParameters) -> int:
    """An estimate of the tokens that a request will read and write."""
    characters = sum(len(content_text(message.get("content"))) for message in messages)
    return characters // _CHARACTERS_PER_TOKEN + (sampling.max_tokens or _DEFAULT_ANSWER_TOKENS)
