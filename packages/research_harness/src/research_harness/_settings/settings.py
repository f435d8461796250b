"""The settings that a file or the environment may hold, checked by pydantic."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_Positive = Field(default=None, gt=0)
_AtLeastOne = Field(default=None, ge=1)


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CeilingSettings(_Checked):
    """Ceilings; see ``Ceilings``."""

    max_cost_usd: float | None = _Positive
    max_tokens: int | None = _AtLeastOne
    max_calls: int | None = _AtLeastOne
    max_time_ms: float | None = _Positive
    max_idle_ms: float | None = _Positive
    warn_at: float | None = Field(default=None, gt=0, le=1)
    unknown_cost_usd: float | None = Field(default=None, ge=0)


class RetrySettings(_Checked):
    """Retries; see ``Retries``."""

    max_retries: int | None = Field(default=None, ge=0)
    causes: tuple[Literal["world", "time", "answer", "score"], ...] | None = None
    first_pause_ms: float | None = Field(default=None, ge=0)
    max_pause_ms: float | None = Field(default=None, ge=0)
    max_time_ms: float | None = Field(default=None, ge=0)
    max_identical: int | None = _AtLeastOne
    quarantine_after: int | None = _AtLeastOne


class Settings(_Checked):
    """Settings of runs; what is None is left to the experiment.

    Attributes:
        output_dir: The folder of all runs.
        seed: Replaces the experiment's seed.
        sample_size: Replaces its sample size.
        repeat: Replaces its number of repeats.
        concurrency: Replaces its concurrency.
        timeout_ms: Replaces the longest time of a row.
        formats: Replaces the report formats.
        progress: Whether progress is shown.
        ceilings: Replaces single ceilings.
        retries: Replaces single settings of retries.
    """

    output_dir: str | None = None
    seed: int | None = Field(default=None, ge=0)
    sample_size: int | None = _AtLeastOne
    repeat: int | None = _AtLeastOne
    concurrency: int | None = _AtLeastOne
    timeout_ms: float | None = _Positive
    formats: tuple[str, ...] | None = None
    progress: bool | None = None
    ceilings: CeilingSettings = CeilingSettings()
    retries: RetrySettings | None = None

    def to_dict(self) -> dict[str, Any]:
        """The settings that are given, as plain values."""
        return self.model_dump(exclude_none=True, exclude_defaults=True, mode="json")
