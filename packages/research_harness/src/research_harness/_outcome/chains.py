"""The chain of a row: what its ensemble or its models said while it was made."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from .._core.text import error_text, type_name

if TYPE_CHECKING:
    from causal_trace import Chain, EvidenceKind, TraceEvent
    from ensemble import ModelCall, Response

# The type and the evidence of native reasoning, by its kind.
_NATIVE: "dict[str, tuple[str, EvidenceKind]]" = {
    "full": ("reasoning", "native_reasoning"),
    "summary": ("reasoning_summary", "summary"),
    "redacted": ("reasoning_redacted", "redacted"),
}


def chain_of_row(
    value: object, calls: "Sequence[ModelCall]", row: str, started_us: int
) -> "Chain | None":
    """The chain of a row that returned none itself.

    That of an ensemble's prediction, plain or hedged. Else each call gives its native reasoning and
    the events that its answer states, in the order of the calls; the ids of these events follow
    from the row, so that the same answers give the same chain.

    Args:
        value: What the condition returned.
        calls: The calls to models of the row.
        row: The name of the row, from which the ids follow.
        started_us: When the row began, in microseconds since 1970.

    Returns:
        The chain; None where nothing was said that a chain holds, or where it cannot be made, which
        is logged and costs the row nothing.
    """
    import causal_trace
    import ensemble

    try:
        prediction = getattr(value, "value", None) if hasattr(value, "hedge_won") else value
        if isinstance(prediction, ensemble.EnsembleResult):
            return ensemble.to_chain(prediction)
        time = datetime.fromtimestamp(started_us / 1e6, UTC).isoformat()
        events = [
            event
            for number, call in enumerate(calls)
            if call.response is not None
            for event in _events(call.response, f"{row}/{number}", time)
        ]
        if not events:
            return None
        return causal_trace.Chain(name=row, events=tuple(events), created_at=time, updated_at=time)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # a foreign result may raise anything
        text = f"{type_name(error)}: {error_text(error)}"
        logging.getLogger("crucible").warning("the chain of a row was not made: %s", text)
        return None


def _events(response: "Response", origin: str, time: str) -> "Iterator[TraceEvent]":
    import causal_trace

    about = {"model": response.model}
    kind, evidence = _NATIVE[response.reasoning_kind or "full"]
    reasoning = response.reasoning or ""
    if reasoning.strip() or response.reasoning_kind == "redacted":
        yield causal_trace.TraceEvent(
            type=kind,
            decision="",
            reasoning=reasoning,
            evidence=evidence,
            output_tokens=response.reasoning_tokens,
            metadata=about,
            timestamp=time,
            id=blake2b(
                f"{origin}/reasoning".encode("utf-8", "replace"), digest_size=16
            ).hexdigest(),
        )
    for event in causal_trace.parse_events(response.text, origin=origin, timestamp=time).events:
        yield replace(event, metadata={**event.metadata, **about})
