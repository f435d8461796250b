"""A chain as a Markdown page that shows every text of the model and obeys none."""

import re
from collections.abc import Iterator

from ._chain import Chain, Event

# What can begin or end markup anywhere, and what can at the begin of a line.
_SIGNS = re.compile(
    r"([\\`*_<|~$@]|&(?=[#\w])|\](?=[(:\[])|(?<=:)/(?=/)|(?<=www)\.)", re.IGNORECASE
)
_AT_BEGIN = re.compile(r"^([-+=#>]|\[(?=[ xX]\](?:\s|$))|\d+(?=[.)](?:\s|$)))")
_AT_END = re.compile(r"(?<=\s)(#+)$")
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNPRINTABLE = re.compile(r"[\ud800-\udfff\ufffe\uffff]")


def to_markdown(chain: Chain) -> str:
    """A page with the facts of the chain and one section for each decision.

    Args:
        chain: The chain; without events the page says so.
    """
    return "\n\n".join([*_head(chain), *_events(chain)]) + "\n"


def _head(chain: Chain) -> Iterator[str]:
    statistics = chain.statistics()
    yield f"# {_escaped(chain.name)}"
    if chain.description and chain.description.strip():
        yield _escaped(chain.description)
    average = statistics["avg_confidence"]
    yield "\n".join(
        [
            f"- **Chain ID:** {_escaped(chain.id)}",
            f"- **Created:** {_escaped(chain.created_at)}",
            f"- **Updated:** {_escaped(chain.updated_at)}",
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
        yield f"### {number}. {_escaped(event.type.replace('_', ' ').title())}"
        yield "\n".join(f"- **{name}:** {value}" for name, value in _facts(event, numbers))


def _facts(event: Event, numbers: dict[str, int]) -> Iterator[tuple[str, str]]:
    for name, text in (("Decision", event.decision), ("Reasoning", event.reasoning)):
        if text.strip():
            yield name, _escaped(text)
    if event.alternatives:
        yield "Alternatives", "; ".join(_escaped(each) for each in event.alternatives)
    yield "Confidence", "not stated" if event.confidence is None else f"{event.confidence:.2f}"
    for name, optional in (
        ("Code Section", event.code_section),
        ("Spec Reference", event.spec_reference),
        ("Stage", event.stage_id),
    ):
        if optional and optional.strip():
            yield name, _escaped(optional)
    before = [*([event.parent_id] if event.parent_id else []), *event.depends_on]
    if before:
        known = (f"event {numbers[each]}" if each in numbers else _escaped(each) for each in before)
        yield "Follows From", ", ".join(known)
    yield "Timestamp", _escaped(event.timestamp)


def _escaped(text: str) -> str:
    line = _UNPRINTABLE.sub("\ufffd", _BREAKS.sub(" ", text).strip())
    line = _AT_END.sub(r"\\\1", _SIGNS.sub(r"\\\1", line))
    return _AT_BEGIN.sub(lambda m: f"{m[0]}\\" if m[0].isdigit() else f"\\{m[0]}", line)
