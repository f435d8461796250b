"""Batch jobs of Anthropic's Messages interface."""

from collections.abc import Sequence
from typing import Any, ClassVar

from .._core.errors import BatchFailure
from .interface import (
    Asked,
    BatchInterface,
    JobState,
    Outcome,
    UndecidedError,
    id_of,
    lines_of,
    no_answer,
    seconds_of,
    well_formed,
)

_CLOCKS_DIFFER_S = 300.0


class AnthropicBatches(BatchInterface):
    """Message batches."""

    max_requests: ClassVar[int] = 100_000
    max_bytes: ClassVar[int] = 250_000_000

    async def submit(self, key: str, asked: Sequence[Asked]) -> str:  # noqa: ARG002  # within the ids
        requests = [{"custom_id": each.custom_id, "params": each.body} for each in asked]
        return id_of(await self.json("/messages/batches", {"requests": requests}, repeated=False))

    @well_formed
    async def find(self, key: str, n: int, since: float) -> str | None:
        # A batch has no name of ours; only the names of its requests, once it has ended.
        undecided = False
        for batch in await self._since(since - _CLOCKS_DIFFER_S):
            if sum((batch.get("request_counts") or {}).values()) != n:
                continue
            if batch.get("processing_status") != "ended":
                undecided = True
                continue
            first = next(lines_of(await self._results(id_of(batch))), {})
            if str(first.get("custom_id")).startswith(f"{key}-"):
                return id_of(batch)
        if undecided:
            raise UndecidedError
        return None

    @well_formed
    async def state_of(self, job: str) -> JobState:
        data = await self.json(f"/messages/batches/{job}")
        counts = data.get("request_counts") or {}
        ended = data.get("processing_status") == "ended"
        return JobState(
            status="ended" if ended else "in_progress",
            done=sum(counts.values()) - counts.get("processing", 0) if counts else None,
            data=data,
        )

    @well_formed
    async def outcomes(self, job: str, state: JobState) -> list[Outcome]:  # noqa: ARG002  # at its address
        lines = lines_of(await self._results(job))
        return self.outcomes_of(lines, self._outcome, "custom_id")

    async def cancel(self, job: str) -> None:
        await self.json(f"/messages/batches/{job}/cancel", {})

    async def _results(self, job: str) -> bytes:
        return await self.model.call("GET", f"/messages/batches/{job}/results")

    async def _since(self, since: float) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = await self.json(f"/messages/batches?limit=100{after}")
            batches = [each for each in page.get("data") or () if isinstance(each, dict)]
            fresh = [each for each in batches if seconds_of(each.get("created_at")) >= since]
            found += fresh
            if not page.get("has_more") or len(fresh) < len(batches) or not batches:
                return found
            after = f"&after_id={id_of(batches[-1])}"

    def _outcome(self, line: dict[str, Any]) -> Outcome:
        name, result = str(line.get("custom_id")), line.get("result") or {}
        if result.get("type") == "succeeded":
            return Outcome(name, result.get("message"), None)
        if result.get("type") in ("expired", "canceled"):
            reason: BatchFailure = "expired" if result["type"] == "expired" else "cancelled"
            return Outcome(name, None, no_answer(reason))
        error = result.get("error") or {}
        error = error.get("error") if isinstance(error.get("error"), dict) else error
        return Outcome(name, None, self.refusal(error or {"message": "no reason is given"}))
