"""Batch jobs of OpenAI's interface: files of requests and of answers."""

import os
from collections.abc import Sequence
from typing import Any, ClassVar

from .._core.errors import BatchFailure, ModelError
from .._providers.provider import ProviderModel
from .interface import (
    Asked,
    BatchInterface,
    JobState,
    JobStatus,
    Outcome,
    encoded,
    id_of,
    lines_of,
    no_answer,
    well_formed,
)

_STATUSES: dict[str, JobStatus] = {
    "completed": "ended",
    "failed": "failed",
    "expired": "expired",
    "cancelled": "cancelled",
}
_KEY = "crucible_key"  # among the metadata of a job, which the list of jobs shows
_NO_ANSWER: dict[str, BatchFailure] = {
    "batch_expired": "expired",
    "batch_cancelled": "cancelled",
}


class OpenAIBatches(BatchInterface):
    """Batch jobs of chat completions and of the Responses interface.

    Args:
        model: The client of the model that is asked.
        endpoint: The path of a request, as a line of a job names it.
    """

    max_requests: ClassVar[int] = 50_000
    max_bytes: ClassVar[int] = 190_000_000

    def __init__(self, model: ProviderModel, endpoint: str) -> None:
        super().__init__(model)
        self._endpoint = endpoint

    async def submit(self, key: str, asked: Sequence[Asked]) -> str:
        to = {"method": "POST", "url": self._endpoint}
        lines = [{"custom_id": each.custom_id, **to, "body": each.body} for each in asked]
        content, content_type = _form(b"\n".join(map(encoded, lines)), f"{key}.jsonl")
        file = await self.model.call("POST", "/files", content, content_type=content_type)
        made = await self.json(
            "/batches",
            {
                "input_file_id": id_of(next(lines_of(file), {})),
                "endpoint": self._endpoint,
                "completion_window": "24h",
                "metadata": {_KEY: key},
            },
            repeated=False,
        )
        return id_of(made)

    @well_formed
    async def find(self, key: str, n: int, since: float) -> str | None:  # noqa: ARG002  # exact by the key
        after = ""
        while True:
            page = await self.json(f"/batches?limit=100{after}")
            jobs = [each for each in page.get("data") or () if isinstance(each, dict)]
            for each in jobs:
                if (each.get("metadata") or {}).get(_KEY) == key:
                    return id_of(each)
            # The newest come first.
            if not page.get("has_more") or not jobs or jobs[-1].get("created_at", 0) < since - 3600:
                return None
            after = f"&after={id_of(jobs[-1])}"

    @well_formed
    async def state_of(self, job: str) -> JobState:
        data = await self.json(f"/batches/{job}")
        errors = (data.get("errors") or {}).get("data") or ()
        counts = data.get("request_counts") or {}
        return JobState(
            status=_STATUSES.get(str(data.get("status")), "in_progress"),
            error="; ".join(_reason(each) for each in errors),
            done=(counts.get("completed") or 0) + (counts.get("failed") or 0) if counts else None,
            data=data,
        )

    @well_formed
    async def outcomes(self, job: str, state: JobState) -> list[Outcome]:  # noqa: ARG002  # in the state
        found: list[Outcome] = []
        for name in ("output_file_id", "error_file_id"):
            file = state.data.get(name)
            if file:
                content = await self.model.call("GET", f"/files/{file}/content")
                found += self.outcomes_of(lines_of(content), self._outcome, "custom_id")
        return found

    async def cancel(self, job: str) -> None:
        await self.json(f"/batches/{job}/cancel", {})

    def _outcome(self, line: dict[str, Any]) -> Outcome:
        name = str(line.get("custom_id"))
        error, response = line.get("error"), line.get("response")
        if isinstance(error, dict) and error.get("code") in _NO_ANSWER:
            return Outcome(name, None, no_answer(_NO_ANSWER[error["code"]]))
        if isinstance(response, dict):
            status, body = response.get("status_code"), response.get("body")
            if status == 200 and isinstance(body, dict) and not body.get("error"):
                return Outcome(name, body, None)
            error = body.get("error") if isinstance(body, dict) else body
            error = error if isinstance(error, dict) else {"message": str(error)}
            return Outcome(name, None, self._refused({"status": status, **error}))
        return Outcome(name, None, self._refused(error if isinstance(error, dict) else {}))

    def _refused(self, error: dict[str, Any]) -> ModelError:
        return self.refusal(error or {"message": "no reason is given"})


def _form(content: bytes, name: str) -> tuple[bytes, str]:
    """A file as the form that is uploaded, and what that is."""
    mark = os.urandom(16).hex()
    head = (
        f'--{mark}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        f'--{mark}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n'
        "content-type: application/jsonl\r\n\r\n"
    )
    return (
        head.encode() + content + f"\r\n--{mark}--\r\n".encode(),
        f"multipart/form-data; boundary={mark}",
    )


def _reason(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    line = f"line {error['line']}: " if error.get("line") is not None else ""
    return f"{line}{error.get('message') or error.get('code')}"
