"""A report as Markdown (CommonMark with the tables of GitHub)."""

import re
from collections.abc import Sequence

from ._report import (
    Block,
    Bullets,
    Callout,
    Code,
    Inline,
    IntervalFigure,
    KeyValues,
    Paragraph,
    Report,
    Section,
    Span,
    Table,
    spans,
)

# What can begin or end markup: always, or only where it does not stand inside a word, before an
# entity, or where a link could follow.
_ANYWHERE = re.compile(r"([\\`*<|~$@]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w])|\](?=[(:\[]))")
_AT_BEGIN = re.compile(r"^([-+](?=[-+\s]|$)|[=#>]|\d+(?=[.)](?:\s|$)))")
# Addresses that would be turned into links without being marked as such.
_ADDRESS = re.compile(r"(://)|(?<=www)(\.)", re.IGNORECASE)
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")
_RULES = {"left": ":---", "right": "---:", "center": ":---:"}


def render_markdown(report: Report) -> str:
    """The report as Markdown; ends with a newline."""
    parts = [f"# {escape(report.title)}"]
    if report.banner:
        parts.append(f"> **{escape(report.banner)}**")
    if report.subtitle:
        parts.append(escape(report.subtitle))
    about = ", ".join(report.authors) + (
        f" ({report.date})" if report.date and report.authors else ""
    )
    if about or report.date:
        parts.append(escape(about or report.date or ""))
    for section in report.sections:
        parts += _section(section, level=2)
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Plain text as Markdown that shows it and nothing else; breaks of line become spaces."""
    line = _BREAKS.sub(" ", text).strip()
    line = _ANYWHERE.sub(r"\\\1", line)
    line = _ADDRESS.sub(lambda match: f"\\{match[0]}", line)
    return _AT_BEGIN.sub(_escaped_begin, line)


def _escaped_begin(match: re.Match[str]) -> str:
    """A sign gets its backslash before it, a number before the dot that follows."""
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def _section(section: Section, *, level: int) -> list[str]:
    parts = [f"{'#' * min(level, 6)} {escape(section.title)}"]
    for block in section.blocks:
        if isinstance(block, Section):
            parts += _section(block, level=level + 1)
        else:
            parts.append(_block(block))
    return parts


def _block(block: Block) -> str:  # noqa: PLR0911  # one for each kind of block
    match block:
        case Paragraph(text):
            return _inline(text)
        case Bullets(items):
            return "\n".join(f"- {_inline(item)}" for item in items)
        case KeyValues(pairs):
            return _table(Table(columns=("", ""), rows=pairs, align=("left", "left")))
        case Code(text, language):
            return _code(text, language)
        case Callout(text=text, kind=kind):
            return f"> **{kind.capitalize()}:** {_inline(text)}"
        case IntervalFigure():
            return _table(_figure_table(block))
        case Table():
            return _table(block)


def _inline(text: Inline) -> str:
    line = ""
    for piece in spans(text):
        part = _span(piece)
        if line.endswith("]") and part.startswith(("(", ":", "[")):
            line = f"{line[:-1]}\\]"  # two pieces must not make a link together
        line += part
    return line


def _span(piece: str | Span) -> str:
    if isinstance(piece, str):
        # The space between two pieces belongs to the text.
        lead = " " if piece[:1].isspace() else ""
        tail = " " if piece[-1:].isspace() and piece.strip() else ""
        return lead + escape(piece) + tail
    if piece.style == "code":
        return _code_span(piece.text)
    mark = "**" if piece.style == "strong" else "*"
    inner = escape(piece.text)
    return f"{mark}{inner}{mark}" if inner else ""


def _code_span(text: str) -> str:
    line = _BREAKS.sub(" ", text)
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line.strip() else ""


def _code(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{re.sub(r'[^A-Za-z0-9_+-]', '', language)}\n{text}\n{fence}"


def _table(table: Table) -> str:
    lines = []
    if table.caption:
        lines += [f"**{escape(table.caption)}**", ""]
    lines.append(_row(table.columns))
    lines.append("| " + " | ".join(_RULES[each] for each in table.alignment) + " |")
    lines += [_row(row) for row in table.rows]
    if table.notes:
        lines += ["", f"*{escape(table.notes)}*"]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(escape(cell) for cell in cells) + " |"


def _figure_table(figure: IntervalFigure) -> Table:
    """Markdown has no drawings: the numbers themselves."""
    return Table(
        columns=("", figure.axis or "value", "low", "high"),
        rows=[
            (
                point.label,
                f"{point.value:.6g}",
                "-" if point.low is None else f"{point.low:.6g}",
                "-" if point.high is None else f"{point.high:.6g}",
            )
            for point in figure.points
        ],
        caption=figure.caption,
    )
