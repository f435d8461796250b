"""Read the decisions and the code in a model's answer, with a warning for malformed markup."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import TraceParseError
from .._core.fences import find_fenced
from .._core.ids import new_id, position_ids
from .._core.json_values import Value
from .._core.parse_warning import ParseWarning
from .._core.text import may_name
from .._core.times import now, read_time
from .._core.warnings import WarningList
from .._model.chain import Chain, announce_chain
from .._model.event import TraceEvent, draft_event, frozen_event
from .._reasoning.blocks import ReasoningBlock
from .._reasoning.split import ReasoningText, read_reasoning
from .builder import Builder, sorted_by_position
from .collection import paused_collection
from .json_events import raw_event, read_json_events
from .reader import RawEvent, Reader
from .tags import TAG_WORDS

_LONG = 50_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed(Value):
    """The decisions and the code in a text.

    Attributes:
        events: The decisions and the blocks of native reasoning, in their order.
        code: The blocks of code: ``<code>`` elements, else fenced blocks without events.
        warnings: One for each piece of malformed markup, by position.
        answer: The text without its reasoning.
    """

    events: tuple[TraceEvent, ...]
    code: tuple[str, ...]
    warnings: tuple[ParseWarning, ...]
    answer: str = ""


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
    """Return the chain of the decisions that a model states in its answer.

    Args:
        text: The answer, with ``<event type="...">`` elements as ``build_causal_prompt`` asks for.
        name: The name of the chain.
        description: A longer description.
        metadata: Values to store with the chain; ``parse_warnings`` is added when there are any.
        strict: Raise an error for malformed markup.
        id: The id of the chain, from which those of its events follow; None makes a random one.
        timestamp: The time of the answer, ISO 8601; None takes the present time. With ``id`` and
            ``timestamp`` the same text gives the same chain.

    Returns:
        The chain.

    Raises:
        TraceParseError: ``strict`` is set and the markup is malformed.
        ValueError: ``timestamp`` is not an ISO 8601 time.

    Example:
        >>> text = '<event type="decision_made"><decision>Use a cache</decision></event>'
        >>> print(parse(text, "session cache"))
        session cache: 1 decision
    """
    id = id or new_id()  # noqa: A001  # the name of the field
    timestamp = timestamp or now()
    parsed = parse_events(text, strict=strict, origin=id, timestamp=timestamp)
    about = dict(metadata or {})
    if parsed.warnings:
        about["parse_warnings"] = [str(each) for each in parsed.warnings]
    return announce_chain(
        Chain(
            name=name,
            events=parsed.events,
            description=description,
            metadata=about,
            created_at=timestamp,
            updated_at=timestamp,
            id=id,
        )
    )


parse_llm_output = parse


def parse_events(
    text: str, *, strict: bool = False, origin: str | None = None, timestamp: str | None = None
) -> Parsed:
    """Return the decisions, the code and the warnings of a text.

    Args:
        text: Any text.
        strict: Raise an error for malformed markup.
        origin: A text from which, with their positions, the ids of the events follow; None makes
            random ones.
        timestamp: The time of the answer, ISO 8601; None takes the present time.

    Returns:
        The decisions, the code and the warnings.

    Raises:
        TraceParseError: ``strict`` is set and the markup is malformed.
        ValueError: ``timestamp`` is not an ISO 8601 time.

    Example:
        >>> parsed = parse_events('<event type="synthesis"><decision>go</decision>')
        >>> parsed.events[0].decision, parsed.warnings[0].code
        ('go', 'event_cut')
    """
    if timestamp is not None:
        read_time(timestamp)
    origin, timestamp = origin or new_id(), timestamp or now()
    with paused_collection if len(text) >= _LONG else nullcontext():
        return _parsed(text, origin, timestamp, strict=strict)


def _parsed(text: str, origin: str, timestamp: str, *, strict: bool) -> Parsed:
    split = read_reasoning(text)
    warnings = WarningList()
    raw_events, code = _read_parts(text, split, warnings)
    builder = Builder(origin, timestamp, warnings)
    stated = builder.build(raw_events)
    native = _native_events(split.blocks, origin, timestamp)
    found = sorted_by_position(split.warnings, warnings.ordered())
    if strict and found:
        raise TraceParseError(found)
    events = sorted([*native, *stated], key=lambda event: event.position or 0)
    return Parsed(events=tuple(events), code=tuple(code), answer=split.answer, warnings=found)


def parse_objects(
    objects: Iterable[Mapping[str, Any]], *, origin: str, timestamp: str
) -> tuple[list[TraceEvent], list[ParseWarning]]:
    """Return the events of decoded JSON objects, and the warnings about them.

    Args:
        objects: Objects with the fields of an event.
        origin: A text from which, with their numbers, the ids of the events follow.
        timestamp: The time of the answer.
    """
    warnings = WarningList()
    builder = Builder(origin, timestamp, warnings)
    raw = [raw_event(each, number, number) for number, each in enumerate(objects)]
    events = [replace(event, position=None, end=None) for event in builder.build(raw)]
    return events, warnings.ordered()


def extract_code(text: str) -> str:
    """Return the code in an answer.

    Args:
        text: The answer.

    Returns:
        The ``<code>`` elements, else the fenced blocks without events, joined by empty lines. Empty
        if the answer has no code.

    Example:
        >>> extract_code("Done: <code>cache = {}</code>")
        'cache = {}'
    """
    return "\n\n".join(parse_events(text).code)


def _read_parts(
    text: str, split: ReasoningText, warnings: WarningList
) -> tuple[list[RawEvent], list[str]]:
    """Read the answer and the reasoning, each piece alone so that none runs into the next."""
    events: list[RawEvent] = []
    code: list[str] = []
    fenced: list[tuple[str, int]] = []
    for begin, end in split.answer_spans:
        fenced.append((text[begin:end], begin))
        if (reader := _read(text, begin, end, warnings)) is not None:
            events += reader.events
            code += reader.code
    for block in split.blocks:
        reader = _read(text, block.content_start, block.content_end, warnings)
        for raw in reader.events if reader is not None else ():
            raw.in_reasoning = True
            events.append(raw)
    if not any(raw.values for raw in events):  # also JSON inside of <event>
        for piece, begin in fenced:
            events += read_json_events(piece, begin, warnings)
    if not code:
        positions = sorted(raw.tag.start for raw in events)
        for piece, begin in fenced:
            code += _fenced_code(piece, begin, positions, warnings)
    return events, code


def _read(text: str, begin: int, end: int, warnings: WarningList) -> Reader | None:
    """Read a piece of a text, with positions of the whole; None where it has no markup."""
    if text.find("<", begin, end) < 0 or not may_name(piece := text[begin:end], TAG_WORDS):
        return None
    reader = Reader(piece, begin, warnings)
    reader.read()
    if begin:
        for raw in reader.events:
            raw.tag = raw.tag._replace(start=raw.tag.start + begin, end=raw.tag.end + begin)
            raw.end += begin
    return reader


def _native_events(
    blocks: Iterable[ReasoningBlock], origin: str, timestamp: str
) -> list[TraceEvent]:
    id_at = position_ids(f"{origin}/reasoning/")
    events = []
    for block in blocks:
        start = block.start
        event = draft_event("reasoning", "", block.text, (start, block.end), timestamp)
        event.id = id_at(start)
        event.evidence = "native_reasoning"
        event.metadata["form"] = block.form
        events.append(frozen_event(event))
    return events


def _fenced_code(text: str, offset: int, events: Sequence[int], warnings: WarningList) -> list[str]:
    """Return the fenced blocks without events.

    Args:
        text: A piece of the answer.
        offset: Its position in the answer.
        events: The positions of all events in the answer, in order.
        warnings: Takes one for each unclosed block.
    """
    code = []
    for block in find_fenced(text):
        begin, end = block.start + offset, block.end + offset
        if bisect_left(events, begin) < bisect_left(events, end):
            continue
        code.append(block.text)
        if not block.closed:
            warnings.add("fence_not_closed", begin)
    return code
