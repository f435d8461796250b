"""Figures as data. Formats without drawings show their numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from .._core.checks import checked_finite, checked_text, checked_tuple, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value

# The page's palette has eight colours.
_MAX_SERIES = 8
_Series = TypeVar("_Series", "Curve", "Sample")


class FigureValue(Value):
    """The base of every figure."""

    __slots__ = ()

    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point(Value):
    """One value of a figure, with its interval.

    Attributes:
        label: The name of the value.
        value: The value.
        low: The lower end of its interval; None without an interval.
        high: The upper end of its interval; None without an interval.

    Raises:
        ReportError: A number is not finite, the interval has one end only, or low is above high.
    """

    label: str
    value: float
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        where = f"point {checked_text(self.label, 'point, label')!r}"
        set_fields(self, value=checked_finite(self.value, where))
        if self.low is None and self.high is None:
            return
        if self.low is None or self.high is None:
            raise ReportError(f"{where}: the interval has one end only; give low and high, or none")
        low = checked_finite(self.low, f"{where}, low")
        high = checked_finite(self.high, f"{where}, high")
        if low > high:
            raise ReportError(f"{where}: low is {low:g} and high is {high:g}; exchange them")
        set_fields(self, low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalFigure(FigureValue):
    """Values with their intervals, one below the other, such as a forest plot of effects.

    Attributes:
        points: The values, from top to bottom.
        caption: What the figure shows.
        axis: The name and unit of the axis.
        reference: A value to draw a line at, such as 0 for differences; None without a line.
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
        where = figure_place(self.caption)
        points = checked_tuple(self.points, f"{where}, points")
        if not points:
            raise ReportError(f"{where}: points is empty; give at least one Point")
        for point in points:
            if not isinstance(point, Point):
                raise ReportError(f"{where}: expected Point values, got {type(point).__name__}")
        if self.reference is not None:
            reference = checked_finite(self.reference, f"{where}, reference")
            set_fields(self, reference=reference)
        checked_text(self.axis, f"{where}, axis")
        set_fields(self, points=points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve(Value):
    """Points joined by a line, in the order given.

    Attributes:
        label: The name of the curve.
        x: The horizontal coordinates.
        y: The vertical coordinates, as many as ``x``.
        low: The lower ends of the intervals of ``y``; empty without intervals.
        high: The upper ends.

    Raises:
        ReportError: There are no points, a number is not finite, the lengths differ, or an
            interval does not hold its value.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()

    def __post_init__(self) -> None:
        where = f"curve {checked_text(self.label, 'curve, label')!r}"
        x, y = checked_numbers(self.x, f"{where}, x"), checked_numbers(self.y, f"{where}, y")
        if len(x) != len(y):
            raise ReportError(f"{where}: x has {len(x)} numbers and y has {len(y)}")
        set_fields(self, x=x, y=y)
        if not self.low and not self.high:
            return
        low = checked_numbers(self.low, f"{where}, low")
        high = checked_numbers(self.high, f"{where}, high")
        if len(low) != len(y) or len(high) != len(y):
            raise ReportError(f"{where}: low and high need as many numbers as y")
        if not all(a <= b <= c for a, b, c in zip(low, y, high, strict=True)):
            raise ReportError(f"{where}: an interval does not hold its value")
        set_fields(self, low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigure(FigureValue):
    """Curves over one axis, such as accuracy against cost or against the number of models.

    Attributes:
        curves: One to eight curves.
        caption: What the figure shows.
        x_axis: The name and unit of the horizontal axis.
        y_axis: The name and unit of the vertical axis.
        diagonal: Draw the line of equal coordinates, as in a reliability diagram.

    Raises:
        ReportError: There are no curves, or more than eight.
    """

    curves: Sequence[Curve]
    caption: str = ""
    x_axis: str = ""
    y_axis: str = ""
    diagonal: bool = False

    def __post_init__(self) -> None:
        where = figure_place(self.caption)
        checked_text(self.x_axis, f"{where}, x_axis")
        checked_text(self.y_axis, f"{where}, y_axis")
        set_fields(self, curves=checked_series(self.curves, Curve, where))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Value):
    """The measured values of one group.

    Attributes:
        label: The name of the group.
        values: The values, in any order.

    Raises:
        ReportError: There are no values, or one is not finite.
    """

    label: str
    values: Sequence[float]

    def __post_init__(self) -> None:
        where = f"sample {checked_text(self.label, 'sample, label')!r}"
        set_fields(self, values=checked_numbers(self.values, where))


@dataclass(frozen=True, slots=True, kw_only=True)
class EcdfFigure(FigureValue):
    """Empirical cumulative distribution functions, one for each sample.

    Attributes:
        samples: One to eight samples.
        caption: What the figure shows.
        axis: The name and unit of the values.
        log: Use a logarithmic axis; all values must be above zero.

    Raises:
        ReportError: There are no samples or more than eight, or a value is not above zero on a
            logarithmic axis.
    """

    samples: Sequence[Sample]
    caption: str = ""
    axis: str = ""
    log: bool = False

    def __post_init__(self) -> None:
        where = figure_place(self.caption)
        checked_text(self.axis, f"{where}, axis")
        samples = checked_series(self.samples, Sample, where)
        if self.log and min(min(sample.values) for sample in samples) <= 0:
            raise ReportError(f"{where}: a logarithmic axis needs values above zero")
        set_fields(self, samples=samples)


def figure_place(caption: object) -> str:
    """Return the name of a figure for errors."""
    return f"figure {caption!r}" if checked_text(caption, "figure, caption") else "figure"


def checked_numbers(values: object, where: str) -> tuple[float, ...]:
    """Return at least one finite number, or raise a ``ReportError``."""
    numbers = tuple(checked_finite(value, where) for value in checked_tuple(values, where))
    if not numbers:
        raise ReportError(f"{where}: expected at least one number, got none")
    return numbers


def checked_series(values: object, kind: type[_Series], where: str) -> tuple[_Series, ...]:
    """Return one to eight values of a kind, or raise a ``ReportError``."""
    entries = checked_tuple(values, where)
    if not entries:
        raise ReportError(f"{where}: expected at least one {kind.__name__}, got none")
    if len(entries) > _MAX_SERIES:
        raise ReportError(
            f"{where}: {len(entries)} {kind.__name__} values cannot be distinguished;"
            f" show at most {_MAX_SERIES}, or make several figures"
        )
    for entry in entries:
        if not isinstance(entry, kind):
            raise ReportError(
                f"{where}: expected {kind.__name__} values, got {type(entry).__name__}"
            )
    return entries
