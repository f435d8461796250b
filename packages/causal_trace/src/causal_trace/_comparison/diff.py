"""What changed between two chains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from .._core.errors import InvalidTraceError
from .._core.json_values import Value
from .._core.shown import shown
from .._core.text import one_line
from .._model.chain import Chain
from .._model.event import TraceEvent
from .alignment import Pair, align
from .similarity import Words

MatchBy = Literal["content", "id", "position"]

FIELDS = (
    "type",
    "evidence",
    "decision",
    "reasoning",
    "alternatives",
    "confidence",
    "code_section",
    "spec_reference",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedEvent(Value):
    """An event of one chain and its counterpart in the other.

    Attributes:
        before: The event of the first chain.
        after: The event of the second chain.
        fields: The names of the fields that differ; times and ids are not compared.
        similarity: How alike the two are, from 0 to 1.
    """

    before: TraceEvent
    after: TraceEvent
    fields: tuple[str, ...]
    similarity: float

    @property
    def confidence_change(self) -> float | None:
        """The stated confidence after minus before; None unless both are stated."""
        if self.before.confidence is None or self.after.confidence is None:
            return None
        return self.after.confidence - self.before.confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainDiff(Value):
    """What changed from one chain to another.

    Attributes:
        first: The name of the first chain.
        second: The name of the second chain.
        pairs: Pairs of indices in order; None where an event has no counterpart.
        same: The number of events that are equal in both.
        changed: The events that differ in some field.
        removed: The events of the first chain without counterpart.
        added: The events of the second chain without counterpart.
        similarity: Twice the sum of the similarities of the pairs over the number of all events,
            from 0 to 1; 1 for two empty chains.
    """

    first: str
    second: str
    pairs: tuple[Pair, ...]
    same: int
    changed: tuple[ChangedEvent, ...]
    removed: tuple[TraceEvent, ...]
    added: tuple[TraceEvent, ...]
    similarity: float

    @shown
    def __str__(self) -> str:
        return (
            f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed,"
            f" {self.same} the same; similarity {self.similarity:.2f}"
        )

    def to_text(self) -> str:
        """Return the comparison as plain text."""
        return "\n".join(one_line(line) for line in self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.first} -> {self.second}: {self}"
        for event in self.added:
            yield f"+ {_said(event)}"
        for event in self.removed:
            yield f"- {_said(event)}"
        for each in self.changed:
            yield f"~ {_said(each.before)}"
            for name in each.fields:
                yield f"  {name}: {_shown(each.before, name)} -> {_shown(each.after, name)}"

    def to_html(self) -> str:
        """Return the comparison as an HTML table. Every text is escaped."""
        cells = [("added", "", _said(event)) for event in self.added]
        cells += [("removed", _said(event), "") for event in self.removed]
        for each in self.changed:
            for name in each.fields:
                row = (name, _shown(each.before, name), _shown(each.after, name))
                cells.append(row)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(one_line(cell))}</td>' for cell in row)}</tr>"
            for row in cells
        )
        heads = "".join(f"<th>{escape(one_line(h))}</th>" for h in ("", self.first, self.second))
        caption = escape(one_line(str(self)))
        head = f"<caption>{caption}</caption><thead><tr>{heads}</tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table>"

    def _repr_html_(self) -> str:
        return self.to_html()


def compare_chains(first: Chain, second: Chain, *, match_by: MatchBy = "content") -> ChainDiff:
    """Return what changed from one chain to another.

    Args:
        first: The first chain.
        second: The second chain.
        match_by: How events find their counterparts: by what they say and their order, by id, or
            by position in the chain.

    Returns:
        Pairs, changed fields, and the similarity of the chains.

    Raises:
        InvalidTraceError: ``match_by`` is unknown.

    Example:
        >>> one = Chain(name="a", events=(TraceEvent(type="x", decision="use a Redis cache"),))
        >>> two = Chain(name="b", events=(TraceEvent(type="x", decision="use the Redis cache"),))
        >>> compare_chains(one, two).changed[0].fields
        ('decision',)
    """
    if match_by == "content":
        pairs = align(first.events, second.events)
    elif match_by == "position":
        longest = max(len(first), len(second))
        pairs = [(_if(n, len(first)), _if(n, len(second))) for n in range(longest)]
    elif match_by == "id":
        pairs = _by_id(first.events, second.events)
    else:
        raise InvalidTraceError("diff", f"match_by {match_by!r} is not content, id or position")
    return _diff(first, second, pairs)


def changed_fields(before: TraceEvent, after: TraceEvent) -> tuple[str, ...]:
    """Return the names of the fields that differ; times and ids are not compared."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def _diff(first: Chain, second: Chain, pairs: Sequence[Pair]) -> ChainDiff:
    changed: list[ChangedEvent] = []
    total, same = 0.0, 0
    for left, right in pairs:
        if left is None or right is None:
            continue
        before, after = first.events[left], second.events[right]
        alike = Words(before).similarity(Words(after))
        total += alike
        fields = changed_fields(before, after)
        same += not fields
        if fields:
            changed.append(
                ChangedEvent(before=before, after=after, fields=fields, similarity=alike)
            )
    count = len(first) + len(second)
    return ChainDiff(
        first=first.name,
        second=second.name,
        pairs=tuple(pairs),
        same=same,
        changed=tuple(changed),
        removed=tuple(first.events[n] for n, other in pairs if n is not None and other is None),
        added=tuple(second.events[n] for other, n in pairs if n is not None and other is None),
        similarity=2 * total / count if count else 1.0,
    )


def _by_id(first: Sequence[TraceEvent], second: Sequence[TraceEvent]) -> list[Pair]:
    where = {event.id: number for number, event in enumerate(second)}
    pairs: list[Pair] = [(number, where.pop(event.id, None)) for number, event in enumerate(first)]
    return [*pairs, *((None, number) for number in where.values())]


def _if(number: int, length: int) -> int | None:
    return number if number < length else None


def _said(event: TraceEvent) -> str:
    return f"{event.type}: {event.decision or event.reasoning}"


def _shown(event: TraceEvent, name: str) -> str:
    value = getattr(event, name)
    if name == "alternatives":
        return "; ".join(value) or "none"
    return "not stated" if value is None else str(value)
