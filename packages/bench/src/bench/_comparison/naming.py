"""The names of systems in a result, in place of control and treatment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._core.errors import InvalidOptionError
from .._core.results import Comparison
from .._data.refusals import is_unlabelled, refuse_unspeakable


def check_names(names: Any) -> tuple[str, str] | None:
    """Two different names, control first, or None.

    Raises:
        InvalidOptionError: Anything but two different names.
    """
    if names is None:
        return None
    listed = isinstance(names, Sequence) and not isinstance(names, str)
    given: tuple[Any, ...] = tuple(names) if listed else ()
    refuse_unspeakable(given, "names", "name")
    if len(given) != 2 or any(map(is_unlabelled, given)) or str(given[0]) == str(given[1]):
        raise InvalidOptionError("names", names, "two different names, the control's first")
    return str(given[0]), str(given[1])


def with_names(result: Comparison, names: tuple[str, str] | None) -> Comparison:
    """The result with these names in its groups, counts, direction and other analyses."""
    checked = check_names(names)
    if checked is None:
        return result
    control, treatment = checked
    known = {"control": control, "treatment": treatment}

    def named(text: str) -> str:
        return re.sub(r"\b(treatment|control)\b", lambda found: known[found[1]], text)

    return replace(
        result,
        groups=tuple(replace(each, name=known.get(each.name, each.name)) for each in result.groups),
        n={known.get(name, name): count for name, count in result.n.items()},
        direction=named(result.direction),
        estimate_name=named(result.estimate_name),
        effect_sizes={
            key: replace(size, name=named(size.name)) for key, size in result.effect_sizes.items()
        },
        sensitivity=tuple(with_names(each, checked) for each in result.sensitivity),
    )
