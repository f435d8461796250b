"""Attributes of an experiment's class that look misspelt.

A name that resembles an attribute is refused where its value is one that the attribute takes.
Values of other kinds are the user's own, and so is a name beside the attribute that it resembles.
"""

import inspect
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from numbers import Number
from types import FunctionType, MappingProxyType
from typing import Any, get_args, get_origin

from .._core.names import nearest
from .condition import Condition

# Words of other tools and of statistics for what has another name here.
_OTHER_WORDS = {
    "baseline": "control",
    "claims": "criteria",
    "data": "dataset",
    "epochs": "repeat",
    "limit": "sample_size",
    "maxsamples": "sample_size",
    "parallelism": "concurrency",
    "randomseed": "seed",
    "randomstate": "seed",
    "repetitions": "repeat",
    "replicates": "repeat",
    "significance": "alpha",
    "shuffle": "randomize",
    "timelimit": "timeout_ms",
    "timelimitms": "timeout_ms",
    "title": "name",
    "treatments": "conditions",
    "workers": "concurrency",
}
_SIMILAR = 0.8
_METHODS = ("all_conditions", "dataset", "setup", "teardown")
# Words of annotations that say nothing about the kind of a value.
_ANY_KIND = {
    "Annotated",
    "Any",
    "ClassVar",
    "Final",
    "None",
    "Optional",
    "Union",
    "object",
    "typing",
}


def misspelt_attributes(experiment: Any, known: Mapping[str, Any]) -> list[str]:
    """What looks like a misspelt attribute in an experiment's class, its bases and itself.

    Args:
        experiment: An instance of ``Experiment``.
        known: The attributes that an experiment has, with their types.

    Returns:
        One problem for each, with the name that was probably meant.
    """
    found = [misspelt_in_class(owner, known) for owner in reversed(type(experiment).__mro__[:-1])]
    found.append(_misspelt(vars(experiment), known, {}))
    return list(dict.fromkeys(problem for problems in found for problem in problems))


def misspelt_in_class(
    owner: type, known: Mapping[str, Any], keywords: Mapping[str, Any] = MappingProxyType({})
) -> list[str]:
    """What looks like a misspelt attribute of an experiment in the body of a class.

    Args:
        owner: The class.
        known: The attributes that an experiment has, with their types.
        keywords: The keywords of the class.
    """
    annotations: Mapping[str, Any] = {}
    with suppress(Exception):  # names that are not defined yet, in newer versions of Python
        annotations = inspect.get_annotations(owner)
    return _misspelt({**vars(owner), **keywords}, known, annotations)


def _misspelt(
    body: Mapping[str, Any], known: Mapping[str, Any], annotations: Mapping[str, Any]
) -> list[str]:
    meant = {
        name: other
        for name, value in body.items()
        if (other := _similar(name, value, known)) is not None
        and other not in body
        and _may_be(value, known[other], annotations.get(name))
    }
    return [
        f"{name}: an experiment has no attribute of this name; did you mean {other!r}?"
        f" A value of your own may be called '_{name.lower()}'"
        for name, other in meant.items()
    ]


def _similar(name: str, value: object, known: Mapping[str, Any]) -> str | None:
    """The attribute that a name resembles; None for a name of the user's own."""
    own = isinstance(value, Condition | property)
    if own or name in known or name.startswith("_"):
        return None
    if _is_method(value):
        return nearest(name, _METHODS, similarity=_SIMILAR)
    plain = name.lower().replace("_", "")
    if name.isupper():  # a constant of the user's own, unless it is the very name
        return next((each for each in known if each.replace("_", "") == plain), None)
    if plain.startswith("timeout"):
        return "timeout_ms"
    return _OTHER_WORDS.get(plain) or nearest(name, known, similarity=_SIMILAR)


def _is_method(value: object) -> bool:
    return isinstance(value, FunctionType | classmethod | staticmethod)


def _may_be(value: object, kind: Any, annotation: object) -> bool:
    """Whether a value may have been meant for an attribute of this type."""
    if _is_method(value):
        return _needs_nothing(value)
    words = _words(annotation)
    if words and kind is not Any and not words & _words(kind):
        return False
    return _takes(kind, value)


def _words(annotation: object) -> set[str]:
    """The names of the types in an annotation, which may be a text."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return set(re.findall(r"[A-Za-z_]\w*", text)) - _ANY_KIND


def _needs_nothing(method: object) -> bool:
    """Whether a method can be called without arguments, as those of an experiment are."""
    function: Any = getattr(method, "__func__", method)
    parameters = inspect.signature(function).parameters
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [x for x in parameters.values() if x.default is x.empty and x.kind not in kinds]
    return len(needed) <= (0 if isinstance(method, staticmethod) else 1)


def _takes(kind: Any, value: object) -> bool:
    """Whether an attribute of this type takes the value, or what is easily written in its place."""
    origin = get_origin(kind) or kind
    if kind is Any:
        return True
    if kind is None or kind is type(None):
        return value is None
    if origin is Sequence:
        listed = isinstance(value, str | list | tuple | set | frozenset)
        return listed or any(_takes(each, value) for each in get_args(kind))
    if not isinstance(origin, type) or origin.__module__ in {"types", "typing"}:  # a union
        return any(_takes(each, value) for each in get_args(kind))
    if origin in {int, float}:
        written = isinstance(value, str) and value[:1].isdigit()
        return written or (isinstance(value, Number) and not isinstance(value, bool))
    return isinstance(value, origin) or (isinstance(value, type) and issubclass(value, origin))
