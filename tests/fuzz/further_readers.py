"""Readers of studies, batch jobs, lists of files, item plans, signers and requests to a run."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import msgspec
from readers import INSPECT, Reader, as_json
from server_readers import WIRE

import causal_trace
import dataset_manager
import ensemble
from dataset_manager._logs import columns
from dataset_manager._sources.commits import file_list
from ensemble._batches.interface import UndecidedError
from ensemble._batches.interfaces import interface_of
from research_harness import HarnessError, import_logs, plan_items
from research_harness._core.signatures import check_signature
from research_harness._dashboard.app import _value
from research_harness._dashboard.requests import _checked
from research_harness._executors.messages import Cancel, Close, Granted, packed
from research_harness._executors.worker import WorkerSession
from research_harness._judging.labels import read_labels

FOLDER = Path(tempfile.mkdtemp())
RESPONSE = {"participant": "p1", "task": "t", "condition": "c", "answers": {"q": "yes"},
            "duration_ms": 1200.5, "consent": True}  # fmt: skip
_TRY = {"task_id": "HumanEval/0", "solution": "s", "base_status": "pass", "plus_status": "fail"}
EVALPLUS = {"date": "d", "hash": "h", "eval": {"HumanEval/0": [_TRY]}}
OLD_EVALPLUS = {"hash": "h", "eval": {"Mbpp/2": {"nfiles": 1, "base": [["pass", []]],
                                                 "plus": [["pass", []]]}}}  # fmt: skip
BATCH_LINES: dict[str, list[dict[str, Any]]] = {
    "OpenAIModel": [
        {"custom_id": "k-0", "response": {"status_code": 200, "body": WIRE["OpenAIModel"]}},
        {"custom_id": "k-1", "response": {"status_code": 429, "body": {"error": {"code": "c"}}}},
        {"custom_id": "k-2", "error": {"code": "batch_expired"}},
    ],
    "AnthropicModel": [
        {"custom_id": "k-0",
         "result": {"type": "succeeded", "message": WIRE["AnthropicModel"]}},
        {"custom_id": "k-1", "result": {"type": "errored", "error": {"error": {
            "type": "invalid_request_error", "message": "m"}}}},
        {"custom_id": "k-2", "result": {"type": "expired"}},
    ],
}  # fmt: skip
BATCH_STATES: dict[str, dict[str, Any]] = {
    "OpenAIModel": {
        "id": "b", "status": "completed", "output_file_id": "f",
        "errors": {"data": [{"line": 1, "message": "m"}]},
        "request_counts": {"completed": 1, "failed": 1},
        "data": [{"id": "b", "metadata": {"crucible_key": "key"}, "created_at": 5}]},
    "AnthropicModel": {
        "id": "b", "processing_status": "ended", "request_counts": {"succeeded": 2},
        "data": [{"id": "b", "processing_status": "ended", "request_counts": {"succeeded": 3},
                  "created_at": "2026-01-01T00:00:00Z"}]},
    "GeminiModel": {
        "name": "batches/b",
        "metadata": {"state": "BATCH_STATE_SUCCEEDED", "displayName": "key",
                     "batchStats": {"successfulRequestCount": "1"},
                     "output": {"inlinedResponses": {"inlinedResponses": [
                         {"metadata": {"key": "k-0"}, "response": WIRE["GeminiModel"]},
                         {"metadata": {"key": "k-1"}, "error": {"code": 3, "message": "m"}}]}}},
        "operations": [{"name": "batches/b", "metadata": {"displayName": "other"}}]},
}  # fmt: skip
TREE = [{"path": "a.jsonl", "bytes": 5, "sha256": "0" * 64},
        {"path": "b/c.csv", "bytes": 7, "git_blob": "1" * 40}]  # fmt: skip
SIGNERS = (
    b'# who may sign\nana@example.org namespaces="crucible-run" ssh-ed25519 '
    b"AAAAC3NzaC1lZDI1NTE5AAAAIIHFh7mZr2UsC2y2rCyTx0v5BKzqvKXkmJzc6ZbHhYp1 key of ana\n"
)


def _batches(name: str, *, lines: bytes | None = None) -> Callable[[Path], object]:
    """Reads what the interface for batch jobs answers, or the file of answers of a job."""
    model: Any = getattr(ensemble, name)("m", api_key="k", base_url="http://127.0.0.1:9/v1")
    interface = interface_of(model)

    def read(path: Path) -> object:
        content = path.read_bytes()

        async def call(_: str, where: str, *__: object, **___: object) -> bytes:
            is_file = where.endswith(("/content", "/results"))
            return content if is_file == (lines is not None) else lines or b""

        async def asked() -> object:
            interface.model = cast("Any", SimpleNamespace(
                call=call, model="m", reported_error=model.reported_error))  # fmt: skip
            state = await interface.state_of("b")
            found = await interface.outcomes("b", state)
            if lines is None:
                with contextlib.suppress(UndecidedError):
                    await interface.find("key", 3, 0.0)
            for each in found:
                if each.answer is not None:
                    str(model.response_of(each.answer))
            return found

        return asyncio.run(asked())

    return read


def _tree(path: Path) -> object:
    place = path.parent / "hub" / "lab" / "set" / ("a" * 40) / "tree.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(path.read_bytes())
    sources: Any = SimpleNamespace(cache_dir=path.parent, mirror=None, offline=True, hub="")
    return file_list(sources, "lab/set", "a" * 40)


def _noted(path: Path) -> object:
    """Lists a cache whose file has a note of others."""
    digest = "a" * 64
    place = path.parent / "cache" / "files" / digest[:2] / digest
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"x")
    place.with_name(f"{digest}.json").write_bytes(path.read_bytes())
    return [str(each) for each in dataset_manager.list_cached(cache_dir=path.parent / "cache")]


def _imported(path: Path) -> object:
    try:
        return import_logs([path], output_dir=path.parent / "imported", run_id="i", overwrite=True)
    except dataset_manager.DatasetError as error:
        raise HarnessError("an error of the library that reads the log") from error


def _plan(path: Path) -> object:
    other = path.with_name("other.json")
    about: Any = INSPECT["eval"]
    known = {**INSPECT, "eval": {**about, "model": "mockllm/other"}}
    other.write_bytes(as_json(known))
    try:
        return str(plan_items([path, other], half_width=0.4))
    except dataset_manager.DatasetError as error:
        raise HarnessError("an error of the library that reads the log") from error


PLAIN_CSV = b"id,input,expected,prediction,score\na,What is 2+2?,4,4,1\nb,3+3?,6,5,0\n"
PLAIN_LINES = b'{"id": "a", "input": "q", "expected": "4", "prediction": "5", "score": 0.5}\n' * 3


def _columns(path: Path) -> object:
    """What reads a large log: its columns, or its rows where it has none."""
    with patch.object(columns, "_LARGE", 0):
        found = dataset_manager.read_log_columns(path)
    return dataset_manager.read_log(path) if found is None else found.to_dict()


def _signers(path: Path) -> object:
    signature = path.with_name("a.sig")
    signature.write_text("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n")
    return check_signature(signature, signature, path)


def _worker(path: Path) -> None:
    content = path.read_bytes()

    async def taken() -> None:
        session = WorkerSession()
        try:
            session.take(content)
        except msgspec.MsgspecError as error:
            raise HarnessError("not of this version") from error
        finally:
            await session.abandon()

    asyncio.run(taken())


FURTHER_READERS = (
    Reader(name="causal_trace study", file="a.response.json", example=as_json(RESPONSE),
           read=lambda path: causal_trace.read_study_responses(path.parent)),
    *(
        Reader(name=f"dataset_manager {name}", file="a_eval_results.json",
               example=as_json(example),
               read=lambda path: dataset_manager.read_log(path, format="evalplus"))
        for name, example in (("evalplus", EVALPLUS), ("old evalplus", OLD_EVALPLUS))
    ),
    *(
        Reader(name=f"dataset_manager columns {name}", file=f"a.{name}", example=example,
               read=_columns)
        for name, example in (("csv", PLAIN_CSV), ("jsonl", PLAIN_LINES))
    ),
    Reader(name="dataset_manager stream", file="a.csv", example=PLAIN_CSV,
           read=lambda path: list(dataset_manager.stream_file(path))),
    Reader(name="research_harness labels", file="a.csv", example=b"row,right\n0,yes\n1,no\n",
           read=read_labels),
    Reader(name="dataset_manager note of the cache", file="a.json",
           example=as_json({"name": "a"}), read=_noted),
    Reader(name="research_harness import", file="a.json", example=as_json(INSPECT),
           read=_imported),
    Reader(name="dataset_manager list of files", file="a.json", example=as_json(TREE), read=_tree),
    *(
        Reader(name=f"ensemble batch answers {name}", file="a.jsonl",
               example=b"\n".join(map(as_json, lines)),
               read=_batches(name, lines=as_json(BATCH_STATES[name])))
        for name, lines in BATCH_LINES.items()
    ),
    *(
        Reader(name=f"ensemble batch job {name}", file="a.json", example=as_json(state),
               read=_batches(name))
        for name, state in BATCH_STATES.items()
    ),
    Reader(name="research_harness request", file="a.json",
           example=as_json({"action": "concurrency", "value": 3}),
           read=lambda path: _checked(_value(path.read_bytes()))),
    Reader(name="research_harness item plan", file="a.json", example=as_json(INSPECT), read=_plan),
    Reader(name="research_harness signers", file="signers", example=SIGNERS, read=_signers),
    Reader(name="research_harness worker", file="a.bin",
           example=packed([Cancel(1), Granted(1, 1, None), Close()]), read=_worker),
)  # fmt: skip
