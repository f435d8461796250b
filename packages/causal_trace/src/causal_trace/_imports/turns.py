"""A turn of a conversation, the same for all forms, and the chain of many turns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from .._core.times import read_time
from .._messages.message import part_events
from .._messages.parts import MessagePart
from .._model.chain import Chain
from .._model.event import TraceEvent

_EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation.

    Attributes:
        role: ``user``, ``system``, ``assistant`` or ``tool``.
        parts: Its parts.
        timestamp: Its time; None when not known.
        model: The model.
        input_tokens: The tokens read, cached ones included.
        output_tokens: The tokens written, reasoning included.
        cost_usd: The cost.
        latency_ms: The time it took.
        branch: The branch, for a conversation of a sub-agent.
        metadata: Values to keep with each event.
        events: Events that the file holds as they were; they replace those of the parts.
    """

    role: str
    parts: Sequence[MessagePart] = ()
    timestamp: str | None = None
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    latency_ms: float | None = None
    branch: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[TraceEvent, ...] | None = None


def chain_of(
    turns: Iterable[Turn],
    *,
    name: str,
    origin: str,
    metadata: Mapping[str, Any],
    item: str | None = None,
) -> Chain:
    """Return the chain of a conversation.

    Tokens, cost and time of a turn are on its last event, so that sums over events are right.

    Args:
        turns: The turns in order.
        name: The name of the chain.
        origin: A text from which the ids follow: the same file gives the same chain.
        metadata: Values to store with the chain.
        item: The id of the item of an experiment.
    """
    events: list[TraceEvent] = []
    warnings: list[str] = []
    for number, turn in enumerate(turns):
        made, noted = _turn_events(turn, f"{origin}/{number}")
        events += made
        warnings += (f"turn {number + 1}, {each}" for each in noted)
    times = sorted((event.timestamp for event in events), key=read_time) or [_EPOCH]
    about = {**metadata, **({"parse_warnings": warnings} if warnings else {})}
    return Chain(
        name=name or origin,
        events=tuple(events),
        metadata={key: value for key, value in about.items() if value is not None},
        created_at=times[0],
        updated_at=times[-1],
        item=item,
        id=blake2b(origin.encode("utf-8", "replace"), digest_size=16).hexdigest(),
    )


def nanoseconds(value: Any) -> str | None:
    """Return a time in ISO 8601 from nanoseconds since 1970, as a number or as text."""
    try:
        return _from_seconds(int(value) / 1e9)
    except (TypeError, ValueError, OverflowError):
        return None


def stated_time(value: Any) -> str | None:
    """Return a time as it is if it is an ISO 8601 time; a number is seconds since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_seconds(value)
    try:
        read_time(value)
    except (TypeError, ValueError, AttributeError):
        return None
    return str(value)


def _from_seconds(seconds: float) -> str | None:
    """Return a time in ISO 8601; None where the seconds are outside of the years 1 to 9999."""
    try:
        return _iso(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _iso(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _turn_events(turn: Turn, origin: str) -> tuple[list[TraceEvent], list[str]]:
    if turn.events is not None:
        return list(turn.events), []
    time = turn.timestamp or _EPOCH
    stated, warnings = part_events(turn.parts, origin, time)
    made = sorted([*stated, *_messages(turn, origin, time)], key=_part_number)
    about = {**turn.metadata, **({"model": turn.model} if turn.model else {})}
    if turn.timestamp is None:
        about["time_unknown"] = True
    events = [
        replace(event, branch=turn.branch, metadata={**event.metadata, **about}) for event in made
    ]
    if events:
        events[-1] = replace(
            events[-1],
            input_tokens=turn.input_tokens,
            output_tokens=turn.output_tokens,
            cost_usd=turn.cost_usd,
            latency_ms=turn.latency_ms,
        )
    return events, [str(each) for each in warnings]


def _messages(turn: Turn, origin: str, time: str) -> Iterator[TraceEvent]:
    """Yield the texts of a turn as messages."""
    kind = "answer_given" if turn.role == "assistant" else "prompt_given"
    for number, part in enumerate(turn.parts):
        if part.kind == "text" and part.text.strip():
            id_ = blake2b(f"{origin}/{number}/text".encode("utf-8", "replace"), digest_size=16)
            yield TraceEvent(
                type=kind,
                decision=part.text,
                evidence="observed",
                metadata={"part": number, "role": turn.role},
                timestamp=part.timestamp or time,
                id=id_.hexdigest(),
            )


def _part_number(event: TraceEvent) -> int:
    return int(event.metadata["part"])
