"""From a model's answer to the decisions it states. Nothing odd is passed over in silence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import TraceParseError
from .._core.events import emit, signal
from .._core.ids import new_id
from .._core.parse_warning import ParseWarning
from .._core.times import now, read_time
from .._model.chain import Chain, announce
from .._model.event import Event
from .builder import Builder, in_order
from .fences import find_fenced
from .reader import Reader
from .warnings import warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What was found in a text.

    Attributes:
        events: The decisions, in their order.
        code: The blocks of code: ``<code>`` elements, else fenced blocks without events.
        warnings: Everything odd, by its place in the text.
    """

    events: tuple[Event, ...]
    code: tuple[str, ...]
    warnings: tuple[ParseWarning, ...]


def parse(
    text: str,
    name: str,
    *,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    strict: bool = False,
    id: str | None = None,
    timestamp: str | None = None,
) -> Chain:
    """Make a chain of the decisions that a model states in its answer.

    Args:
        text: The answer, with ``<event type="...">`` elements as ``build_causal_prompt`` asks for.
        name: What to call the chain.
        description: More about it.
        metadata: Anything to keep with it; ``parse_warnings`` is added when there are any.
        strict: Refuse a text with anything odd.
        id: The id of the chain, from which those of its events follow; a new one when left out.
        timestamp: When the answer was given, ISO 8601; the time of this call when left out. With
            ``id`` and ``timestamp`` the same text gives the same chain.

    Raises:
        TraceParseError: ``strict`` is set and something is odd.
        ValueError: ``timestamp`` is no ISO 8601 time.
    """
    id = id or new_id()  # noqa: A001  # the name of the field
    timestamp = timestamp or now()
    parsed = parse_events(text, strict=strict, origin=id, timestamp=timestamp)
    about = dict(metadata or {})
    if parsed.warnings:
        about["parse_warnings"] = [str(each) for each in parsed.warnings]
    chain = Chain(
        name=name,
        events=parsed.events,
        description=description,
        metadata=about,
        created_at=timestamp,
        updated_at=timestamp,
        id=id,
    )
    if signal.receivers:
        about_chain: dict[str, object] = {"chain_id": chain.id, "name": name}
        emit("trace.chain.created", {"events": len(chain)}, about_chain)
        announce(chain.id, chain.events)
    return chain


parse_llm_output = parse


def parse_events(
    text: str, *, strict: bool = False, origin: str | None = None, timestamp: str | None = None
) -> Parsed:
    """The decisions, the code and the oddities in a text.

    Args:
        text: Any text.
        strict: Refuse a text with anything odd.
        origin: What the ids of the events are made from, with their places; chance when left out.
        timestamp: When the answer was given, ISO 8601; the time of this call when left out.

    Raises:
        TraceParseError: ``strict`` is set and something is odd.
        ValueError: ``timestamp`` is no ISO 8601 time.
    """
    if timestamp is not None:
        read_time(timestamp)
    reader = Reader(text)
    reader.read()
    builder = Builder(origin or new_id(), timestamp or now())
    events = builder.build(reader.events)
    places = [raw.tag.start for raw in reader.events]
    code, odd = (reader.code, []) if reader.code else _fenced(text, places)
    warnings = in_order(reader.warnings, builder.warnings, odd)
    if strict and warnings:
        raise TraceParseError(warnings)
    return Parsed(events=tuple(events), code=tuple(code), warnings=warnings)


def extract_code(text: str) -> str:
    """The code in an answer, several blocks joined by an empty line; empty when there is none."""
    return "\n\n".join(parse_events(text).code)


def _fenced(text: str, events: Iterable[int]) -> tuple[list[str], list[ParseWarning]]:
    """Fenced blocks that are code and not a wrapping of events."""
    code, odd = [], []
    places = iter(sorted(events))
    place = next(places, None)
    for block in find_fenced(text):
        while place is not None and place < block.start:
            place = next(places, None)
        if place is not None and place < block.end:
            continue
        code.append(block.text)
        if not block.closed:
            odd.append(warning("fence_not_closed", block.start))
    return code, odd
