"""Figures of points, pairs, matrices, ranks and times, as data."""

from collections.abc import Sequence
from dataclasses import dataclass

from .._core.checks import (
    checked_finite,
    checked_text,
    checked_texts,
    checked_tuple,
    set_fields,
)
from .._core.errors import ReportError
from .._core.json_values import Value
from .figures import FigureValue, Sample, checked_numbers, checked_series, figure_place

_MAX_LABELS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot(Value):
    """One point of a scatter plot.

    Attributes:
        label: Its name.
        x: The horizontal coordinate.
        y: The vertical coordinate.

    Raises:
        ReportError: A coordinate is not finite.
    """

    label: str
    x: float
    y: float

    def __post_init__(self) -> None:
        where = f"dot {checked_text(self.label, 'dot, label')!r}"
        set_fields(self, x=checked_finite(self.x, where), y=checked_finite(self.y, where))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterFigure(FigureValue):
    """Named points, such as conditions by their cost and accuracy.

    Attributes:
        dots: The points.
        caption: What the figure shows.
        x_axis: The name and unit of the horizontal axis.
        y_axis: The name and unit of the vertical axis.
        front: Join the points that no other beats: none has a lower ``x`` and a higher ``y``.

    Raises:
        ReportError: There are no points, or too many to be named.
    """

    dots: Sequence[Dot]
    caption: str = ""
    x_axis: str = ""
    y_axis: str = ""
    front: bool = False

    def __post_init__(self) -> None:
        where = figure_place(self.caption)
        dots = checked_tuple(self.dots, f"{where}, dots")
        if not 0 < len(dots) <= _MAX_LABELS or not all(isinstance(each, Dot) for each in dots):
            raise ReportError(f"{where}: give 1 to {_MAX_LABELS} Dot values, got {len(dots)}")
        checked_texts((self.x_axis, self.y_axis), f"{where}, axes")
        set_fields(self, dots=dots)

    @property
    def front_dots(self) -> tuple[Dot, ...]:
        """The points that no other beats, by their ``x``."""
        front: list[Dot] = []
        for dot in sorted(self.dots, key=lambda each: (each.x, -each.y)):
            if not front or dot.y > front[-1].y:
                front.append(dot)
        return tuple(front)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedFigure(FigureValue):
    """Two values of each item, joined by a line, such as a score with and without a treatment.

    Attributes:
        before: The values on the left.
        after: The values on the right, item by item.
        labels: The names of the two sides.
        caption: What the figure shows.
        axis: The name and unit of the values.

    Raises:
        ReportError: A value is not finite, or the lengths differ.
    """

    before: Sequence[float]
    after: Sequence[float]
    labels: tuple[str, str] = ("control", "treatment")
    caption: str = ""
    axis: str = ""

    def __post_init__(self) -> None:
        where = figure_place(self.caption)
        before = checked_numbers(self.before, f"{where}, before")
        after = checked_numbers(self.after, f"{where}, after")
        labels = checked_texts(self.labels, f"{where}, labels")
        if len(before) != len(after) or len(labels) != len(("before", "after")):
            raise ReportError(f"{where}: before and after need equal lengths, and two labels")
        checked_text(self.axis, f"{where}, axis")
        set_fields(self, before=before, after=after, labels=labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaincloudFigure(FigureValue):
    """Distributions as density, quartiles and single values, one below the other.

    Attributes:
        samples: One to eight samples.
        caption: What the figure shows.
        axis: The name and unit of the values.

    Raises:
        ReportError: There are no samples or more than eight.
    """

    samples: Sequence[Sample]
    caption: str = ""
    axis: str = ""

    def __post_init__(self) -> None:
        where = figure_place(self.caption)
        checked_text(self.axis, f"{where}, axis")
        set_fields(self, samples=checked_series(self.samples, Sample, where))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixFigure(FigureValue):
    """A value for each pair of a row and a column, such as the agreement of models.

    Attributes:
        rows: The names of the rows.
        columns: The names of the columns.
        values: The values row by row; None for a pair without one.
        caption: What the figure shows.
        low: The value of the lightest shade; None takes the smallest.
        high: The value of the darkest shade; None takes the largest.

    Raises:
        ReportError: A row does not fit, or a value is not finite.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float | None]]
    caption: str = ""
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        where = figure_place(self.caption)
        rows = checked_texts(self.rows, f"{where}, rows")
        columns = checked_texts(self.columns, f"{where}, columns")
        if not (0 < len(rows) <= _MAX_LABELS and 0 < len(columns) <= _MAX_LABELS):
            raise ReportError(f"{where}: give 1 to {_MAX_LABELS} rows and columns")
        values = tuple(
            tuple(None if each is None else checked_finite(each, where) for each in row)
            for row in checked_tuple(self.values, f"{where}, values")
        )
        if len(values) != len(rows) or any(len(row) != len(columns) for row in values):
            raise ReportError(f"{where}: values need {len(rows)} rows of {len(columns)} numbers")
        for field in ("low", "high"):
            if (end := getattr(self, field)) is not None:
                set_fields(self, **{field: checked_finite(end, f"{where}, {field}")})
        set_fields(self, rows=rows, columns=columns, values=values)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankFigure(FigureValue):
    """Mean ranks with a critical difference (Demsar, 2006); groups without a difference are joined.

    Attributes:
        ranks: (name, mean rank) of each method; rank 1 is the best.
        critical_difference: Ranks that differ by less are not different.
        caption: What the figure shows.

    Raises:
        ReportError: There are fewer than two ranks, or a number is not finite.
    """

    ranks: Sequence[tuple[str, float]]
    critical_difference: float
    caption: str = ""

    def __post_init__(self) -> None:
        where = figure_place(self.caption)
        ranks = tuple(
            (checked_text(name, f"{where}, ranks"), checked_finite(rank, f"{where}, {name!r}"))
            for name, rank in checked_tuple(self.ranks, f"{where}, ranks")
        )
        if not 1 < len(ranks) <= _MAX_LABELS:
            raise ReportError(f"{where}: give 2 to {_MAX_LABELS} ranks, got {len(ranks)}")
        difference = checked_finite(self.critical_difference, f"{where}, critical_difference")
        set_fields(self, ranks=ranks, critical_difference=difference)

    @property
    def cliques(self) -> tuple[tuple[float, float], ...]:
        """The first and last rank of each largest group without a difference."""
        ordered = sorted(rank for _, rank in self.ranks)
        groups: list[tuple[float, float]] = []
        for first in ordered:
            last = max(rank for rank in ordered if rank - first <= self.critical_difference)
            if last > first and (not groups or last > groups[-1][1]):
                groups.append((first, last))
        return tuple(groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan(Value):
    """One bar of a timeline.

    Attributes:
        label: The row it stands in; spans of one label share a row.
        start: When it begins.
        end: When it ends.

    Raises:
        ReportError: A time is not finite, or the end is before the start.
    """

    label: str
    start: float
    end: float

    def __post_init__(self) -> None:
        where = f"time span {checked_text(self.label, 'time span, label')!r}"
        start, end = checked_finite(self.start, where), checked_finite(self.end, where)
        if end < start:
            raise ReportError(f"{where}: it ends at {end:g}, before its start at {start:g}")
        set_fields(self, start=start, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFigure(FigureValue):
    """Bars in time, such as the requests of a run by model.

    Attributes:
        spans: The bars.
        caption: What the figure shows.
        axis: The name and unit of the time.

    Raises:
        ReportError: There are no bars, or too many rows.
    """

    spans: Sequence[TimeSpan]
    caption: str = ""
    axis: str = ""

    def __post_init__(self) -> None:
        where = figure_place(self.caption)
        spans = checked_tuple(self.spans, f"{where}, spans")
        if not spans or not all(isinstance(each, TimeSpan) for each in spans):
            raise ReportError(f"{where}: give at least one TimeSpan")
        if len({each.label for each in spans}) > _MAX_LABELS:
            raise ReportError(f"{where}: more than {_MAX_LABELS} rows; draw fewer")
        checked_text(self.axis, f"{where}, axis")
        set_fields(self, spans=spans)
