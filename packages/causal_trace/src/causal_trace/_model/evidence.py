"""Kinds of evidence: what sort of report an event is."""

from typing import Any, Literal, get_args

from .._core.errors import InvalidTraceError

EvidenceKind = Literal["self_reported", "native_reasoning", "summary", "redacted", "observed"]
"""What sort of report an event is.

- ``self_reported``: an event that the model was asked to state.
- ``native_reasoning``: reasoning text that the model wrote before its answer.
- ``summary``: a provider's summary of reasoning that is not shown.
- ``redacted``: reasoning that exists, of which nothing is shown.
- ``observed``: what was seen to happen, such as a call of a tool; not a report of the model.
"""

EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)


def check_evidence(value: Any) -> None:
    """Check that a value is a kind of evidence.

    Raises:
        InvalidTraceError: It is not.
    """
    if value not in EVIDENCE_KINDS:
        known = ", ".join(EVIDENCE_KINDS)
        raise InvalidTraceError("event", f"evidence is {value!r:.40}; use one of {known}")
