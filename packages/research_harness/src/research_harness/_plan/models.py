"""The models that an experiment asks, with their parameters and addresses, without secrets."""

import dataclasses
import re
import types
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .._core.secrets import redacted_text
from .._core.text import safe_text, type_name
from .._definition.experiment import Experiment
from .class_parts import functions_of

# Attributes that change answers, of any client. Of ensemble's models all public ones are recorded.
_PARAMETERS = frozenset(
    {
        "accuracy",
        "api_version",
        "base_url",
        "deployment",
        "extra",
        "extra_body",
        "frequency_penalty",
        "logprobs",
        "max_completion_tokens",
        "max_output_tokens",
        "max_tokens",
        "min_p",
        "model",
        "n",
        "name",
        "options",
        "parameters",
        "params",
        "path",
        "presence_penalty",
        "prompt",
        "provider",
        "reasoning_effort",
        "revision",
        "sampling",
        "seed",
        "stop",
        "system",
        "system_prompt",
        "temperature",
        "thinking",
        "top_k",
        "top_p",
        "version",
    }
)
# Where a model is, and how it is called, may differ from session to session.
_ADDRESS = frozenset({"base_url", "provider", "path", "price", "limits", "retries", "headers"})
_SECRET = re.compile(r"(^|_)(api_?)?key$|secret|password|credential|authorization|(^|_)token$")
_MAX_DEPTH = 4
_MAX_MODELS = 200
_MAX_ENTRIES = 50  # a longer value is data, such as recorded answers
_PLAIN = (int, float, bool)


def is_secret(name: str) -> bool:
    """Whether the value of a parameter of this name may be a secret.

    Args:
        name: The name.
    """
    return _SECRET.search(name.lower()) is not None


def described_models(experiment: Experiment) -> dict[str, dict[str, Any]]:
    """The models within reach of an experiment, after its ``setup``.

    Args:
        experiment: The experiment.

    Returns:
        For each, by the name under which the code has it: its class and parameters.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, value in _reachable(experiment):
        for path, model in _models_in(name, value, 0):
            if len(found) < _MAX_MODELS:
                found.setdefault(path, _described(model, 0))
    return dict(sorted(found.items()))


def model_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs in the parameters of models, in words.

    Args:
        before: The models as they were recorded.
        now: The models of this session.
    """
    texts = []
    for path in sorted({*before, *now}):
        old, new = (_flat(each.get(path)) for each in (before, now))
        texts += [
            f"model {path}, {name}: {_short(old.get(name))} -> {_short(new.get(name))}"
            for name in sorted({*old, *new})
            if old.get(name) != new.get(name)
        ]
    return texts


def _flat(value: object, prefix: str = "") -> dict[str, object]:
    """The parameters under dotted names, without those that only say where a model is."""
    if not isinstance(value, Mapping):
        return {}
    flat: dict[str, object] = {}
    for name, entry in value.items():
        if name in _ADDRESS:
            continue
        if isinstance(entry, Mapping):
            flat |= _flat(entry, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = entry
    return flat


def _short(value: object) -> str:
    return safe_text(repr(value), limit=80)


def _reachable(experiment: Experiment) -> Iterator[tuple[str, object]]:
    for name, value in vars(experiment).items():
        yield f"self.{name}", value
    for owner in type(experiment).__mro__[:-1]:
        if owner is not Experiment:
            yield from ((f"self.{name}", value) for name, value in vars(owner).items())
    seen: set[types.FunctionType] = set()
    for _, function in functions_of(type(experiment)):
        yield from _of_function(function, seen)
    for condition in experiment.conditions:
        own: object = getattr(condition, "function", None)
        if isinstance(own, types.FunctionType):
            yield from _of_function(own, seen)


def _of_function(
    function: types.FunctionType, seen: set[types.FunctionType]
) -> Iterator[tuple[str, object]]:
    """What a function closes over and what it reads of its module, helpers included."""
    if function in seen or len(seen) > _MAX_MODELS:
        return
    seen.add(function)
    values: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            values[name] = cell.cell_contents
        except ValueError:
            continue
    for code in _codes(function.__code__):
        known = (name for name in code.co_names if name in function.__globals__)
        values |= {name: function.__globals__[name] for name in known}
    for name, value in values.items():
        if isinstance(value, types.FunctionType):
            if value.__module__ == function.__module__:
                yield from _of_function(value, seen)
        else:
            yield name, value


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield from _codes(each)


def _models_in(name: str, value: object, depth: int) -> Iterator[tuple[str, object]]:
    if isinstance(value, type | types.ModuleType) or depth > _MAX_DEPTH:
        return
    if is_model(value):
        yield name, value
    elif isinstance(value, dict | types.MappingProxyType):  # other mappings may raise when read
        for key, each in list(value.items())[:_MAX_MODELS]:
            yield from _models_in(f"{name}[{safe_text(repr(key), limit=40)}]", each, depth + 1)
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value[:_MAX_MODELS]):
            yield from _models_in(f"{name}[{number}]", each, depth + 1)


def is_model(value: object) -> bool:
    """Whether an object is a model, or a client of one.

    Args:
        value: Anything.
    """
    try:
        kind = type(value)
        named = callable(getattr(kind, "generate", None)) and hasattr(value, "name")
        return named or (hasattr(value, "base_url") and not isinstance(value, str))
    except Exception:  # noqa: BLE001  # properties of foreign objects may raise anything
        return False


def _described(model: object, depth: int) -> dict[str, Any]:
    """A model's class and its parameters."""
    all_of_it = type(model).__module__.partition(".")[0] == "ensemble"
    found: dict[str, Any] = {"class": type_name(model)}
    for name, value in _attributes(model):
        plain = name.lstrip("_")
        stated = plain in _PARAMETERS or (all_of_it and plain in _ADDRESS)
        wanted = stated or (all_of_it and name == plain) or is_model(value)
        if not wanted or is_secret(plain):
            continue
        entry = _entry(plain, value, depth)
        if entry is not None:
            found[plain] = entry
    return found


def _attributes(value: object) -> Iterator[tuple[str, object]]:
    names = list(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = vars(kind).get("__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
    if "base_url" not in names:
        names.append("base_url")
    for name in dict.fromkeys(names):
        try:
            yield name, getattr(value, name)
        except Exception:  # noqa: BLE001, S112  # a foreign attribute may raise anything
            continue


def _entry(name: str, value: object, depth: int) -> Any:
    """A parameter in plain values; None for what is not a parameter."""
    if name == "base_url":
        return _address(str(value))
    if name == "headers" and isinstance(value, Mapping):
        return sorted(safe_text(each) for each in value)  # their values may be secrets
    if isinstance(value, str):
        return redacted_text(safe_text(value, limit=2_000))
    return value if isinstance(value, _PLAIN) else _compound(value, depth)


def _compound(value: object, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        return None
    if is_model(value):
        return _described(value, depth + 1)
    if isinstance(value, types.FunctionType):
        return f"{value.__module__}.{value.__qualname__}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping) and 0 < len(value) <= _MAX_ENTRIES:
        return _mapping(value, depth)
    if isinstance(value, list | tuple) and len(value) <= _MAX_ENTRIES:
        return [_entry("", each, depth + 1) for each in value]
    return None


def _mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    named = {safe_text(key, limit=80): each for key, each in value.items()}
    entries = {
        key: _entry(key, each, depth + 1) for key, each in named.items() if not is_secret(key)
    }
    return {key: entry for key, entry in entries.items() if entry is not None}


def _address(text: str) -> str:
    """An address without a user, a password, a query or a fragment."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "unreadable"
    return urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", ""))
