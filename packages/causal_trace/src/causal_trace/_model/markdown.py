"""A chain as a Markdown page. Every text of the model is escaped."""

from collections.abc import Iterator, Mapping, Sequence

from .event import TraceEvent
from .markdown_text import escape


def chain_page(
    name: str, description: str | None, facts: Mapping[str, str], events: Sequence[TraceEvent]
) -> str:
    """Return a page with the facts of a chain and one section for each event."""
    return "\n\n".join([*_head(name, description, facts), *_sections(events)]) + "\n"


def _head(name: str, description: str | None, facts: Mapping[str, str]) -> Iterator[str]:
    yield f"# {escape(name)}"
    if description and description.strip():
        yield escape(description)
    yield "\n".join(f"- **{fact}:** {escape(value)}" for fact, value in facts.items())
    yield "The model's own report: stated reasons are not evidence of what caused its answer."


def _sections(events: Sequence[TraceEvent]) -> Iterator[str]:
    yield "## Events"
    if not events:
        yield "No decisions were stated."
    numbers = {event.id: number for number, event in enumerate(events, start=1)}
    for number, event in enumerate(events, start=1):
        yield f"### {number}. {escape(event.type.replace('_', ' ').title())}"
        yield "\n".join(f"- **{name}:** {value}" for name, value in _facts(event, numbers))


def _facts(event: TraceEvent, numbers: dict[str, int]) -> Iterator[tuple[str, str]]:
    for name, text in (("Decision", event.decision), ("Reasoning", event.reasoning)):
        if text.strip():
            yield name, escape(text)
    if event.alternatives:
        yield "Alternatives", "; ".join(escape(each) for each in event.alternatives)
    yield "Confidence", "not stated" if event.confidence is None else f"{event.confidence:.2f}"
    for name, optional in (
        ("Code Section", event.code_section),
        ("Spec Reference", event.spec_reference),
        ("Stage", event.stage_id),
    ):
        if optional and optional.strip():
            yield name, escape(optional)
    before = [*([event.parent_id] if event.parent_id else []), *event.depends_on]
    if before:
        known = (f"event {numbers[each]}" if each in numbers else escape(each) for each in before)
        yield "Follows From", ", ".join(known)
    yield "Timestamp", escape(event.timestamp)
