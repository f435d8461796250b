"""How a number of each unit is written: its scale, its signs and its decimals."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .texts import fixed_text, non_finite_text, significant_text

Unit = Literal["number", "count", "share", "points", "usd", "usd_per_query", "ms", "p"]

_DECIMAL_EXPONENTS = (-9, 14)
_MAX_MORE_DECIMALS = 12
_SIGNIFICANT = range(4, 18)
_CENT = 0.01
# Below these prices of one query, the price of a thousand or a million queries is written.
_PER_QUERY, _PER_THOUSAND = 1.0, 1e-5


@dataclass(frozen=True, slots=True)
class Form:
    """How the numbers of one estimate are written.

    Attributes:
        scale: The factor before writing, such as 100 for a share.
        prefix: What stands before the digits, such as "$".
        suffix: What stands after the digits, such as " %".
        decimals: The number of decimals; None writes significant digits with an exponent.
        signed: Write a plus before positive numbers.
        significant: The number of significant digits where ``decimals`` is None.
    """

    scale: float = 1.0
    prefix: str = ""
    suffix: str = ""
    decimals: int | None = 0
    signed: bool = False
    significant: int = 4

    def text(self, value: float | None) -> str:
        """Return one number as text."""
        if value is None or not math.isfinite(value):
            unit = self.prefix or self.suffix
            return non_finite_text(value, unit, before=bool(self.prefix), signed=self.signed)
        scaled = value * self.scale
        if self.decimals is None:
            digits, negative = significant_text(abs(scaled), self.significant), scaled < 0
        else:
            digits = fixed_text(abs(scaled), self.decimals)
            negative = scaled < 0 and bool(digits.strip("0.,"))
        zero = not digits.strip("0.,")
        sign = "-" if negative else "+" if self.signed and not zero else ""
        return f"{sign}{self.prefix}{digits}{self.suffix}"


def form_of(
    unit: Unit,
    numbers: Sequence[float],
    *,
    digits: int | None = None,
    signed: bool = False,
    suffix: str = "",
) -> Form:
    """Return the form of an estimate and its interval.

    Args:
        unit: The unit.
        numbers: The estimate first, then the ends of its interval; all are written alike.
        digits: Decimals of shares, points, money and times; significant digits of other numbers.
        signed: Write a plus before positive numbers.
        suffix: A unit of the caller's own, such as "tokens".

    Returns:
        A form in which numbers that differ have texts that differ.
    """
    finite = [value for value in numbers if math.isfinite(value)]
    size = abs(finite[0]) if finite else 0.0
    form = replace(_basic_form(unit, size, digits), signed=signed)
    if suffix:
        form = replace(form, suffix=f"{form.suffix} {suffix}")
    return _separated(form, finite)


def _basic_form(  # noqa: PLR0911  # one for each unit
    unit: Unit, size: float, digits: int | None
) -> Form:
    match unit:
        case "share":
            return Form(scale=100.0, suffix=" %", decimals=1 if digits is None else digits)
        case "points":
            return Form(scale=100.0, suffix=" pp", decimals=1 if digits is None else digits)
        case "usd":
            return Form(prefix="$", decimals=_money_decimals(size) if digits is None else digits)
        case "usd_per_query":
            return _per_query(size, digits)
        case "ms":
            decimals = 1 if size >= 1 or size == 0 else _decimals(size, 3)
            return Form(suffix=" ms", decimals=decimals if digits is None else digits)
        case "count":
            return Form(decimals=0 if size == int(size) else _decimals(size, digits or 4))
        case _:
            return Form(decimals=_decimals(size, 4 if digits is None else digits))


def _per_query(size: float, digits: int | None) -> Form:
    if size >= _PER_QUERY or size == 0:
        scale, suffix = 1.0, " per query"
    elif size >= _PER_THOUSAND:
        scale, suffix = 1e3, " per 1,000 queries"
    else:
        scale, suffix = 1e6, " per million queries"
    decimals = _money_decimals(size * scale) if digits is None else digits
    return Form(scale=scale, prefix="$", suffix=suffix, decimals=decimals)


def _money_decimals(size: float) -> int | None:
    """Return two decimals from one dollar on, four from one cent on, else three digits."""
    if size == 0 or round(size, 4) >= 1:
        return 2
    return 4 if size >= _CENT else _decimals(size, 3)


def _decimals(size: float, digits: int) -> int | None:
    if size == 0:
        return 0
    digits = max(digits, 1)
    exponent = int(f"{size:.{digits - 1}e}".partition("e")[2])
    if not _DECIMAL_EXPONENTS[0] <= exponent <= _DECIMAL_EXPONENTS[1]:
        return None
    return max(digits - 1 - exponent, 0)


def _separated(form: Form, numbers: Sequence[float]) -> Form:
    """Return the form with decimals added until no end of an interval reads as the estimate."""
    return next((each for each in _longer(form) if _is_separated(each, numbers)), form)


def _longer(form: Form) -> Iterator[Form]:
    """The form with more and more decimals, then with significant digits."""
    if form.decimals is not None:
        for more in range(_MAX_MORE_DECIMALS):
            yield replace(form, decimals=form.decimals + more)
    for digits in _SIGNIFICANT:
        yield replace(form, decimals=None, significant=digits)


def _is_separated(form: Form, numbers: Sequence[float]) -> bool:
    texts = [form.text(value) for value in numbers]
    if numbers and numbers[0] != 0 and not texts[0].strip("+-$0.,% p"):
        return False  # only zero reads as zero
    return all(
        text != texts[0] for value, text in zip(numbers, texts, strict=True) if value != numbers[0]
    )
