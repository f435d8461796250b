"""Numbers as text, the same in every format.

The minus sign is the hyphen, and commas separate thousands. Only zero reads as zero where digits
can be added: a price of $0.00000024 keeps its digits.
"""

import math
from collections.abc import Callable
from operator import index
from typing import SupportsIndex

from .._core.errors import ReportError

UNKNOWN = "unknown"
_DECIMAL_EXPONENTS = (-9, 14)
_APA_FLOOR, _APA_CEILING = 0.001, 0.9995


def number_text(value: float | None, *, digits: int = 4, trim: bool = False) -> str:
    """Return a number with a given number of significant digits.

    Args:
        value: The number. Whole numbers (``int``, also of numpy) keep all their digits. None and
            NaN read as "unknown".
        digits: The number of significant digits, at least 1. Digits before the point are all kept.
        trim: Leave out zeros at the end.

    Returns:
        Such as "0.9123", "1,319" or "∞".

    Example:
        >>> number_text(0.91234), number_text(1319), number_text(0.5, trim=True)
        ('0.9123', '1,319', '0.5')
    """
    if isinstance(value, SupportsIndex):  # not int: the integers of numpy are counts too
        return f"{index(value):,}"
    text = non_finite_text(value) or significant_text(float(value or 0.0), digits)
    if trim and "." in text and "e" not in text:
        return text.rstrip("0").rstrip(".")
    return text


def p_text(p_value: float | None, *, name: bool = False) -> str:
    """Return a p-value in APA style (Publication Manual, 7th edition, 6.36): no leading zero.

    Args:
        p_value: In [0, 1]; None and NaN read as "-".
        name: Write "p = .012" and "p < .001" for a sentence, not ".012" and "< .001".

    Returns:
        Three decimals, "< .001" or "> .999".

    Raises:
        ReportError: The p-value is outside [0, 1].

    Example:
        >>> p_text(0.0123), p_text(0.0004, name=True)
        ('.012', 'p < .001')
    """
    if p_value is None or math.isnan(p_value):
        return "-"
    if not 0 <= p_value <= 1:
        raise ReportError(f"p_value: expected a number in [0, 1], got {p_value!r}")
    if p_value < _APA_FLOOR:
        text = "< .001"
    elif p_value >= _APA_CEILING:
        text = "> .999"
    else:
        text = f"{p_value:.3f}".lstrip("0")
    if not name:
        return text
    return f"p {text}" if text[0] in "<>" else f"p = {text}"


def percent_text(share: float | None, *, digits: int = 1, signed: bool = False) -> str:
    """Return a proportion as percent.

    Args:
        share: The proportion: 0.912 reads as "91.2 %". None and NaN read as "unknown".
        digits: The number of decimals.
        signed: Write a plus before positive numbers, for differences.

    Returns:
        Such as "91.2 %" or "+7.2 %".

    Example:
        >>> percent_text(0.912), percent_text(0.072, signed=True)
        ('91.2 %', '+7.2 %')
    """
    return (
        non_finite_text(share, " %", signed=signed)
        or fixed_text(100 * float(share or 0.0), digits, signed=signed) + " %"
    )


def milliseconds_text(latency_ms: float | None) -> str:
    """Return a duration in milliseconds.

    Args:
        latency_ms: The duration. None and NaN read as "unknown".

    Returns:
        One decimal from 1 ms on, three significant digits below: "812.3 ms", "0.0123 ms".

    Example:
        >>> milliseconds_text(1812.345), milliseconds_text(0.0123)
        ('1,812.3 ms', '0.0123 ms')
    """
    if text := non_finite_text(latency_ms, " ms"):
        return text
    value = float(latency_ms or 0.0)
    return (
        fixed_text(value, 1) if abs(value) >= 1 or value == 0 else significant_text(value, 3)
    ) + " ms"


def money_text(cost_usd: float | None) -> str:
    """Return a price in US dollars.

    Args:
        cost_usd: The price. None and NaN read as "unknown".

    Returns:
        Two decimals from $1 on, four from one cent on, and three significant digits below.

    Example:
        >>> money_text(12.5), money_text(0.0231), money_text(2.4e-7)
        ('$12.50', '$0.0231', '$0.000000240')
    """
    if text := non_finite_text(cost_usd, "$", before=True):
        return text
    value = float(cost_usd or 0.0)
    size = abs(value)
    if size == 0 or round(size, 4) >= 1:
        amount = f"{size:,.2f}"
    elif size >= 0.01:  # noqa: PLR2004  # one cent
        amount = f"{size:.4f}"
    else:
        amount = significant_text(size, 3)
    return f"-${amount}" if value < 0 else f"${amount}"


def interval_text(
    low: float | None,
    high: float | None,
    form: Callable[[float | None], str] = number_text,
) -> str:
    """Return an interval in brackets.

    Args:
        low: The lower end; minus infinity for an interval without one.
        high: The upper end; infinity for an interval without one.
        form: The function that writes each end, such as ``percent_text``.

    Returns:
        Such as "[0.896, 0.926]"; "-" when an end is None.

    Example:
        >>> interval_text(0.896, 0.926, percent_text)
        '[89.6 %, 92.6 %]'
    """
    if low is None or high is None:
        return "-"
    return f"[{form(low)}, {form(high)}]"


def non_finite_text(
    value: float | None, unit: str = "", *, before: bool = False, signed: bool = False
) -> str:
    """Return the text of None, NaN and infinity; empty for a finite number."""
    if value is None or math.isnan(value):
        return UNKNOWN
    if math.isfinite(value):
        return ""
    sign = "-" if value < 0 else "+" if signed else ""
    return f"{sign}{unit}∞" if before else f"{sign}∞{unit}"


def significant_text(value: float, digits: int) -> str:
    """Return significant digits, with an exponent only for very small and very large numbers."""
    if value == 0:
        return "0"
    scientific = f"{value:.{digits - 1}e}"
    exponent = int(scientific.partition("e")[2])
    if not _DECIMAL_EXPONENTS[0] <= exponent <= _DECIMAL_EXPONENTS[1]:
        return scientific
    return f"{value:,.{max(digits - 1 - exponent, 0)}f}"


def fixed_text(value: float, digits: int, *, signed: bool = False) -> str:
    text = f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"
    zero = not text.strip("+-0.,")
    return text.lstrip("+-") if zero else text
