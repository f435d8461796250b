"""One row of results, and its form in the journal."""

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Literal

import msgspec

from .._plan.plan import Plan
from .outcome import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The result of one trial: one condition answered one item once.

    Attributes:
        index: The row's number in the plan, from 0.
        item_id: The item's id.
        condition: The condition's name.
        repeat: The number of the repeat, from 0.
        prediction: The answer; None without an answer.
        correct: Whether the scorer called it right; a failed row is wrong.
        score: The scorer's value, 0 for a failed row.
        extraction: How the answer was found in the text: ``found``, ``ambiguous``, ``refused``,
            ``empty`` or ``not_found``; empty for a failed row.
        latency_ms: The latency; None when unknown, as for a row that failed. A row that reached its
            time limit has the time it waited.
        cost_usd: The cost; None when unknown.
        confidence: The stated confidence.
        consensus: The share of the voters behind the answer.
        values: Further numbers the condition returned.
        metadata: Anything else it returned.
        source: ``live``, ``recorded``, ``simulated``, or empty when unknown.
        error_type: The class of the error of a failed row; empty otherwise.
        error: Its message.
        attempts: The number of times the row was tried.
        started_us: Wall-clock start, microseconds since the epoch. Differs from run to run.
        duration_ms: How long the row took by the run's clock.
    """

    index: int
    item_id: str
    condition: str
    repeat: int
    prediction: Any = None
    correct: bool = False
    score: float = 0.0
    extraction: str = ""
    latency_ms: float | None = None
    cost_usd: float | None = None
    confidence: float | None = None
    consensus: float | None = None
    values: dict[str, float] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    source: Source | Literal[""] = ""
    error_type: str = ""
    error: str = ""
    attempts: int = 1
    started_us: int = 0
    duration_ms: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the condition gave no outcome at all."""
        return bool(self.error_type)

    def to_dict(self) -> dict[str, object]:
        """The row as plain values."""
        return dict(zip(_NAMES, _values(self), strict=True))


class _StoredRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """The row as the journal keeps it: what has its default value is left out."""

    index: int
    item_id: str
    condition: str
    repeat: int
    prediction: Any = None
    correct: bool = False
    score: float = 0.0
    extraction: str = ""
    latency_ms: float | None = None
    cost_usd: float | None = None
    confidence: float | None = None
    consensus: float | None = None
    values: dict[str, float] = {}
    metadata: dict[str, Any] = {}
    source: str = ""
    error_type: str = ""
    error: str = ""
    attempts: int = 1
    started_us: int = 0
    duration_ms: float = 0.0


_NAMES = tuple(each.name for each in fields(Row))
_values = attrgetter(*_NAMES)


def is_planned(row: Row, plan: Plan) -> bool:
    """Whether the plan has this row; a resumed run may have another plan."""
    if row.index >= len(plan):
        return False
    trial = plan[row.index]
    return (trial.item.id, trial.condition.name, trial.repeat) == (
        row.item_id,
        row.condition,
        row.repeat,
    )


def _as_text(value: object) -> str:
    """A value that JSON cannot hold is kept as its repr."""
    return repr(value)


_encoder = msgspec.json.Encoder(enc_hook=_as_text)
_decoder = msgspec.json.Decoder(Row)


def encode_row(row: Row) -> bytes:
    """The row as one line of JSON without the newline."""
    return _encoder.encode(_StoredRow(*_values(row)))


def decode_row(text: bytes) -> Row:
    """The row that a line of JSON holds.

    Raises:
        msgspec.MsgspecError: The text is not a row.
    """
    return _decoder.decode(text)
