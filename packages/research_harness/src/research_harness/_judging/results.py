"""What a check of a judge gives, with its table."""

from dataclasses import asdict, dataclass

from .._core.grids import html_grid, markdown_grid, text_grid
from .._core.interval import Interval
from .._core.text import on_lines, on_one_line
from .._report.wording import interval_text, value_text


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCondition:
    """One condition by a judge, and without the judge's errors.

    Attributes:
        condition: Its name.
        rows: The number of its rows with a mark of the judge.
        labelled: How many of them people labelled.
        judged: The mean of the judge's marks.
        agreement: The share of the labelled rows that the judge marks as people do.
        rate: The rate of right answers without the judge's errors; None with too few labels.
        interval: Its interval.
        problem: Why there is no rate; empty where there is one.
    """

    condition: str
    rows: int
    labelled: int
    judged: float
    agreement: float | None
    rate: float | None = None
    interval: Interval | None = None
    problem: str = ""

    def to_dict(self) -> dict[str, object]:
        """The condition as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedDifference:
    """The difference of a condition from the control without the judge's errors.

    Attributes:
        control: The condition that is subtracted.
        treatment: The condition it is subtracted from.
        estimate: The difference.
        interval: Its interval; all of them hold together.
    """

    control: str
    treatment: str
    estimate: float
    interval: Interval

    def to_dict(self) -> dict[str, object]:
        """The difference as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCheck:
    """A judge checked against people.

    Attributes:
        run: The id of the run.
        scorer: The name of the judge.
        chosen: Whether the labelled rows were chosen rather than drawn at random.
        conditions: The conditions.
        differences: The differences from the control; empty where too few items are labelled in
            both, and for rows that were chosen.
    """

    run: str
    scorer: str
    chosen: bool
    conditions: tuple[JudgedCondition, ...]
    differences: tuple[JudgedDifference, ...]

    def to_dict(self) -> dict[str, object]:
        """The check as plain values."""
        return {
            **asdict(self),
            "conditions": [each.to_dict() for each in self.conditions],
            "differences": [each.to_dict() for each in self.differences],
        }

    def __str__(self) -> str:
        return on_lines([*text_grid(self._grid()), *self._lines()])

    def to_markdown(self) -> str:
        """The check in Markdown.

        Returns:
            A table of the conditions, with the differences below.
        """
        below = "\n\n".join(map(on_one_line, self._lines()))
        return f"{markdown_grid(self._grid())}\n{below}\n"

    def _repr_html_(self) -> str:
        return html_grid(self._grid(), lines=self._lines())

    def _grid(self) -> list[list[str]]:
        head = ["condition", "rows", "labelled", f"by {self.scorer}", "agreement", "corrected"]
        return [head, *(_cells(each) for each in self.conditions)]

    def _lines(self) -> list[str]:
        how = (
            "were chosen (errors by kind of answer)"
            if self.chosen
            else "are taken as drawn at random"
        )
        return [
            f"the labelled rows {how}",
            *(
                f"{each.treatment} minus {each.control}, corrected:"
                f" {value_text(each.estimate, 'share', difference=True)}"
                f" {_ends(each.interval, difference=True)}"
                for each in self.differences
            ),
        ]


def _cells(found: JudgedCondition) -> list[str]:
    agreement = "" if found.agreement is None else value_text(found.agreement, "share")
    corrected = found.problem
    if found.rate is not None and found.interval is not None:
        corrected = f"{value_text(found.rate, 'share')} {_ends(found.interval)}"
    judged = value_text(found.judged, "share")
    return [found.condition, str(found.rows), str(found.labelled), judged, agreement, corrected]


def _ends(interval: Interval, *, difference: bool = False) -> str:
    return interval_text(
        {
            "low": interval.low,
            "high": interval.high,
            "level": interval.level,
            "method": interval.method,
        },
        "share",
        difference=difference,
    )
