"""One table per result, printed as text, Markdown, LaTeX, HTML or JSON with its text escaped."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from .errors import InvalidOptionError
from .shown import on_one_line, printable

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "∞": r"$\infty$",
    "²": r"\textsuperscript{2}",
    "±": r"$\pm$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
}

Format = Literal["text", "markdown", "latex", "html", "json"]


def plain(value: Any) -> Any:
    """JSON-safe: NaN becomes null, infinities become text, dataclasses become objects."""
    if isinstance(value, float):
        return _plain_float(value)
    if isinstance(value, bool | str | int) or value is None:
        return value
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence):
        return [plain(entry) for entry in value]
    return plain(value.tolist()) if hasattr(value, "tolist") else str(value)


def _plain_float(value: float) -> float | str | None:
    if math.isfinite(value):
        return float(value)
    return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


class Value:
    """What every public value can do: become data."""

    __slots__ = ()

    def to_dict(self) -> dict[str, object]:
        """The whole value as JSON-safe data: NaN becomes None, infinities become text."""
        found: dict[str, object] = plain(self)
        return found

    def to_json(self) -> str:
        """``to_dict`` as one JSON document."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTable(Value):
    """Rows of text under a title, with notes below."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """Columns padded to equal width."""
        lines = [tuple(map(on_one_line, line)) for line in (self.columns, *self.rows)]
        title, *notes = map(on_one_line, (self.title, *self.notes))
        widths = [max(len(line[index]) for line in lines) for index in range(len(self.columns))]

        def padded(line: tuple[str, ...]) -> str:
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            return "  ".join(cells).rstrip()

        rule = "  ".join("-" * width for width in widths)
        head, *rows = map(padded, lines)
        return "\n".join([title, "", head, rule, *rows, *notes])

    def markdown(self) -> str:
        """A Markdown table with every special character escaped."""

        def line(cells: Sequence[str]) -> str:
            return "| " + " | ".join(_markdown(cell) for cell in cells) + " |"

        body = [line(self.columns), "|" + " --- |" * len(self.columns), *map(line, self.rows)]
        notes = [f"\n{_markdown(note)}" for note in self.notes]
        return "\n".join([f"**{_markdown(self.title)}**", "", *body, *notes]) + "\n"

    def latex(self) -> str:
        """A booktabs table."""

        def line(cells: Sequence[str]) -> str:
            return " & ".join(_latex(cell) for cell in cells) + r" \\"

        notes = [rf"\par\smallskip\footnotesize {_latex(note)}" for note in self.notes]
        return "\n".join(
            [
                r"\begin{table}[htbp]",
                r"\centering",
                rf"\caption{{{_latex(self.title)}}}",
                rf"\begin{{tabular}}{{l{'r' * (len(self.columns) - 1)}}}",
                r"\toprule",
                line(self.columns),
                r"\midrule",
                *map(line, self.rows),
                r"\bottomrule",
                r"\end{tabular}",
                *notes,
                r"\end{table}",
                "",
            ]
        )

    def html(self) -> str:
        """An HTML table with its text escaped."""

        def line(cells: Sequence[str], tag: str) -> str:
            return (
                "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"
            )

        body = "\n".join(line(row, "td") for row in self.rows)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return (
            f"<table>\n<caption>{html.escape(self.title)}</caption>\n"
            f"<thead>{line(self.columns, 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n</table>{notes}"
        )


def _markdown(text: str) -> str:
    for sign in ("\\", "|", "*", "_", "`", "[", "]"):
        text = text.replace(sign, f"\\{sign}")
    # Entities, because a backslash before a tag is not safe in every renderer.
    return html.escape(text, quote=False).replace("\n", " ")


def _latex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text.replace("\n", " "))


class Result(Value):
    """What every result can do: become data, a table in four formats, or a notebook cell."""

    __slots__ = ()

    def table(self) -> ResultTable:
        """The result as rows of text."""
        raise NotImplementedError

    def to_markdown(self) -> str:
        """The table in Markdown, with every special character escaped."""
        return printable(self.table().markdown())

    def to_latex(self) -> str:
        """A booktabs table with every special character escaped."""
        return printable(self.table().latex())

    def to_html(self) -> str:
        """The table in HTML, with its text escaped."""
        return printable(self.table().html())

    def summary(self, format: Format = "text") -> str:
        """The table as ``text``, ``markdown``, ``latex``, ``html`` or ``json``.

        Raises:
            InvalidOptionError: Unknown format.
        """
        if format == "json":
            return self.to_json()
        if format not in ("text", "markdown", "latex", "html"):
            raise InvalidOptionError(
                "format", format, ("text", "markdown", "latex", "html", "json")
            )
        rendered: str = getattr(self.table(), format)()
        return printable(rendered)

    def _repr_html_(self) -> str:
        return self.to_html()
