"""Text for readers: the keys of answers, and the mark of simulated results."""

from collections.abc import Hashable
from fractions import Fraction

_MOST_DECIMALS = 12


def shown(key: Hashable) -> str:
    """A key as text: numbers as decimals where they end, anything else by its ``str``."""
    if isinstance(key, Fraction) and key.denominator != 1:
        scaled = key * 10**_MOST_DECIMALS
        if scaled.denominator == 1:
            digits = f"{abs(scaled.numerator):0{_MOST_DECIMALS + 1}d}"
            decimals = digits[-_MOST_DECIMALS:].rstrip("0")
            return f"{'-' if key < 0 else ''}{digits[:-_MOST_DECIMALS]}.{decimals}"
    return str(key)


def marked(text: str, source: str | None) -> str:
    """A text for readers, which says when what it tells of is simulated."""
    if source != "simulated":
        return text
    return f"SIMULATED\n{text}" if "\n" in text else f"SIMULATED: {text}"
