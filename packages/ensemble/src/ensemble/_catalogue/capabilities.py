"""What the families of models take, as dated data that can be overridden."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .model_names import makers_name

CAPABILITIES_DATE = "2026-11"
_FILE = Path(__file__).with_name("capabilities.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a family of models takes.

    Attributes:
        family: The name of the family; None where nothing is known of the model.
        max_tokens_name: What OpenAI's chat interface calls the longest answer.
        sampling: Whether a temperature and ``top_p`` may be set.
        system_role: The role of instructions in OpenAI's interfaces.
        efforts: The efforts of reasoning that it takes.
        reasoning_tokens: The least and the most tokens of reasoning that may be asked for.
        adaptive: Whether Anthropic's adaptive thinking is used in place of a number of tokens.
        verbosity: Whether a verbosity may be set.
        stop: Whether texts that end the answer may be set.
        logprobs: Whether log-probabilities may be asked for.
        max_output_tokens: The longest answer that it gives.
    """

    family: str | None = None
    max_tokens_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    sampling: bool = True
    system_role: Literal["system", "developer"] = "system"
    efforts: tuple[str, ...] = ()
    reasoning_tokens: tuple[int, int] | None = None
    adaptive: bool = False
    verbosity: bool = False
    stop: bool = True
    logprobs: bool = True
    max_output_tokens: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The capabilities as plain values.

        Returns:
            Each field by its name.
        """
        return {name: getattr(self, name) for name in self.__slots__}


_UNKNOWN = Capabilities()
_own: dict[str, Capabilities] = {}
_listed: list[tuple[re.Pattern[str], Capabilities]] = []
_found: dict[str, Capabilities] = {}  # of names that were looked up
_MOST_FOUND = 1000


def find_capabilities(model: str) -> Capabilities:
    """What the family of a model takes, as far as it is known.

    Args:
        model: The model's name at its provider, with a provider or a region before it or not.

    Returns:
        The capabilities; without a ``family`` where nothing is known, and then all is sent.
    """
    if model not in _found:
        if len(_found) >= _MOST_FOUND:
            _found.clear()
        _found[model] = _search(model.rpartition("/")[2].removeprefix("ft:"), makers_name(model))
    return _found[model]


def _search(*names: str) -> Capabilities:
    """What is registered of one of these names, or listed of the last."""
    for pattern, found in reversed(_own.items()):
        if any(re.fullmatch(pattern, name) for name in names):
            return found
    return next((found for pattern, found in _table() if pattern.fullmatch(names[-1])), _UNKNOWN)


def capabilities_names() -> tuple[str, ...]:
    """Return the families whose capabilities are known, sorted."""
    known = (*_own.values(), *(found for _, found in _table()))
    return tuple(sorted({found.family for found in known if found.family is not None}))


def _table() -> list[tuple[re.Pattern[str], Capabilities]]:
    if not _listed:
        entries: list[Mapping[str, Any]] = json.loads(_FILE.read_text("utf-8"))
        _listed.extend((re.compile(each["pattern"]), _read(each)) for each in entries)
    return _listed


def register_capabilities(name: str, capabilities: Capabilities, *, replace: bool = False) -> None:
    """Say what models of your own, or newer ones, take; it goes before the table.

    Args:
        name: The model's name, or a regular expression of the whole name, without a provider
            before it.
        capabilities: What it takes.
        replace: Whether the name may be registered already.

    Raises:
        ValueError: The name is taken, or is not a regular expression.
    """
    try:
        re.compile(name)
    except re.error as error:
        raise ValueError(f"name: {name!r} is not a regular expression ({error})") from None
    if name in _own and not replace:
        raise ValueError(f"name: {name!r} is taken; pass replace=True to replace it")
    _found.clear()
    _own.pop(name, None)
    _own[name] = capabilities


def _read(entry: Mapping[str, Any]) -> Capabilities:
    values = {name: value for name, value in entry.items() if name in Capabilities.__slots__}
    values["efforts"] = tuple(values.get("efforts", ()))
    budget = values.get("reasoning_tokens")
    values["reasoning_tokens"] = None if budget is None else (budget[0], budget[1])
    return Capabilities(**values)
