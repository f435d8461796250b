"""A chain as a Markdown page that shows every text of the model and obeys none."""

from collections.abc import Iterator

from .._model.chain import Chain
from .._model.event import Event
from .markdown_text import escape


def to_markdown(chain: Chain) -> str:
    """A page with the facts of the chain and one section for each decision.

    Args:
        chain: The chain; without events the page says so.
    """
    return "\n\n".join([*_head(chain), *_events(chain)]) + "\n"


def _head(chain: Chain) -> Iterator[str]:
    statistics = chain.statistics()
    yield f"# {escape(chain.name)}"
    if chain.description and chain.description.strip():
        yield escape(chain.description)
    average = statistics["avg_confidence"]
    yield "\n".join(
        [
            f"- **Chain ID:** {escape(chain.id)}",
            f"- **Created:** {escape(chain.created_at)}",
            f"- **Updated:** {escape(chain.updated_at)}",
            f"- **Total Events:** {len(chain)}",
            "- **Average Confidence:** " + ("none stated" if average is None else f"{average:.2f}"),
            f"- **Duration:** {statistics['duration_seconds']:g} s",
        ]
    )
    yield "The model's own report: stated reasons are no proof of what caused its answer."
    yield "## Events"
    if not chain.events:
        yield "No decisions were stated."


def _events(chain: Chain) -> Iterator[str]:
    numbers = {event.id: number for number, event in enumerate(chain, start=1)}
    for number, event in enumerate(chain, start=1):
        yield f"### {number}. {escape(event.type.replace('_', ' ').title())}"
        yield "\n".join(f"- **{name}:** {value}" for name, value in _facts(event, numbers))


def _facts(event: Event, numbers: dict[str, int]) -> Iterator[tuple[str, str]]:
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
