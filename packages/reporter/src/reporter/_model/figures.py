"""Figures as data: what is drawn, never how. Formats without drawings show the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from .._core.checks import finite, freeze, several, text
from .._core.errors import ReportError

_MOST_CURVES = 8
_Kind = TypeVar("_Kind", "Curve", "Sample")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value with an interval, for a figure.

    Attributes:
        label: What it is the value of.
        value: The value.
        low: The lower end of its interval; None for none.
        high: The upper end.

    Raises:
        ReportError: A number is not finite, or the interval is the wrong way round or has one end.
    """

    label: str
    value: float
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        where = f"point {text(self.label, 'point, label')!r}"
        freeze(self, value=finite(self.value, where))
        if self.low is None and self.high is None:
            return
        if self.low is None or self.high is None:
            raise ReportError(f"{where}: an interval has two ends; give low and high, or none")
        low, high = finite(self.low, f"{where}, low"), finite(self.high, f"{where}, high")
        if low > high:
            raise ReportError(f"{where}: its interval ends at {high:g} before it begins at {low:g}")
        freeze(self, low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalFigure:
    """Values with their intervals, one below the other: conditions, or effects as a forest plot.

    Attributes:
        points: What is shown.
        caption: What it shows.
        axis: The name and unit of the axis.
        reference: A value to draw a line at, such as 0 for differences; None for none.
        bars: Draw each value as a bar from zero; only for amounts, where length means something.

    Raises:
        ReportError: There are no points, or a number is not finite.
    """

    points: Sequence[Point]
    caption: str = ""
    axis: str = ""
    reference: float | None = None
    bars: bool = False

    def __post_init__(self) -> None:
        where = _where(self.caption)
        points = several(self.points, f"{where}, points")
        if not points:
            raise ReportError(f"{where}: there is nothing to show")
        for point in points:
            if not isinstance(point, Point):
                raise ReportError(f"{where}: expected Point values, got {type(point).__name__}")
        if self.reference is not None:
            freeze(self, reference=finite(self.reference, f"{where}, reference"))
        text(self.axis, f"{where}, axis")
        freeze(self, points=points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Places joined by a line, in the order given.

    Attributes:
        label: What it shows.
        x: The places from left to right.
        y: The heights, as many.

    Raises:
        ReportError: There is no place, a number is not finite, or the lengths differ.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]

    def __post_init__(self) -> None:
        where = f"curve {text(self.label, 'curve, label')!r}"
        x, y = _numbers(self.x, f"{where}, x"), _numbers(self.y, f"{where}, y")
        if len(x) != len(y):
            raise ReportError(f"{where}: x has {len(x)} numbers and y has {len(y)}")
        freeze(self, x=x, y=y)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigure:
    """Curves over one axis, such as accuracy against cost or against the number of models.

    Attributes:
        curves: At most eight; more cannot be told apart.
        caption: What it shows.
        x_axis: The name and unit of the horizontal axis.
        y_axis: The name and unit of the vertical axis.

    Raises:
        ReportError: There are no curves, or too many.
    """

    curves: Sequence[Curve]
    caption: str = ""
    x_axis: str = ""
    y_axis: str = ""

    def __post_init__(self) -> None:
        where = _where(self.caption)
        text(self.x_axis, f"{where}, x_axis")
        text(self.y_axis, f"{where}, y_axis")
        freeze(self, curves=_few(self.curves, Curve, where))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The measured values of one group.

    Attributes:
        label: What was measured.
        values: The values, in any order.

    Raises:
        ReportError: There are none, or one is not finite.
    """

    label: str
    values: Sequence[float]

    def __post_init__(self) -> None:
        where = f"sample {text(self.label, 'sample, label')!r}"
        freeze(self, values=_numbers(self.values, where))


@dataclass(frozen=True, slots=True, kw_only=True)
class EcdfFigure:
    """For each group the share of its values at or below x: whole distributions, tails included.

    Attributes:
        samples: At most eight; more cannot be told apart.
        caption: What it shows.
        axis: The name and unit of the values.
        log: Use a logarithmic axis; all values must be above zero.

    Raises:
        ReportError: There are no samples, too many, or values at or below zero on a log axis.
    """

    samples: Sequence[Sample]
    caption: str = ""
    axis: str = ""
    log: bool = False

    def __post_init__(self) -> None:
        where = _where(self.caption)
        text(self.axis, f"{where}, axis")
        samples = _few(self.samples, Sample, where)
        if self.log and min(min(sample.values) for sample in samples) <= 0:
            raise ReportError(f"{where}: a logarithmic axis needs values above zero")
        freeze(self, samples=samples)


Figure = IntervalFigure | LineFigure | EcdfFigure


def _where(caption: object) -> str:
    return f"figure {caption!r}" if text(caption, "figure, caption") else "figure"


def _numbers(values: object, where: str) -> tuple[float, ...]:
    numbers = tuple(finite(value, where) for value in several(values, where))
    if not numbers:
        raise ReportError(f"{where}: there is nothing to show")
    return numbers


def _few(values: object, kind: type[_Kind], where: str) -> tuple[_Kind, ...]:
    entries = several(values, where)
    if not entries:
        raise ReportError(f"{where}: there is nothing to show")
    if len(entries) > _MOST_CURVES:
        raise ReportError(
            f"{where}: {len(entries)} curves cannot be told apart; show at most {_MOST_CURVES}"
        )
    for entry in entries:
        if not isinstance(entry, kind):
            raise ReportError(
                f"{where}: expected {kind.__name__} values, got {type(entry).__name__}"
            )
    return entries
