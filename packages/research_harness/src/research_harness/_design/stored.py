"""The design that a file holds."""

from .design import ExperimentDesign
from .designs import Between, Blocks, LatinSquare, TimeSeries, Within
from .grids import DoseResponse, Factorial

_DESIGNS: tuple[type[ExperimentDesign], ...] = (
    Within,
    Between,
    Blocks,
    LatinSquare,
    TimeSeries,
    Factorial,
    DoseResponse,
)


def design_of(stored: object) -> ExperimentDesign:
    """The design that ``config.json`` holds; ``Within`` where it holds none.

    Args:
        stored: What ``ExperimentDesign.to_dict`` gave.

    Raises:
        ValueError: It is not the form of a design.
    """
    if not stored:
        return Within()
    known = {each.kind: each for each in _DESIGNS}
    try:
        values = dict(stored)  # type: ignore[call-overload]  # what a file holds
        made = known[values.pop("kind")]
        if "assignment" in values:
            values["assignment"] = design_of(values["assignment"])
        return made(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{str(stored)[:80]!r} is not a design") from error
