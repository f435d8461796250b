"""The tree of spans as HTML, failures first, within a budget of bytes."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import msgspec

from .._core.safe import printable
from .._metrics.metrics import dollars
from .._tracing.spans import Span

_MAX_BYTES = 2_000_000
_MAX_DEPTH = 40  # browsers refuse trees of several hundred levels
_MAX_POINTS = 50
_SHORT = 100
_LIMITS = (4000, 1000, 300, 100)  # characters of a text; the first that fits the budget
_GENEROUS = 3  # the share of one span in what is left: the first ones, with failures, have more
_FOLDED = ("prompt", "answer", "messages", "input", "output", "response", "question", "text")
_IN_HEAD = ("model", "cost_usd", "input_tokens", "output_tokens", "item_id", "error_type")
_encode = msgspec.json.Encoder(enc_hook=repr).encode


def text(value: object) -> str:
    """A value as escaped text without control characters."""
    return escape(printable(str(value)))


def tree(spans: Sequence[Span], used: int) -> str:
    """Spans as nested parts that can be unfolded; those with failures come first.

    Args:
        spans: Ordered by start.
        used: How many bytes the rest of the page has.
    """
    children = _children(spans)
    failing = _failing(spans)
    ordered = _in_order(children, failing)
    budget = _MAX_BYTES - used - 1000
    parts = [_parts(span, 0, opened=span.span_id in failing) for _, span in ordered]
    kept = _affordable(parts, budget)
    left = len(ordered) - kept
    more = f'\n<p class="quiet">{left} more spans are not shown.</p>' if left else ""
    rest = budget - sum(map(_size, parts[:kept]))
    for index, (_, span) in enumerate(ordered[:kept]):
        before = _size(parts[index])
        parts[index] = _with_texts(span, parts[index], _GENEROUS * rest // (kept - index))
        rest -= _size(parts[index]) - before
    return _joined(ordered[:kept], parts[:kept]) + more


def _with_texts(span: Span, short: tuple[str, str], budget: int) -> tuple[str, str]:
    """The parts of a span with its texts, cut so that they add at most so many bytes."""
    for limit in _LIMITS:
        head, inside = short[0], _parts(span, limit, opened=False)[1]
        if len(inside.encode()) - len(short[1].encode()) <= budget:
            return head, inside
    return short


def _children(spans: Sequence[Span]) -> dict[str | None, list[Span]]:
    """The spans below each span; those whose parent is unknown are below None."""
    known = {span.span_id for span in spans}
    found: dict[str | None, list[Span]] = {}
    for span in spans:
        parent = span.parent_id if span.parent_id in known else None
        found.setdefault(None if parent == span.span_id else parent, []).append(span)
    return found


def _failing(spans: Sequence[Span]) -> set[str]:
    """The ids of failed spans and of all spans around them."""
    by_id = {span.span_id: span for span in spans}
    found: set[str] = set()
    for span in spans:
        each: Span | None = span if span.success is False else None
        while each is not None and each.span_id not in found:
            found.add(each.span_id)
            each = by_id.get(each.parent_id or "")
    return found


def _in_order(children: dict[str | None, list[Span]], failing: set[str]) -> list[tuple[int, Span]]:
    """Each span with its depth, a span before its children, failures first."""

    def ordered(spans: Iterable[Span]) -> list[tuple[int, Span]]:
        return [(0, s) for s in sorted(spans, key=lambda s: s.span_id not in failing)]

    found: list[tuple[int, Span]] = []
    waiting = ordered(children.get(None, ()))[::-1]
    while waiting:
        depth, span = waiting.pop()
        found.append((depth, span))
        below = min(depth + 1, _MAX_DEPTH)
        waiting += [(below, each) for _, each in ordered(children.get(span.span_id, ()))[::-1]]
    return found


def _parts(span: Span, limit: int, *, opened: bool) -> tuple[str, str]:
    """The line of a span, and what unfolds below it."""
    failed = span.success is False
    name = f'<span class="bad">✗ {text(span.name)}</span>' if failed else text(span.name)
    about = " · ".join(text(each) for each in _about(span))
    line = f'{name} <span class="quiet">{about}</span>'
    inside = "".join(
        _field(key, value, limit)
        for key, value in span.fields.items()
        if key not in _IN_HEAD and value is not None
    )
    points = "".join(_point(point, limit) for point in span.points[:_MAX_POINTS])
    left = len(span.points) - _MAX_POINTS
    points += f'<div class="leaf quiet">{left} more events</div>' if left > 0 else ""
    return f"<details{' open' if opened else ''}><summary>{line}</summary>", inside + points


def _about(span: Span) -> list[str]:
    fields = span.fields
    duration = (span.end_ns - span.start_ns) / 1e6
    found = [f"{duration:.4g} ms"] if span.success is not None else ["no end"]
    for key in _IN_HEAD:
        value = fields.get(key)
        if value is not None:
            found.append(_short(_in_line(key, value)))
    return found


def _in_line(key: str, value: Any) -> str:
    priced = key == "cost_usd" and isinstance(value, int | float)
    return dollars(value) if priced else f"{_NAMES[key]}{value}"


_NAMES = {"model": "", "item_id": "item ", "error_type": "", "input_tokens": "in ",
          "output_tokens": "out ", "cost_usd": "cost "}  # fmt: skip


def _field(key: str, value: Any, limit: int) -> str:
    """A field: short values in a line, long ones and prompts folded."""
    shown = value if isinstance(value, str) else _encode(value).decode()
    if len(shown) <= _SHORT and key not in _FOLDED:
        return f'<div class="leaf">{text(_short(key))}: {text(shown)}</div>' if limit else ""
    if not limit:
        return ""
    rest = len(shown) - limit
    cut = f"{shown[:limit]} … {rest} more characters" if rest > 0 else shown
    return f"<details><summary>{text(_short(key))}</summary><pre>{text(cut)}</pre></details>"


def _point(point: tuple[str, int, dict[str, Any]], limit: int) -> str:
    name, _, attributes = point
    if not limit:
        return f'<div class="leaf quiet">{text(_short(name))}</div>'
    shown = _encode(attributes).decode()[: min(limit, 300)] if attributes else ""
    return f'<div class="leaf quiet">{text(_short(name))} {text(shown)}</div>'


def _short(value: str) -> str:
    return value if len(value) <= _SHORT else f"{value[:_SHORT]}…"


def _size(parts: tuple[str, str]) -> int:
    return sum(len(part.encode()) for part in parts) + len("</details>\n")


def _affordable(parts: Sequence[tuple[str, str]], budget: int) -> int:
    """How many of the first spans fit."""
    for index, each in enumerate(parts):
        budget -= _size(each)
        if budget < 0:
            return index
    return len(parts)


def _joined(ordered: Sequence[tuple[int, Span]], parts: Sequence[tuple[str, str]]) -> str:
    pieces: list[str] = []
    open_depth = -1
    for (depth, _), (line, inside) in zip(ordered, parts, strict=True):
        pieces.append("</details>" * max(0, open_depth - depth + 1))
        pieces.append(f"\n{line}{inside}")
        open_depth = depth
    pieces.append("</details>" * (open_depth + 1))
    return "".join(pieces)
