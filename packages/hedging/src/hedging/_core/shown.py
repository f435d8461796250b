"""What people see of results: text that a terminal does not obey, and tables for documents."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

_Self = TypeVar("_Self")
Rows = Sequence[Sequence[object]]
# What a terminal acts on (C0 without tab and newline, DEL, C1), what changes the order in which
# text is read (Unicode TR 36), and what has no width, so that two names look the same. Joiners
# stay, which scripts and emoji need.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return a text in which control and direction characters are visible escapes.

    Args:
        text: Any text; tabs and ends of lines stay.
    """
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def on_one_line(text: str) -> str:
    """Return printable text in which ends of lines are visible escapes too.

    A name that holds an end of line could else write lines of its own below a result.

    Args:
        text: Any text; tabs stay.
    """
    return printable(text).replace("\n", "\\n")


def shown(method: Callable[[_Self], str | Iterable[str]]) -> Callable[[_Self], str]:
    """Let a ``__str__`` return printable text, whatever names and answers it holds.

    Args:
        method: The ``__str__`` that may hold text from outside. Its text is one line; where it has
            more, it returns them one by one.
    """

    def __str__(self: _Self) -> str:  # noqa: N807  # the name that a traceback shows
        text = method(self)
        return "\n".join(map(on_one_line, [text] if isinstance(text, str) else text))

    return __str__


def html_table(caption: str, headers: Sequence[str], rows: Rows) -> str:
    """An HTML table; every text is escaped."""
    from html import escape  # noqa: PLC0415  # only notebooks need it

    head = "".join(f"<th>{escape(name)}</th>" for name in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return printable(
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def markdown_table(headers: Sequence[str], rows: Rows) -> str:
    """A Markdown table, without a line break at its end."""
    lines = [headers, ["---"] * len(headers), *rows]
    table = "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)
    return printable(table)


def signed_percent(share: float, digits: int = 0) -> str:
    """A change in per cent with its sign; a change that rounds to zero has none."""
    text = f"{share:+.{digits}%}"
    return text[1:] if not text.strip("+-0.%") else text


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


# What texts of errors hold keys in: user and password of an address, values of its query, headers
# that a client refused, and the forms of well-known keys. Each with what it needs to be tried.
_KEYS: tuple[tuple[str, str, str], ...] = (
    ("://", r"(?<=://)[^\s/?#]{1,2000}@", "[key]@"),
    # A password with a stroke or a blank, where a port would stand.
    ("://", r"(?<=://)[^\s/?#:@\[]{0,200}:(?!\d{1,5}(?:[\s/?#'\")\],;]|$))[^\n]{0,500}@", "[key]@"),
    (
        "=",
        r"([?&][^\s=&?#\"<>/]{1,100}=)[^\s&#\"]+?(?=['\").,;:\]>]{0,3}(?:[\s&#\"]|$))",
        r"\1[key]",
    ),
    ("eader value", r"(?i:(header value:?\s{1,3}b?['\"]).*)", r"\1[key]"),
    ("key", r"(?i:(api[ _-]?key(?: provided)?['\"]?\s?[:=]\s?['\"]?)[^\s'\",]{8,})", r"\1[key]"),
    ("earer ", r"(?i:(?<=bearer )[^\s'\",]{8,})", "[key]"),
    ("asic ", r"(?i:(?<=basic )(?=\S*[\d=])[\w+/=-]{8,})", "[key]"),
    ("", r"\b(?:sk-[\w-]{16,}|gh[pousr]_\w{12,}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,})", "[key]"),
    ("", r"\b(?:hf_\w{20,}|xox[abpr]-[A-Za-z0-9-]{10,}|github_pat_\w{20,})", "[key]"),
)


def without_keys(text: str) -> str:
    """The text of an error of others without what it holds keys in, as far as their form shows it.

    Args:
        text: The text, such as one that quotes an address or a header.
    """
    for mark, pattern, shown_as in _KEYS:
        if mark in text:
            text = re.sub(pattern, shown_as, text)
    return text
