"""One note of one rater about one event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InvalidTraceError
from .._core.json_values import Value
from .._core.times import now
from .._model.checks import check_texts, check_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation(Value):
    """One note of one rater about one event.

    Attributes:
        chain_id: The id of the chain.
        event_id: The id of the event.
        rater: Who made it, best as an anonymous id.
        label: The label.
        note: Free text.
        created_at: When it was made; ISO 8601, UTC.

    Raises:
        InvalidTraceError: A value is not a text, or rater or label is empty.
    """

    chain_id: str
    event_id: str
    rater: str
    label: str
    note: str = ""
    created_at: str = field(default_factory=now)

    def __post_init__(self) -> None:
        check_texts("annotation", self, "chain_id", "event_id", "rater", "label", "note")
        check_texts("annotation", self, "created_at")
        check_time("annotation", "created_at", self.created_at)
        for name in ("rater", "label"):
            if not getattr(self, name).strip():
                raise InvalidTraceError("annotation", f"{name} is empty")


def annotation_from_dict(values: Mapping[str, Any]) -> Annotation:
    """Return the annotation that plain values describe.

    Args:
        values: The fields by name; others are left out.

    Raises:
        InvalidTraceError: A value is missing or has the wrong type.
    """
    if not isinstance(values, Mapping):
        raise InvalidTraceError("annotation", f"{values!r:.40} is not a mapping of fields by name")
    known = {name: values[name] for name in Annotation.__slots__ if values.get(name) is not None}
    missing = [each for each in ("chain_id", "event_id", "rater", "label") if each not in known]
    if missing:
        raise InvalidTraceError("annotation", f"{', '.join(missing)} missing")
    return Annotation(**known)
