"""A drawing as shapes, from which SVG and LaTeX are made. The y axis runs downwards."""

from collections.abc import Sequence
from dataclasses import dataclass

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line. ``kind`` selects its style, as in the other shapes."""

    kind: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    kind: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Path:
    """A line of many steps; with ``closed`` the area inside is filled."""

    kind: str
    positions: Sequence[Position]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A text; ``turned`` reads upwards."""

    kind: str
    x: float
    y: float
    text: str
    turned: bool = False


Shape = Line | Dot | Box | Path | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a ground.

    Attributes:
        width: The width; shapes outside are cut.
        height: The height.
        title: What the drawing shows, for readers who cannot see it.
        shapes: The shapes, the lowest first.
    """

    width: float
    height: float
    title: str
    shapes: tuple[Shape, ...]


def cut(text: str, max_length: int) -> str:
    """Return a name cut to a length; the table of the figure has all of it."""
    return text if len(text) <= max_length else text[: max_length - 1] + "…"


def box_between(kind: str, x1: float, x2: float, y: float, height: float) -> Box:
    """Return a rectangle between two positions in either order."""
    return Box(kind, min(x1, x2), y, abs(x2 - x1), height)
