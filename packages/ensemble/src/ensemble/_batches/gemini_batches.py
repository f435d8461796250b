"""Batch jobs of Google's Gemini interface, with their requests inside."""

from collections.abc import Sequence
from typing import Any, ClassVar

from .._core.errors import MalformedResponseError
from .interface import Asked, BatchInterface, JobState, JobStatus, Outcome, well_formed

_STATUSES: dict[str, JobStatus] = {
    "SUCCEEDED": "ended",
    "PARTIALLY_SUCCEEDED": "ended",
    "FAILED": "failed",
    "EXPIRED": "expired",
    "CANCELLED": "cancelled",
}


class GeminiBatches(BatchInterface):
    """Batches of ``generateContent``."""

    max_requests: ClassVar[int] = 50_000
    max_bytes: ClassVar[int] = 19_000_000  # larger ones need a file

    async def submit(self, key: str, asked: Sequence[Asked]) -> str:
        requests = [{"request": each.body, "metadata": {"key": each.custom_id}} for each in asked]
        batch = {"displayName": key, "inputConfig": {"requests": {"requests": requests}}}
        path = f"/models/{self.model.model}:batchGenerateContent"
        return _name(await self.json(path, {"batch": batch}, repeated=False))

    @well_formed
    async def find(self, key: str, n: int, since: float) -> str | None:  # noqa: ARG002  # exact by the key
        page_token = ""
        while True:
            page = await self.json(f"/batches?pageSize=100{page_token}")
            for each in page.get("operations") or page.get("batches") or ():
                if _about(each).get("displayName") == key:
                    return _name(each)
            if not page.get("nextPageToken"):
                return None
            page_token = f"&pageToken={page['nextPageToken']}"

    @well_formed
    async def state_of(self, job: str) -> JobState:
        data = await self.json(f"/{job}")
        about = _about(data)
        status = str(about.get("state")).removeprefix("BATCH_STATE_").removeprefix("JOB_STATE_")
        counts = about.get("batchStats") or {}
        ends = ("successfulRequestCount", "failedRequestCount")
        return JobState(
            status=_STATUSES.get(status, "in_progress"),
            error=str((data.get("error") or {}).get("message") or ""),
            done=sum(int(counts.get(each) or 0) for each in ends) if counts else None,
            data=data,
        )

    @well_formed
    async def outcomes(self, job: str, state: JobState) -> list[Outcome]:  # noqa: ARG002  # in the state
        return self.outcomes_of(_responses(state.data), self._outcome, "metadata", "key")

    async def cancel(self, job: str) -> None:
        await self.json(f"/{job}:cancel", {})

    def _outcome(self, each: dict[str, Any]) -> Outcome | None:
        name = (each.get("metadata") or {}).get("key")
        if not isinstance(name, str):
            return None
        if isinstance(each.get("response"), dict):
            return Outcome(name, each["response"], None)
        return Outcome(name, None, self.refusal(each.get("error") or {"message": "no reason"}))


def _responses(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers, which lie in the metadata or in the response of an operation."""
    for whole in (_about(data).get("output"), data.get("response"), data.get("output")):
        found = whole
        for _ in range(2):  # a list, in an object of the same name
            found = found.get("inlinedResponses") if isinstance(found, dict) else found
        if isinstance(found, list):
            return [each for each in found if isinstance(each, dict)]
    return []


def _about(data: dict[str, Any]) -> dict[str, Any]:
    """What is said of a job: in the metadata of its operation, or beside its name."""
    about = data.get("metadata")
    return about if isinstance(about, dict) else data


def _name(data: dict[str, Any]) -> str:
    name = data.get("name")
    if not isinstance(name, str) or not name.startswith("batches/"):
        raise MalformedResponseError("the answer of the batch interface has no name of a batch")
    return name
