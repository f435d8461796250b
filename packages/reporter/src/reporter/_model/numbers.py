"""How numbers read, one way in every format.

The minus is the hyphen, thousands are set apart by commas, and nothing is rounded to a zero that is
none: a price of $0.00000024 keeps its digits.
"""

import math
from collections.abc import Callable

from .._core.errors import ReportError

UNKNOWN = "unknown"
_PLAIN_EXPONENTS = (-9, 14)
_APA_FLOOR, _APA_CEILING = 0.001, 0.9995


def number_text(value: float | None, *, digits: int = 4, trim: bool = False) -> str:
    """A number with so many significant digits; counts (``int``) and larger ones in full.

    Args:
        value: The number; None reads as "unknown".
        digits: How many digits count, at least 1.
        trim: Leave out zeros at the end.
    """
    if isinstance(value, int):
        return f"{value:,}"
    text = _odd(value) or _plain(float(value or 0.0), digits)
    if trim and "." in text and "e" not in text:
        return text.rstrip("0").rstrip(".")
    return text


def p_text(p_value: float | None, *, name: bool = False) -> str:
    """A p-value as APA prints it (Publication Manual, 7th edition, 6.36): no leading zero.

    Args:
        p_value: In [0, 1]; None reads as "-".
        name: Write "p = .012" and "p < .001" for a sentence, not ".012" and "< .001".

    Raises:
        ReportError: It is outside [0, 1].
    """
    if p_value is None or math.isnan(p_value):
        return "-"
    if not 0 <= p_value <= 1:
        raise ReportError(f"p_value: {p_value!r} is no probability; it must lie in [0, 1]")
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
    """A share as percent.

    Args:
        share: 0.912 reads as "91.2 %"; None as "unknown".
        digits: Digits behind the point.
        signed: Give positive ones a plus, for differences.
    """
    return (
        _odd(share, " %", signed=signed)
        or _fixed(100 * float(share or 0.0), digits, signed=signed) + " %"
    )


def milliseconds_text(latency_ms: float | None) -> str:
    """A time: "812.3 ms", "0.0123 ms"; None reads as "unknown"."""
    if odd := _odd(latency_ms, " ms"):
        return odd
    value = float(latency_ms or 0.0)
    return (_fixed(value, 1) if abs(value) >= 1 or value == 0 else _plain(value, 3)) + " ms"


def money_text(cost_usd: float | None) -> str:
    """A price in dollars: cents from one dollar on, more digits below; None reads as "unknown"."""
    if odd := _odd(cost_usd, "$", before=True):
        return odd
    value = float(cost_usd or 0.0)
    size = abs(value)
    if size == 0 or round(size, 4) >= 1:
        amount = f"{size:,.2f}"
    elif size >= 0.01:  # noqa: PLR2004  # one cent
        amount = f"{size:.4f}"
    else:
        amount = _plain(size, 3)
    return f"-${amount}" if value < 0 else f"${amount}"


def interval_text(
    low: float | None,
    high: float | None,
    form: Callable[[float | None], str] = number_text,
) -> str:
    """An interval in brackets.

    Args:
        low: Its lower end; minus infinity for one that is open.
        high: Its upper end.
        form: How each end reads, such as ``percent_text``.

    Returns:
        Such as "[0.896, 0.926]"; "-" when an end is unknown.
    """
    if low is None or high is None:
        return "-"
    return f"[{form(low)}, {form(high)}]"


def _odd(value: float | None, unit: str = "", *, before: bool = False, signed: bool = False) -> str:
    """The word for what is no finite number; empty for one that is."""
    if value is None or math.isnan(value):
        return UNKNOWN
    if math.isfinite(value):
        return ""
    sign = "-" if value < 0 else "+" if signed else ""
    return f"{sign}{unit}∞" if before else f"{sign}∞{unit}"


def _plain(value: float, digits: int) -> str:
    """So many significant digits, without an exponent where that can be read."""
    if value == 0:
        return "0"
    scientific = f"{value:.{digits - 1}e}"
    exponent = int(scientific.partition("e")[2])
    if not _PLAIN_EXPONENTS[0] <= exponent <= _PLAIN_EXPONENTS[1]:
        return scientific
    return f"{value:,.{max(digits - 1 - exponent, 0)}f}"


def _fixed(value: float, digits: int, *, signed: bool = False) -> str:
    text = f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"
    zero = not text.strip("+-0.,")
    return text.lstrip("+-") if zero else text
