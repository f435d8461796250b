"""Batch jobs of the provider on this machine, in the form of each interface."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from .forms import Dialect

JobEnd = Literal["ended", "failed", "expired", "cancelled"]
Outcome = tuple[Literal["answered", "failed", "expired", "cancelled"], Any]
Serve = Callable[[Dialect, Any], Outcome]
Reply = tuple[int, bytes]

_CREATED_AT = 4_000_000_000  # later than any client's clock
_OPENAI = {"ended": "completed", "failed": "failed", "expired": "expired", "cancelled": "cancelled"}


@dataclass(slots=True)
class Job:
    """A batch job at the provider.

    Attributes:
        id: Its id.
        dialect: The interface it was made by.
        requests: The name and the body of each request.
        mark: The name that its client gave it.
        looks: How often it is still seen under way.
        end: How it will end.
        outcomes: How each request ended; empty before.
    """

    id: str
    dialect: Dialect
    requests: list[tuple[str, Any]]
    mark: str
    looks: int
    end: JobEnd
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def has_ended(self) -> bool:
        """Whether it has ended."""
        return self.looks <= 0


class BatchDesk:
    """Takes batch jobs and works on them, a look at a time.

    Args:
        looks: How often a job is seen under way before it has ended.
        end: How jobs end.
        serve: Answers one request.
    """

    def __init__(self, *, looks: int, end: JobEnd, serve: Serve) -> None:
        self.jobs: list[Job] = []
        self._looks = looks
        self._end: JobEnd = end
        self._serve = serve
        self._files: dict[str, bytes] = {}

    def reply(self, method: str, path: str, content: bytes) -> Reply | None:
        """The status and the body of an answer; None where the path is of no batch job."""
        # Azure has its jobs behind another path, with the version of the interface.
        begin = "/openai" if path.startswith("/openai/") else "/v1"
        way, _, query = path.partition(begin)[2].partition("?")
        way += "?pages" if "pageSize=" in query else ""
        for pattern, answer in _ROUTES:
            found = re.fullmatch(pattern, f"{method} {way}")
            if found:
                return answer(self, content, *found.groups())
        return None

    def upload(self, content: bytes) -> Reply:
        """Take a file of requests, as a form."""
        lines = [line for line in content.split(b"\n") if line.startswith(b'{"custom_id"')]
        name = f"file-{len(self._files) + 1}"
        self._files[name] = b"\n".join(line.strip() for line in lines)
        return 200, _json({"id": name, "object": "file"})

    def download(self, _: bytes, name: str) -> Reply:
        """Give a file of answers."""
        if name not in self._files:
            return _unknown()
        return 200, self._files[name]

    def make_openai(self, content: bytes) -> Reply:
        """Make a job of a file."""
        asked = json.loads(content)
        lines = [json.loads(line) for line in self._files[asked["input_file_id"]].split(b"\n")]
        dialect: Dialect = "responses" if asked["endpoint"].endswith("responses") else "openai"
        requests = [(line["custom_id"], line["body"]) for line in lines]
        return 200, _json(
            self._openai(self._made(dialect, requests, json.dumps(asked["metadata"])))
        )

    def make_anthropic(self, content: bytes) -> Reply:
        """Make a job of the requests in the body."""
        requests = [(each["custom_id"], each["params"]) for each in json.loads(content)["requests"]]
        return 200, _json(self._anthropic(self._made("anthropic", requests, "")))

    def make_gemini(self, content: bytes, _: str) -> Reply:
        """Make a job of the requests in the body."""
        batch = json.loads(content)["batch"]
        requests = [
            (each["metadata"]["key"], each["request"])
            for each in batch["inputConfig"]["requests"]["requests"]
        ]
        return 200, _json(self._gemini(self._made("gemini", requests, batch["displayName"])))

    def listed(self, form: str) -> Reply:
        """All jobs of an interface, the newest first."""
        own = [job for job in reversed(self.jobs) if _family(job) == form]
        for job in own:
            self._come_nearer(job)
        if form == "gemini":
            return 200, _json({"operations": [self._gemini(job) for job in own]})
        show = self._openai if form == "openai" else self._anthropic
        return 200, _json({"data": [show(job) for job in own], "has_more": False})

    def looked_at(self, form: str, name: str) -> Reply:
        """How a job stands; each look brings it nearer to its end."""
        job = next((job for job in self.jobs if job.id == name and _family(job) == form), None)
        if job is None:
            return _unknown()
        self._come_nearer(job)
        return 200, _json(getattr(self, f"_{form}")(job))

    def results(self, _: bytes, name: str) -> Reply:
        """The answers of one of Anthropic's jobs, a line each."""
        job = next((job for job in self.jobs if job.id == name), None)
        if job is None or not job.outcomes:
            return _unknown()
        kinds = {"answered": "succeeded", "failed": "errored", "cancelled": "canceled"}
        lines = []
        for custom_id, (kind, data) in job.outcomes.items():
            result: dict[str, Any] = {"type": kinds.get(kind, kind)}
            if kind == "answered":
                result["message"] = data
            elif kind == "failed":
                result["error"] = {"type": "error", "error": data}
            lines.append(_json({"custom_id": custom_id, "result": result}))
        return 200, b"\n".join(lines)

    def cancelled(self, name: str) -> Reply:
        """End a job at the next look, without the answers that it has not come to."""
        for job in self.jobs:
            if job.id == name and not job.has_ended:
                job.looks, job.end = 1, "cancelled"
        return 200, b"{}"

    def _come_nearer(self, job: Job) -> None:
        job.looks -= 1
        if job.has_ended and not job.outcomes:
            self._work(job)

    def _made(self, dialect: Dialect, requests: list[tuple[str, Any]], mark: str) -> Job:
        begin = {"anthropic": "msgbatch_", "gemini": "batches/"}.get(dialect, "batch_")
        job = Job(
            f"{begin}{len(self.jobs) + 1}", dialect, requests, mark, self._looks + 1, self._end
        )
        self.jobs.append(job)
        return job

    def _work(self, job: Job) -> None:
        """Answer the requests; a job that expires or is cancelled comes to every second one."""
        for number, (name, body) in enumerate(job.requests):
            if job.end in ("expired", "cancelled") and number % 2:
                job.outcomes[name] = (job.end, None)
            elif job.end != "failed":
                job.outcomes[name] = self._serve(job.dialect, body)
            elif job.dialect == "anthropic":  # whose jobs do not fail as a whole
                job.outcomes[name] = ("failed", {"type": "api_error", "message": "failed"})

    def _openai(self, job: Job) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": job.id,
            "object": "batch",
            "status": "in_progress",
            "created_at": _CREATED_AT,
            "metadata": json.loads(job.mark),
            "request_counts": {"total": len(job.requests), "completed": 0, "failed": 0},
        }
        if not job.has_ended:
            return shown
        shown["status"] = _OPENAI[job.end]
        if job.end == "failed":
            error = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached"}
            return {**shown, "errors": {"data": [error]}}
        good, bad = [], []
        for name, (kind, data) in job.outcomes.items():
            line: dict[str, Any] = {"custom_id": name, "response": None, "error": None}
            if kind == "answered":
                good.append({**line, "response": {"status_code": 200, "body": data}})
            elif kind == "failed":
                bad.append(
                    {**line, "response": {"status_code": data["code"], "body": {"error": data}}}
                )
            else:
                bad.append({**line, "error": {"code": f"batch_{kind}", "message": "not reached"}})
        for key, lines in (("output_file_id", good), ("error_file_id", bad)):
            shown[key] = f"{job.id}-{key}" if lines else None
            self._files[f"{job.id}-{key}"] = b"\n".join(map(_json, lines))
        counts = {"total": len(job.requests), "completed": len(good), "failed": len(bad)}
        return {**shown, "request_counts": counts}

    def _anthropic(self, job: Job) -> dict[str, Any]:
        kinds = [kind for kind, _ in job.outcomes.values()]
        return {
            "id": job.id,
            "type": "message_batch",
            "processing_status": "ended" if job.has_ended else "in_progress",
            "created_at": "2096-10-02T07:06:40Z",
            "request_counts": {
                "processing": len(job.requests) - len(kinds),
                "succeeded": kinds.count("answered"),
                "errored": kinds.count("failed"),
                "canceled": kinds.count("cancelled"),
                "expired": kinds.count("expired"),
            },
        }

    def _gemini(self, job: Job) -> dict[str, Any]:
        state = {"ended": "SUCCEEDED"}.get(job.end, job.end.upper())
        about: dict[str, Any] = {
            "displayName": job.mark,
            "state": f"BATCH_STATE_{state if job.has_ended else 'RUNNING'}",
        }
        shown: dict[str, Any] = {"name": job.id, "metadata": about, "done": job.has_ended}
        if job.has_ended and job.end == "failed":
            return {**shown, "error": {"code": 13, "message": "the batch failed"}}
        answers = []
        for name, (kind, data) in job.outcomes.items():
            if kind in ("answered", "failed"):
                what = "response" if kind == "answered" else "error"
                answers.append({"metadata": {"key": name}, what: data})
        if job.has_ended:
            shown["response"] = {"inlinedResponses": {"inlinedResponses": answers}}
        return shown


