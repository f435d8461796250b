"""One row of results, and its form in the journal."""

from typing import Any

import msgspec

from .._plan.plan import Plan


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one trial: one condition answered one item once.

    Attributes:
        index: The row's place in the plan.
        item_id: The item's id.
        condition: The condition's name.
        repeat: The number of the repeat, from 0.
        prediction: The answer; None when there is none.
        correct: Whether the scorer called it right; a failed row is wrong.
        score: The scorer's value, 0 for a failed row.
        extraction: How the answer was found in the text: ``found``, ``ambiguous``, ``refused``,
            ``empty`` or ``not_found``; empty for a failed row.
        latency_ms: The latency; None when unknown.
        cost_usd: The cost; None when unknown.
        confidence: The stated confidence.
        consensus: The share of the voters behind the answer.
        values: Further numbers the condition returned.
        metadata: Anything else it returned.
        source: ``live``, ``recorded``, ``simulated``, or empty when unknown.
        error_type: The class of the error of a failed row; empty otherwise.
        error: Its message.
        attempts: How often the row was tried.
        started_us: Wall-clock start, microseconds since the epoch. Differs from run to run.
        duration_ms: What the row took by the run's clock, scoring included.
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
    values: dict[str, float] = {}
    metadata: dict[str, Any] = {}
    source: str = ""
    error_type: str = ""
    error: str = ""
    attempts: int = 1
    started_us: int = 0
    duration_ms: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the condition gave no outcome at all."""
        return bool(self.error_type)


def is_planned(row: Row, plan: Plan) -> bool:
    """Whether the plan has this row in its place: a resumed run may have another plan."""
    if row.index >= len(plan):
        return False
    trial = plan[row.index]
    return (trial.item.id, trial.condition.name, trial.repeat) == (
        row.item_id,
        row.condition,
        row.repeat,
    )


def _as_text(value: object) -> str:
    """Anything JSON does not know is kept as its repr rather than lost."""
    return repr(value)


_encoder = msgspec.json.Encoder(enc_hook=_as_text)
_decoder = msgspec.json.Decoder(Row)


def encode_row(row: Row) -> bytes:
    """The row as one line of JSON without the newline."""
    return _encoder.encode(row)


def decode_row(text: bytes) -> Row:
    """The row that a line of JSON holds.

    Raises:
        msgspec.MsgspecError: The text is no row.
    """
    return _decoder.decode(text)
