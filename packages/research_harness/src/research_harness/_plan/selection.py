"""A part of an experiment: its first items, single items, or single conditions."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from .._core.errors import ExperimentError
from .._core.names import suggestion
from .._definition.condition import Condition
from .._definition.experiment import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which part of an experiment is run.

    Attributes:
        limit: Only the first items, so many of them.
        items: Only the items with these ids, or whose ids fit these patterns, such as ``gsm8k-1*``.
        conditions: Only the conditions of these names.
    """

    limit: int | None = None
    items: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The selection as plain values."""
        return {
            "limit": self.limit,
            "items": list(self.items),
            "conditions": list(self.conditions),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Selection":
        """The selection from what ``to_dict`` gave; an empty one selects everything."""
        return cls(
            limit=values.get("limit"),
            items=tuple(values.get("items", ())),
            conditions=tuple(values.get("conditions", ())),
        )


EVERYTHING = Selection()


def select_conditions(experiment: Experiment, names: Sequence[str]) -> None:
    """Leave the other conditions out, with the claims about them; the first one is the control.

    Raises:
        ExperimentError: There is no condition of such a name.
    """
    if not names:
        return
    given: Any = experiment.all_conditions()
    own = [each for each in given if isinstance(each, Condition)]
    known = [each.name for each in own]
    problems = [
        f"no condition is called {name!r}{suggestion(name, known)}; known: {', '.join(known)}"
        for name in names
        if name not in known
    ]
    if problems:
        raise ExperimentError(type(experiment).__name__, problems)
    kept = tuple(each for each in own if each.name in names)
    left = {each.name for each in kept}
    object.__setattr__(experiment, "all_conditions", lambda: kept)
    if experiment.control not in left:
        object.__setattr__(experiment, "control", "")
    claims = [
        each
        for each in experiment.criteria
        if {each.condition, each.against or each.condition} <= left
    ]
    object.__setattr__(experiment, "criteria", tuple(claims))
    limits = experiment.ceilings
    own_limits = {name: each for name, each in limits.conditions.items() if name in left}
    object.__setattr__(experiment, "ceilings", dataclasses.replace(limits, conditions=own_limits))


def select_items(experiment: Experiment, items: Any, selection: Selection) -> Any:
    """The items that are selected, in the order of the data set.

    Raises:
        ExperimentError: A name or a pattern fits no item.
    """
    if selection.items:
        ids = [item.id for item in items]
        unmatched = [
            pattern
            for pattern in selection.items
            if pattern not in ids and not any(fnmatchcase(each, pattern) for each in ids)
        ]
        if unmatched:
            problems = [
                f"no item is called {each!r}{suggestion(each, ids)}; an id or a pattern such as"
                f" {ids[0][:-1]!r}* is meant"
                for each in unmatched
            ]
            raise ExperimentError(type(experiment).__name__, problems)
        items = items.filter(lambda item: _is_named(item.id, selection.items))
    return items if selection.limit is None else items.take(selection.limit)


def _is_named(item: str, names: Sequence[str]) -> bool:
    return item in names or any(fnmatchcase(item, pattern) for pattern in names)
