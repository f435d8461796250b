"""The pydantic models of stored events and chains; imported when the first file is read."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Values as they come from outside, frozen and strict."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow", defer_build=True)


class EventRecord(Record):
    """One event of a file; keys that are not fields go into the metadata."""

    type: str
    decision: str | None = None
    reasoning: str | None = None
    alternatives: list[str] | tuple[str, ...] | None = None
    confidence: float | int | None = None
    code_section: str | None = None
    spec_reference: str | None = None
    metadata: dict[str, Any] | None = None
    parent_id: str | None = None
    depends_on: list[str] | tuple[str, ...] | None = None
    stage_id: str | None = None
    experiment_id: str | None = None
    evidence: str | None = None
    branch: str | None = None
    position: int | None = None
    end: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    latency_ms: float | int | None = None
    cost_usd: float | int | None = None
    timestamp: str | None = None
    id: str | None = None


class ChainRecord(Record):
    """One chain of a file; its statistics are computed again."""

    name: str
    events: list[EventRecord] | tuple[EventRecord, ...] | None = None
    description: str | None = None
    metadata: dict[str, Any] | None = None
    created_at: str | None = None
    updated_at: str | None = None
    experiment: str | None = None
    condition: str | None = None
    item: str | None = None
    repeat: int | None = None
    id: str | None = None
