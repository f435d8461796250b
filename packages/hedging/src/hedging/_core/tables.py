"""Tables of results, as HTML for notebooks and as Markdown for documents."""

from collections.abc import Sequence

Rows = Sequence[Sequence[object]]


def html_table(caption: str, headers: Sequence[str], rows: Rows) -> str:
    """An HTML table; every text is escaped."""
    from html import escape  # noqa: PLC0415  # only notebooks need it

    head = "".join(f"<th>{escape(name)}</th>" for name in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def markdown_table(headers: Sequence[str], rows: Rows) -> str:
    """A Markdown table, without a line break at its end."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def signed_percent(share: float, digits: int = 0) -> str:
    """A change in per cent with its sign; a change that rounds to zero has none."""
    text = f"{share:+.{digits}%}"
    return text[1:] if not text.strip("+-0.%") else text


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
