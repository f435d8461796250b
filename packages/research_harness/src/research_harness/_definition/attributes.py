"""Attributes of an experiment's class that look misspelt."""

from collections.abc import Mapping
from typing import Any

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


def misspelt_attributes(experiment: Any, known: frozenset[str]) -> list[str]:
    """What looks like a misspelt attribute in an experiment's class, its bases and itself.

    Args:
        experiment: An instance of ``Experiment``.
        known: The attributes that an experiment has.

    Returns:
        One problem for each, with the name that was probably meant.
    """
    kind = type(experiment)
    bodies = [vars(owner) for owner in reversed(kind.__mro__[:-1])]
    names = {key: value for body in (*bodies, vars(experiment)) for key, value in body.items()}
    return misspelt(names, known)


def misspelt(body: Mapping[str, Any], known: frozenset[str]) -> list[str]:
    """What looks like a misspelt attribute of an experiment in the body of a class."""
    meant = {name: _meant(name, value, known) for name, value in body.items()}
    return [
        f"{name}: an experiment has no attribute of this name; did you mean {other!r}?"
        f" A value of your own may be called '_{name.lower()}'"
        for name, other in meant.items()
        if other is not None
    ]


def _meant(name: str, value: object, known: frozenset[str]) -> str | None:
    """The attribute that a name was probably meant to be; None for a name of the user's own."""
    if not known or name in known or name.startswith("_") or isinstance(value, Condition):
        return None
    if callable(value) or isinstance(value, property | classmethod | staticmethod):
        return nearest(name, _METHODS, similarity=_SIMILAR)
    plain = name.lower().replace("_", "")
    if name.isupper():  # a constant of the user's own, unless it is the very name
        return next((each for each in known if each.replace("_", "") == plain), None)
    if plain.startswith("timeout"):
        return "timeout_ms"
    return _OTHER_WORDS.get(plain) or nearest(name, known, similarity=_SIMILAR)
