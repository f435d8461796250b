"""Text for readers: keys of answers, money, counts, tables, and the mark of simulated results."""

import math
import re
from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction

# What a terminal acts on (C0 without tab and newline, DEL, C1), what changes the order in which
# text is read (Unicode TR 36), and what has no width, so that two names look the same. Joiners
# stay, which scripts and emoji need.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_MOST_DECIMALS = 12
_SMALL_USD = 1e-4


def shown(key: Hashable) -> str:
    """A key as text: numbers as decimals where they end, anything else by its ``str``."""
    if isinstance(key, Fraction) and key.denominator != 1:
        scaled = key * 10**_MOST_DECIMALS
        if scaled.denominator == 1:
            digits = f"{abs(scaled.numerator):0{_MOST_DECIMALS + 1}d}"
            decimals = digits[-_MOST_DECIMALS:].rstrip("0")
            return f"{'-' if key < 0 else ''}{digits[:-_MOST_DECIMALS]}.{decimals}"
    return str(key)


def printable(text: str) -> str:
    """Return a text in which control and direction characters are visible escapes.

    Args:
        text: Any text; tabs and ends of lines stay.
    """
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def on_one_line(text: str) -> str:
    """Return printable text in which ends of lines are visible escapes too.

    A name that holds an end of line could else write lines of its own below a result.
    """
    return printable(text).replace("\n", "\\n")


def money(usd: float | None) -> str:
    """Return an amount in dollars; small ones keep three digits, unknown ones say so."""
    if usd is None:
        return "cost unknown"
    decimals = 6
    if 0 < abs(usd) < _SMALL_USD:
        decimals = 2 - math.floor(math.log10(abs(usd)))
    return f"${usd:.{decimals}f}"


def counted(n: int, noun: str) -> str:
    """Return a number with its noun, such as "1 model" or "2 models"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def number_text(value: float, form: str) -> str:
    """Return a number in a format; a NaN is undefined."""
    return "undefined" if math.isnan(value) else format(value, form)


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [list(head), ["---"] * len(head), *map(list, rows)]
    return "\n".join(
        f"| {' | '.join(on_one_line(each).replace('|', '&#124;') for each in row)} |"
        for row in lines
    )


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in HTML with a text above it, everything escaped."""
    import html  # noqa: PLC0415  # only a notebook shows it

    def row(cells: Sequence[str], tag: str) -> str:
        shown = "".join(f"<{tag}>{html.escape(printable(cell))}</{tag}>" for cell in cells)
        return f"<tr>{shown}</tr>"

    above = html.escape(printable(caption)).replace("\n", "<br>")
    body = "".join(row(cells, "td") for cells in rows)
    return f"<p>{above}</p><table><thead>{row(head, 'th')}</thead><tbody>{body}</tbody></table>"


def marked(text: str | Iterable[str], source: str | None) -> str:
    """Return a text for readers that says when its results are simulated.

    Args:
        text: One line, or some lines; an end of line in any of them is shown as an escape.
        source: What answered.
    """
    text = "\n".join(map(on_one_line, [text] if isinstance(text, str) else text))
    if source != "simulated":
        return text
    return f"SIMULATED\n{text}" if "\n" in text else f"SIMULATED: {text}"
