"""The design that a file holds; of a class of the user's own, with the places of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from .._core.text import safe_text
from .design import ExperimentDesign
from .designs import Between, Blocks, LatinSquare, TimeSeries, Within
from .grids import DoseResponse, Factorial
from .layout import Assignment, ItemLabels, Layout, Place

_DESIGNS: tuple[type[ExperimentDesign], ...] = (
    Within,
    Between,
    Blocks,
    LatinSquare,
    TimeSeries,
    Factorial,
    DoseResponse,
)


def is_known(design: object) -> bool:
    """Whether a design is one of this library, and not of a class that a user derived.

    Args:
        design: The design.
    """
    return type(design) in _DESIGNS


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDesign(ExperimentDesign):
    """A design of a class that the folder does not have, with the rows that it assigned.

    Attributes:
        name: Its name in ``config.json``.
        said: The design in a sentence.
        is_paired: Whether every condition answers every item.
        places: The places of its rows, and the phases.
    """

    kind: ClassVar[str] = "recorded"
    name: str
    said: str
    is_paired: bool
    places: "RecordedPlaces" = field(repr=False)

    @property
    def paired(self) -> bool:
        """As it was recorded."""
        return self.is_paired

    @property
    def text(self) -> str:
        """The design in a sentence, as it was recorded."""
        return self.said

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:  # noqa: ARG002  # as recorded
        """The rows as they were recorded."""
        return self.places


class RecordedPlaces:
    """The places of rows that a file holds.

    Args:
        columns: The fields of the places, as columns of one length.
        phases: The beginning and the end of each phase.

    Raises:
        ValueError: They do not have the form of places.
    """

    def __init__(
        self, columns: Mapping[str, Sequence[Any]], phases: Sequence[Sequence[int]]
    ) -> None:
        self._columns = [columns[name] for name in Place._fields]
        self.phases: Sequence[range] = [range(first, last) for first, last in phases]
        if len(set(map(len, self._columns))) != 1:
            raise ValueError("the places of rows have columns of several lengths")

    def __len__(self) -> int:
        return len(self._columns[0])

    def __getitem__(self, index: int) -> Place:
        """The place of a row."""
        return Place(*(column[index] for column in self._columns))


def design_name(design: ExperimentDesign) -> str:
    """The name of a design in files.

    Args:
        design: The design.
    """
    if isinstance(design, RecordedDesign):
        return design.name
    return design.kind or type(design).__name__


def stored_form(design: ExperimentDesign) -> dict[str, object]:
    """What ``config.json`` holds of a design.

    Args:
        design: The design.
    """
    values = {each.name: getattr(design, each.name) for each in fields(design)}
    held = {
        name: stored_form(value) if isinstance(value, ExperimentDesign) else value
        for name, value in values.items()
    }
    if is_known(design):
        return {"kind": design.kind, **held}
    return {
        "kind": design_name(design),
        "own": True,
        "text": design.text,
        "paired": design.paired,
        "fields": {name: _plain(value) for name, value in held.items()},
    }


def is_recorded_whole(design: ExperimentDesign) -> bool:
    """Whether a design can be made again from ``config.json`` alone.

    Args:
        design: The design.
    """
    return is_known(design) and is_known(getattr(design, "assignment", Within()))


def _plain(value: object) -> object:
    plain = value is None or isinstance(value, bool | int | float | str | dict)
    return value if plain else safe_text(repr(value))


def design_of(stored: object, places: RecordedPlaces | None = None) -> ExperimentDesign:
    """The design that ``config.json`` holds; ``Within`` where it holds none.

    Args:
        stored: What ``ExperimentDesign.to_dict`` gave.
        places: Of a design of the user's own, the places of its rows.

    Raises:
        ValueError: It is not the form of a design.
    """
    if not stored:
        return Within()
    known = {each.kind: each for each in _DESIGNS}
    try:
        values = dict(stored)  # type: ignore[call-overload]  # what a file holds
        if values.get("own"):
            return _recorded(values, places)
        made = known[values.pop("kind")]
        if "assignment" in values:
            values["assignment"] = design_of(values["assignment"], places)
        return made(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{str(stored)[:80]!r} is not a design") from error


def _recorded(values: Mapping[str, Any], places: RecordedPlaces | None) -> RecordedDesign:
    if places is None:
        raise ValueError("the places of its rows are not there")
    return RecordedDesign(
        name=str(values["kind"]),
        said=str(values["text"]),
        is_paired=bool(values["paired"]),
        places=places,
    )