def _family(job: Job) -> str:
    return "openai" if job.dialect == "responses" else job.dialect


def _json(data: Any) -> bytes:
    return json.dumps(data).encode()


def _unknown() -> Reply:
    return 404, b'{"error": {"message": "no such batch job", "type": "not_found_error"}}'


_ROUTES: tuple[tuple[str, Callable[..., Reply]], ...] = (
    (r"POST /files", BatchDesk.upload),
    (r"GET /files/([^/]+)/content", BatchDesk.download),
    (r"POST /batches", BatchDesk.make_openai),
    (r"POST /messages/batches", BatchDesk.make_anthropic),
    (r"POST /models/([^/]+):batchGenerateContent", BatchDesk.make_gemini),
    (r"GET /messages/batches", lambda desk, _: desk.listed("anthropic")),
    (r"GET /messages/batches/([^/]+)", lambda desk, _, name: desk.looked_at("anthropic", name)),
    (r"GET /messages/batches/([^/]+)/results", BatchDesk.results),
    (r"POST /(?:messages/)?batches/([^/]+)/cancel", lambda desk, _, name: desk.cancelled(name)),
    (r"POST /(batches/[^/]+):cancel", lambda desk, _, name: desk.cancelled(name)),
    (r"GET /batches/(batch_[^/]+)", lambda desk, _, name: desk.looked_at("openai", name)),
    (r"GET /(batches/[^/]+)", lambda desk, _, name: desk.looked_at("gemini", name)),
    (r"GET /batches", lambda desk, _: desk.listed("openai")),
    (r"GET /batches\?pages", lambda desk, _: desk.listed("gemini")),
)
