"""One row of results, and its form in the journal."""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from .._core.secrets import redacted
from .._core.text import error_text, safe_text, type_name
from .._plan.plan import Plan
from .outcome import Source

Failure = Literal["", "world", "time", "answer", "score"]


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of one trial: one condition answered one item once.

    Attributes:
        index: The row's number in the plan, from 0.
        item_id: The item's id.
        condition: The condition's name.
        repeat: The number of the repeat, from 0.
        arm: The group that the design assigned the item to; empty without groups.
        block: The block or stratum of the item; empty without blocks.
        period: The number of the period, from 0.
        prediction: The answer; None without an answer.
        correct: Whether the scorer called it right; a failed row is wrong.
        score: The scorer's value, 0 for a failed row.
        extraction: How the answer was found in the text: ``found``, ``ambiguous``, ``refused``,
            ``empty`` or ``not_found``; empty for a failed row.
        latency_ms: The latency; None when unknown, as for a row that failed. A row that reached its
            time limit has the time it waited. Waits in the queue of the client are a part of it.
        cost_usd: The cost; None when unknown.
        known_cost_usd: Of an unknown cost, the part that is known.
        open_calls: Of an unknown cost, how many calls that were cancelled or failed are its unknown
            part; None when that part is not known either.
        confidence: The stated confidence.
        consensus: The share of the voters behind the answer.
        values: Further numbers the condition returned, and the values of further scorers.
        unscored: The further scorers that failed on the answer, each with its error.
        metadata: Anything else it returned.
        source: ``live``, ``recorded``, ``simulated``, or empty when unknown.
        error_type: The class of the error of a failed row; empty otherwise.
        error: Its message.
        failure: Why the row failed: ``world`` (the service was not there or refused), ``time``
            (a time limit), ``answer`` (the condition raised or returned no usable value),
            ``score`` (the scorer failed; the answer is kept); empty for a row that did not fail.
        attempts: The number of times the row was tried.
        started_us: Wall-clock start, microseconds since the epoch. Differs from run to run.
        duration_ms: How long the row took by the run's clock.
    """

    index: int
    item_id: str
    condition: str
    repeat: int
    arm: str = ""
    block: str = ""
    period: int = 0
    prediction: Any = None
    correct: bool = False
    score: float = 0.0
    extraction: str = ""
    latency_ms: float | None = None
    cost_usd: float | None = None
    known_cost_usd: float | None = None
    open_calls: int | None = None
    confidence: float | None = None
    consensus: float | None = None
    values: dict[str, float] = {}
    unscored: dict[str, str] = {}
    metadata: dict[str, Any] = {}
    source: Source | Literal[""] = ""
    error_type: str = ""
    error: str = ""
    failure: Failure = ""
    attempts: int = 1
    started_us: int = 0
    duration_ms: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the condition gave no outcome at all."""
        return bool(self.error_type)

    def to_dict(self) -> dict[str, object]:
        """The row as plain values."""
        return msgspec.structs.asdict(self)


def is_planned(row: Row, plan: Plan) -> bool:
    """Whether the plan has this row; a resumed run may have another plan."""
    return plan.item_of(row.index, row.item_id, row.condition, row.repeat) is not None


class RowKey(msgspec.Struct, frozen=True):
    """What a row belongs to, and the names of the numbers that it has."""

    index: int
    item_id: str
    condition: str
    repeat: int
    values: dict[str, float] = {}


class RowEnd(msgspec.Struct, frozen=True):
    """What a row belongs to, why it failed, and at which attempt."""

    index: int
    item_id: str
    condition: str
    repeat: int
    attempts: int = 1
    error_type: str = ""
    failure: Failure = ""


def _as_text(value: object) -> str:
    """A value that JSON cannot hold is kept as its repr."""
    return safe_text(repr(value))


_encoder = msgspec.json.Encoder(enc_hook=_as_text)
_decoder = msgspec.json.Decoder(Row)
_key_decoder = msgspec.json.Decoder(RowKey)
_end_decoder = msgspec.json.Decoder(RowEnd)


def encode_row(row: Row, keys: tuple[str, ...] | None = None) -> bytes:
    """The row as one line of JSON without the newline.

    What cannot be written makes a failed row of it, never an error: the rows around it go on.

    Args:
        row: The row.
        keys: The keys that must not be written; None looks for them.
    """
    return redacted(_encoded(row), keys)


def encode_rows(rows: Iterable[Row], keys: tuple[str, ...]) -> list[bytes]:
    """``encode_row`` of rows that are written together.

    They are searched for keys as one text, and one by one only when it has any.

    Args:
        rows: The rows.
        keys: The keys that must not be written.
    """
    texts = [_encoded(row) for row in rows]
    together = b"\n".join(texts)
    if redacted(together, keys) == together:
        return texts
    return [redacted(text, keys) for text in texts]


def _encoded(row: Row) -> bytes:
    try:
        return _encoder.encode(row)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # foreign values may raise anything here
        return _encoder.encode(_unwritable(row, error))


def _unwritable(row: Row, error: BaseException) -> Row:
    """The row without its values, failed because they cannot be written."""
    return Row(
        index=row.index,
        item_id=safe_text(row.item_id),
        condition=safe_text(row.condition),
        repeat=row.repeat,
        arm=row.arm,
        block=safe_text(row.block),
        period=row.period,
        error_type="OutcomeError",
        error=f"the row cannot be written: {type_name(error)}: {error_text(error)}",
        failure="answer",
        attempts=row.attempts,
        started_us=row.started_us,
        duration_ms=row.duration_ms,
    )


def decode_row(text: bytes) -> Row:
    """The row that a line of JSON holds.

    Raises:
        msgspec.MsgspecError: The text is not a row.
    """
    return _decoder.decode(text)


def decode_key(text: bytes) -> RowKey:
    """What the row belongs to that a line of JSON holds.

    Raises:
        msgspec.MsgspecError: The text is not a row.
    """
    return _key_decoder.decode(text)


def decode_end(text: bytes) -> RowEnd:
    """How the row that a line of JSON holds ended.

    Raises:
        msgspec.MsgspecError: The text is not a row.
    """
    return _end_decoder.decode(text)
