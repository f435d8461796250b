"""Read the decisions and the code in a model's answer, with a warning for malformed markup."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import TraceParseError
from .._core.events import emit, listened
from .._core.ids import new_id
from .._core.json_values import Value
from .._core.parse_warning import ParseWarning
from .._core.times import now, read_time
from .._model.chain import Chain, emit_event_created
from .._model.event import TraceEvent
from .builder import Builder, sorted_by_position
from .fences import find_fenced
from .reader import Reader
from .warnings import warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed(Value):
    """The decisions and the code in a text.

    Attributes:
        events: The decisions, in their order.
        code: The blocks of code: ``<code>`` elements, else fenced blocks without events.
        warnings: One for each piece of malformed markup, by position.
    """

    events: tuple[TraceEvent, ...]
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
    chain = Chain(
        name=name,
        events=parsed.events,
        description=description,
        metadata=about,
        created_at=timestamp,
        updated_at=timestamp,
        id=id,
    )
    if listened():
        about_chain: dict[str, object] = {"chain_id": chain.id, "name": name}
        emit("trace.chain.created", {"events": len(chain)}, about_chain)
        emit_event_created(chain.id, chain.events)
    return chain


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
    reader = Reader(text)
    reader.read()
    builder = Builder(origin or new_id(), timestamp or now())
    events = builder.build(reader.events)
    positions = [raw.tag.start for raw in reader.events]
    code, unclosed = (reader.code, []) if reader.code else _fenced_code(text, positions)
    warnings = sorted_by_position(reader.warnings, builder.warnings, unclosed)
    if strict and warnings:
        raise TraceParseError(warnings)
    return Parsed(events=tuple(events), code=tuple(code), warnings=warnings)


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


def _fenced_code(text: str, event_positions: Iterable[int]) -> tuple[list[str], list[ParseWarning]]:
    """Return the fenced blocks that do not hold events, and a warning for each unclosed one."""
    code, unclosed = [], []
    positions = iter(sorted(event_positions))
    position = next(positions, None)
    for block in find_fenced(text):
        while position is not None and position < block.start:
            position = next(positions, None)
        if position is not None and position < block.end:
            continue
        code.append(block.text)
        if not block.closed:
            unclosed.append(warning("fence_not_closed", block.start))
    return code, unclosed
