"""A number of a report: its value with all that it is written from, and its text."""

import math
import re
from dataclasses import dataclass, replace
from operator import index
from typing import Any, Literal, SupportsIndex, get_args

from .._core.checks import checked_text, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value
from .._core.shown import shown
from .interval import Interval, checked_number
from .texts import p_text
from .units import Form, Unit, form_of

Direction = Literal["higher", "lower", "none"]
Show = Literal["value", "interval", "p", "full"]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*", re.ASCII)
_MISSING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Value):
    """A number. Its text is decided here, once for every format.

    Attributes:
        value: The value; None where it is unknown.
        unit: ``number``, ``count``, ``share`` (0.912 reads as 91.2 %), ``points`` (a difference of
            shares), ``usd``, ``usd_per_query``, ``ms`` or ``p``.
        interval: Its interval.
        p: The p-value of its test.
        direction: Whether ``higher`` or ``lower`` values are better; ``none`` for neither.
        digits: Decimals of shares, points, money and times; significant digits of other numbers.
            None takes what fits the unit.
        signed: Write a plus before positive values. None does so for points only.
        suffix: A unit of your own, written after the number, such as "tokens".
        name: The name by which texts refer to it, such as "accuracy.difference".
        show: The part that is written: ``value``, ``interval``, ``p``, or ``full`` for all.

    Raises:
        ReportError: A field has the wrong type, or an option is unknown.

    Example:
        >>> gain = Number(value=0.031, unit="points", interval=Interval(low=0.012, high=0.05))
        >>> gain.text, gain.as_full.text
        ('+3.1 pp', '+3.1 pp, 95 % CI [+1.2 pp, +5.0 pp]')
    """

    value: float | None
    unit: Unit = "number"
    interval: Interval | None = None
    p: float | None = None
    direction: Direction = "none"
    digits: int | None = None
    signed: bool | None = None
    suffix: str = ""
    name: str = ""
    show: Show = "value"

    def __post_init__(self) -> None:
        where = f"number {self.name!r}" if checked_text(self.name, "number, name") else "number"
        if self.name and not _NAME.fullmatch(self.name):
            raise ReportError(
                f"{where}: a name has letters, digits, '_', '-' and dots, such as 'accuracy.gain'"
            )
        for field, options in (("unit", Unit), ("direction", Direction), ("show", Show)):
            if getattr(self, field) not in get_args(options):
                known = ", ".join(get_args(options))
                raise ReportError(
                    f"{where}: unknown {field} {getattr(self, field)!r}; known: {known}"
                )
        checked_text(self.suffix, f"{where}, suffix")
        _check_digits(self.digits, where)
        if self.interval is not None and not isinstance(self.interval, Interval):
            raise ReportError(f"{where}: interval is {type(self.interval).__name__}, not Interval")
        p = None if self.p is None else checked_number(self.p, f"{where}, p")
        set_fields(self, value=_checked_value(self.value, where), p=p)
        p_text(self.value if self.unit == "p" else p)  # refuses values outside [0, 1]

    @property
    def text(self) -> str:
        """The number as a sentence has it, such as "p = .012" or "95 % CI [0.90, 0.93]"."""
        match self.show:
            case "interval":
                return self._interval_in_words()
            case "p":
                return p_text(self.p, name=True)
            case "full":
                parts = [self._value_text()]
                parts += [self._interval_in_words()] if self.interval else []
                parts += [p_text(self.p, name=True)] if self.p is not None else []
                return ", ".join(parts)
            case _:
                return p_text(self.value, name=True) if self.unit == "p" else self._value_text()

    @property
    def cell_text(self) -> str:
        """The number as a cell of a table has it, such as ".012" or "[0.90, 0.93]"."""
        match self.show:
            case "interval":
                return self._ends()
            case "p":
                return p_text(self.p)
            case "full":
                return f"{self._value_text()} {self._ends()}" if self.interval else self.text
            case _:
                return self._value_text()

    @property
    def as_interval(self) -> "Number":
        """The same number, written as its interval."""
        return replace(self, show="interval")

    @property
    def as_p(self) -> "Number":
        """The same number, written as its p-value."""
        return replace(self, show="p")

    @property
    def as_full(self) -> "Number":
        """The same number, written with its interval and its p-value."""
        return replace(self, show="full")

    @shown
    def __str__(self) -> str:
        return self.text

    def _form(self) -> Form:
        numbers = [] if self.value is None else [float(self.value)]
        if self.interval is not None:
            numbers += list(self.interval)
        return form_of(
            self.unit,
            numbers,
            digits=self.digits,
            signed=self.unit == "points" if self.signed is None else self.signed,
            suffix=self.suffix,
        )

    def _value_text(self) -> str:
        if self.unit == "p":
            return p_text(self.value)
        whole = isinstance(self.value, int) and self.unit in ("number", "count")
        if whole and self.interval is None:  # whole numbers keep all their digits
            sign = "+" if self.signed and self.value else ""
            sign = "" if (self.value or 0) < 0 else sign
            return f"{sign}{self.value:,}" + (f" {self.suffix}" if self.suffix else "")
        return self._form().text(self.value)

    def _ends(self) -> str:
        if self.interval is None:
            return _MISSING
        form = self._form()
        return f"[{form.text(self.interval.low)}, {form.text(self.interval.high)}]"

    def _interval_in_words(self) -> str:
        if self.interval is None:
            return _MISSING
        return f"{100 * self.interval.level:.4g} % CI {self._ends()}"


def _checked_value(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, SupportsIndex) and not isinstance(value, bool):
        return index(value)  # a count stays whole
    number = checked_number(value, where)
    return None if math.isnan(number) else number


def _check_digits(digits: object, where: str) -> None:
    if digits is None:
        return
    if not isinstance(digits, int) or isinstance(digits, bool) or not 0 <= digits <= 17:
        raise ReportError(f"{where}: digits is {digits!r}; give a whole number from 0 to 17")
