"""The events of a chain as an HTML table, for notebooks. Every text is escaped."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from .._core.text import one_line
from .event import TraceEvent

_HEADS = ("", "type", "decision", "reasoning", "alternatives", "confidence")


def events_table(caption: str, events: Sequence[TraceEvent]) -> str:
    """Return a table with one row for each event."""
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    rows = "".join(_row(_cells(number, event)) for number, event in enumerate(events, start=1))
    caption = f"<caption>{escape(one_line(caption))}</caption>"
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(one_line(cell))}</td>' for cell in cells)}</tr>"


def _cells(number: int, event: TraceEvent) -> Iterator[str]:
    yield str(number)
    yield event.type
    yield event.decision
    yield event.reasoning
    yield "; ".join(event.alternatives)
    yield "not stated" if event.confidence is None else f"{event.confidence:.2f}"
