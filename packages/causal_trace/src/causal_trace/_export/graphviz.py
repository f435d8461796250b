"""A chain as a Graphviz graph."""

from collections.abc import Iterator

from .._core.text import one_line
from .._model.chain import Chain
from .._model.relations import relations

_SHAPES = {
    "self_reported": "box",
    "native_reasoning": "ellipse",
    "summary": "note",
    "redacted": "octagon",
    "observed": "component",
}


def to_graphviz(chain: Chain, *, max_label_length: int = 60) -> str:
    """Return a chain as a graph in the DOT language, its shapes by evidence.

    Args:
        chain: The chain.
        max_label_length: The largest number of characters of a label.

    Example:
        >>> print(to_graphviz(Chain(name="c")))
        digraph "c" {
          rankdir=TB
        }
    """
    return "\n".join(_lines(chain, max_label_length))


def _lines(chain: Chain, length: int) -> Iterator[str]:
    yield f"digraph {_quoted(chain.name)} {{"
    yield "  rankdir=TB"
    numbers = {event.id: number for number, event in enumerate(chain)}
    for number, event in enumerate(chain):
        said = one_line(event.decision or event.reasoning or "redacted")
        shown = said if len(said) <= length else said[: length - 1] + "\u2026"
        text = _quoted(f"{event.type}: {shown}")
        yield f"  e{number} [label={text}, shape={_SHAPES[event.evidence]}]"
    for event_id, before in relations(chain).parents.items():
        for each in before:
            yield f"  e{numbers[each]} -> e{numbers[event_id]}"
    yield "}"


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
