"""A chain as a Mermaid diagram of four kinds."""

import re
from collections.abc import Callable, Iterator
from typing import Literal, get_args

from .._core.errors import InvalidTraceError
from .._core.text import one_line
from .._model.chain import Chain
from .._model.event import TraceEvent
from .._model.relations import relations

MermaidKind = Literal["flowchart", "sequence", "timeline", "graph"]

# Everything but letters, digits and these signs can be markup in some kind of diagram.
_MARKUP = re.compile(r"[^\w .,'!?/-]")
_COLORS = {
    "hypothesis formation": "#e8f5e9",
    "alternative consideration": "#ffebee",
    "constraint identification": "#fff3e0",
    "pattern application": "#e3f2fd",
    "uncertainty flagging": "#fff9c4",
    "decision making": "#e0f2f1",
    "native reasoning": "#f3e5f5",
}


def to_mermaid(
    chain: Chain,
    kind: MermaidKind = "flowchart",
    *,
    include_confidence: bool = False,
    color_by_type: bool = True,
    max_label_length: int = 60,
    show_alternatives: bool = False,
    title: str | None = None,
) -> str:
    """Return a chain as a Mermaid diagram.

    Args:
        chain: The chain.
        kind: ``flowchart`` (events in order), ``graph`` (by parents and dependencies), ``sequence``
            (messages between model, stages and tools) or ``timeline``.
        include_confidence: Add stated confidences to the labels.
        color_by_type: Color events by category, in flowchart and graph.
        max_label_length: The largest number of characters of a label.
        show_alternatives: Show rejected alternatives.
        title: A title; None shows none.

    Returns:
        The diagram. Every text is escaped.

    Raises:
        InvalidTraceError: The kind is unknown, or the length is below 4.

    Example:
        >>> print(to_mermaid(Chain(name="c", events=(TraceEvent(type="x", decision="go"),))))
        flowchart TD
          E0["x#58; go"]
    """
    if kind not in get_args(MermaidKind):
        known = ", ".join(get_args(MermaidKind))
        raise InvalidTraceError("mermaid", f"kind {kind!r} is unknown; use one of {known}")
    if max_label_length < 4:  # a letter and an ellipsis
        raise InvalidTraceError("mermaid", "max_label_length must be at least 4")

    def label(event: TraceEvent) -> str:
        said = event.decision or event.reasoning or "redacted"
        stated = event.confidence if include_confidence else None
        shown = _cut(f"{event.type}: {said}", max_label_length)
        return _escape(shown + ("" if stated is None else f" ({stated:.2f})"))

    def alternatives(event: TraceEvent) -> list[str]:
        kept = event.alternatives if show_alternatives else ()
        return [_escape(_cut(each, max_label_length)) for each in kept]

    head = ["---", f'title: "{_escape(title)}"', "---"] if title else []
    body = _KINDS[kind](chain, label, alternatives)
    colors = _colors(chain) if color_by_type and kind in ("flowchart", "graph") else ()
    return "\n".join([*head, *body, *colors])


Label = Callable[[TraceEvent], str]
Alternatives = Callable[[TraceEvent], list[str]]


def _flowchart(chain: Chain, label: Label, alternatives: Alternatives) -> Iterator[str]:
    yield "flowchart TD"
    yield from _nodes(chain, label, alternatives)
    for number in range(1, len(chain)):
        yield f"  E{number - 1} --> E{number}"


def _graph(chain: Chain, label: Label, alternatives: Alternatives) -> Iterator[str]:
    yield "flowchart LR"
    yield from _nodes(chain, label, alternatives)
    numbers = {event.id: number for number, event in enumerate(chain)}
    for event_id, before in relations(chain).parents.items():
        for each in before:
            yield f"  E{numbers[each]} --> E{numbers[event_id]}"


def _nodes(chain: Chain, label: Label, alternatives: Alternatives) -> Iterator[str]:
    if not len(chain):
        yield '  none["no events"]'
    for number, event in enumerate(chain):
        yield f'  E{number}["{label(event)}"]'
        for place, each in enumerate(alternatives(event)):
            yield f'  E{number}A{place}(["rejected: {each}"])'
            yield f"  E{number} -.-> E{number}A{place}"


def _sequence(chain: Chain, label: Label, alternatives: Alternatives) -> Iterator[str]:
    yield "sequenceDiagram"
    yield "  participant M as model"
    stages = dict.fromkeys(event.stage_id or "answer" for event in chain)
    names = {stage: f"S{number}" for number, stage in enumerate(stages)}
    for stage, name in names.items():
        yield f"  participant {name} as {_escape(_cut(stage, 40))}"
    for event in chain:
        target = names[event.stage_id or "answer"]
        arrow = "-->>" if event.evidence == "native_reasoning" else "->>"
        yield f"  M{arrow}{target}: {label(event)}"
        for each in alternatives(event):
            yield f"  Note over {target}: rejected {each}"


def _timeline(chain: Chain, label: Label, alternatives: Alternatives) -> Iterator[str]:
    yield "timeline"
    if not len(chain):
        yield "  no events"
    for number, event in enumerate(chain, start=1):
        parts = [label(event), *(f"rejected {each}" for each in alternatives(event))]
        yield f"  {number} : {' : '.join(parts)}"


_KINDS = {"flowchart": _flowchart, "graph": _graph, "sequence": _sequence, "timeline": _timeline}


def _colors(chain: Chain) -> Iterator[str]:
    used: dict[str, list[str]] = {}
    for number, event in enumerate(chain):
        if event.category in _COLORS:
            used.setdefault(event.category, []).append(f"E{number}")
    for place, (category, nodes) in enumerate(used.items()):
        yield f"  classDef c{place} fill:{_COLORS[category]},color:#1b1f24"
        yield f"  class {','.join(nodes)} c{place}"


def _cut(text: str, length: int) -> str:
    line = one_line(text)
    return line if len(line) <= length else line[: length - 1] + "\u2026"


def _escape(text: str) -> str:
    """Return a text with every sign that can be markup as an entity code."""
    line = _MARKUP.sub(lambda found: f"#{ord(found[0])};", one_line(text))
    # A word such as "end" closes a block, and o or x next to an arrow is an arrow head.
    return re.sub(r"\b(end|click|style|class|subgraph)\b", r"\1#8203;", line, flags=re.IGNORECASE)
