"""Every function of the libraries that reads a file or a text of others, with a valid example."""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import causal_trace
import dataset_manager
import ensemble
import hedging
import reporter
import research_harness
import telemetry_research

_ERRORS = {
    "causal_trace": causal_trace.TraceError,
    "dataset_manager": dataset_manager.DatasetError,
    "ensemble": ensemble.EnsembleError,
    "hedging": hedging.HedgingError,
    "reporter": reporter.ReporterError,
    "research_harness": research_harness.HarnessError,
    "telemetry_research": telemetry_research.TelemetryError,
}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One way to read what others wrote.

    Attributes:
        name: The library and the form, such as ``dataset_manager inspect``.
        file: The name of the file it reads.
        example: A valid file.
        read: Reads the file at a path.
    """

    name: str
    file: str
    example: bytes
    read: Callable[[Path], object]

    @property
    def allowed(self) -> type[Exception]:
        """The base class of the errors that its library may raise."""
        return _ERRORS[self.name.split()[0]]


def as_text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def as_lines(*values: object) -> bytes:
    return b"".join(as_json(each) + b"\n" for each in values)


EVENTS = (
    "<think>weigh it</think>\n<event type='decision' id='1'><decision>use a heap</decision>"
    "<alternatives>sort, scan</alternatives><reasoning>it is faster</reasoning>"
    "<confidence>85%</confidence></event>\n```python\nprint(1)\n```\n"
)
_ATIF = {
    "schema_version": "ATIF-v1.6",
    "session_id": "s1",
    "agent": {"name": "coder", "version": "1", "model_name": "m"},
    "steps": [
        {"step_id": 1, "source": "user", "message": [{"type": "text", "text": "do it"}]},
        {
            "step_id": 2,
            "timestamp": "2026-01-31T12:00:00Z",
            "source": "agent",
            "message": "done",
            "reasoning_content": "weigh",
            "tool_calls": [{"tool_call_id": "c", "function_name": "run", "arguments": {"a": 1}}],
            "observation": {"results": [{"source_call_id": "c", "content": "ok"}]},
            "metrics": {"prompt_tokens": 10, "completion_tokens": 5, "cost_usd": 0.1},
        },
    ],
}
_CLAUDE_CODE = as_lines(
    {"type": "user", "uuid": "a", "sessionId": "s", "timestamp": "2026-01-31T12:00:00Z",
     "message": {"role": "user", "content": "do it"}},
    {"type": "assistant", "uuid": "b", "parentUuid": "a", "sessionId": "s",
     "timestamp": "2026-01-31T12:00:01Z",
     "message": {"role": "assistant", "model": "m", "usage": {"input_tokens": 1},
                 "content": [{"type": "thinking", "thinking": "weigh", "signature": "x"},
                             {"type": "tool_use", "id": "t", "name": "run", "input": {"a": 1}}]}},
)  # fmt: skip
INSPECT = {
    "version": 2,
    "status": "success",
    "eval": {"task": "sums", "model": "m/one", "dataset": {"name": "d", "sample_ids": ["a"]}},
    "plan": {"steps": [{"solver": "generate", "params": {}}]},
    "results": {"total_samples": 1, "completed_samples": 1, "scores": []},
    "samples": [
        {
            "id": "a",
            "epoch": 1,
            "input": "question",
            "target": "4",
            "messages": [{"role": "user", "content": "question"}],
            "output": {
                "model": "m/one",
                "choices": [
                    {"message": {"role": "assistant", "content": "4"}, "stop_reason": "stop"}
                ],
                "completion": "4",
            },
            "scores": {"match": {"value": "C", "answer": "4"}},
            "model_usage": {"m/one": {"input_tokens": 10, "output_tokens": 3}},
            "total_time": 2.5,
        }
    ],
}
_LM_EVAL = as_lines(
    {"doc_id": 0, "doc": {"question": "q", "answer": "4"}, "target": "4",
     "arguments": {"gen_args_0": {"arg_0": "q", "arg_1": {"until": ["\n"]}}},
     "resps": [["4"]], "filtered_resps": ["4"], "filter": "none", "metrics": ["exact_match"],
     "exact_match": 1.0, "doc_hash": "a", "prompt_hash": "b", "target_hash": "c"},
)  # fmt: skip
_HELM = {
    "adapter_spec": {"method": "multiple_choice_joint", "model": "org/m"},
    "request_states": [
        {"instance": {"id": "id1", "input": {"text": "Capital?"}, "split": "test",
                      "references": [{"output": {"text": "Lyon"}, "tags": []},
                                     {"output": {"text": "Paris"}, "tags": ["correct"]}]},
         "output_mapping": {"A": "Lyon", "B": "Paris"},
         "request": {"model": "m", "prompt": "Question: Capital?"},
         "result": {"success": True, "cached": False, "request_time": 0.25,
                    "completions": [{"text": " B", "logprob": -1.0,
                                     "finish_reason": {"reason": "length"}}]},
         "train_trial_index": 0}
    ],
}  # fmt: skip
_PROMPTFOO = {
    "evalId": "e",
    "results": {
        "version": 3,
        "results": [
            {"promptIdx": 0, "testIdx": 0, "success": True, "score": 1, "latencyMs": 5, "cost": 0.1,
             "provider": {"id": "m", "label": ""}, "prompt": {"raw": "q", "label": "q"},
             "vars": {"question": "q"}, "response": {"output": "4", "tokenUsage": {"total": 3}},
             "testCase": {"assert": [{"type": "equals", "value": "4"}]},
             "gradingResult": {"pass": True, "score": 1}}
        ],
    },
}  # fmt: skip
EXACT = as_lines(
    {"id": "a", "input": "q", "expected": "4"}, {"id": "b", "input": "r", "expected": 5}
)
CSV = b'id,question,answer\na,What is 2+2?,4\nb,"What, then?",5\n'
_ANSWERS = as_lines({"id": "a", "prediction": "4", "expected": "4"}, {"id": "b", "prediction": "5",
                  "expected": "5"})  # fmt: skip
_HUMAN_EVAL = as_lines({"task_id": "HumanEval/0", "completion": "  return 1", "passed": True,
                      "result": "passed"})  # fmt: skip
_OPENAI_EVALS = as_lines(
    {"spec": {"eval_name": "e", "completion_fns": ["m"], "run_config": {}, "run_id": "r"}},
    {"run_id": "r", "event_id": 0, "sample_id": "e.0", "type": "sampling",
     "data": {"prompt": [{"role": "user", "content": "q"}], "sampled": ["4"]}},
    {"run_id": "r", "event_id": 1, "sample_id": "e.0", "type": "match",
     "data": {"correct": True, "expected": "4", "picked": "4", "sampled": "4"}},
    {"final_report": {"accuracy": 1.0}},
)  # fmt: skip
_PRICES = {
    "m": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "litellm_provider": "openai",
          "mode": "chat", "cache_read_input_token_cost": 1e-7}
}  # fmt: skip
_RECORDS = as_lines({"id": "q", "text": "4", "latency_ms": 12.5}, {"id": "r", "text": None})
_LATENCIES = b"latency_ms,item\n12.5,a\n13,b\n900,c\n" + b"20,d\n" * 30
_PAGE = (
    b"<h1>Report</h1><p>t(12) = 2.50, p = .028, mean 0.50, 95% CI [0.40, 0.60].</p>"
    b"<table><tr><th>a</th><td>1.5</td></tr></table>"
)


def eval_log() -> bytes:
    packed = io.BytesIO()
    sample = INSPECT["samples"][0]  # type: ignore[index]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        header = {name: value for name, value in INSPECT.items() if name != "samples"}
        archive.writestr("header.json", json.dumps(header))
        archive.writestr("samples/a_epoch_1.json", json.dumps(sample))
    return packed.getvalue()


def _parquet() -> bytes:
    table = pa.table({"id": ["a", "b"], "input": ["q", "r"], "expected": ["4", "5"]})
    packed = io.BytesIO()
    pq.write_table(table, packed)
    return packed.getvalue()


def _written_parquet() -> bytes:
    items = [dataset_manager.Item(id="a", input="q", expected="4", metadata={"n": [1]})]
    dataset = dataset_manager.Dataset(items, name="d", version="1", scorer="exact_match")
    with tempfile.TemporaryDirectory() as folder:
        return dataset.to_parquet(Path(folder) / "a.parquet").read_bytes()


def _recording() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.arrows"
        store = telemetry_research.FileStore(path)
        with telemetry_research.recording("a", store=store):
            for number in range(3):
                telemetry_research.record("call.stop", {"duration_ns": number}, {"model": "m"})
        return path.read_bytes()


def _snapshot() -> bytes:
    hedger = hedging.Hedger()
    return as_json(hedger.snapshot())


def _import(form: Any) -> Callable[[Path], object]:
    return lambda path: causal_trace.import_chains(path, form=form)


def _log(format: Any) -> Callable[[Path], object]:
    return lambda path: dataset_manager.read_log(path, format=format)


def _restore(path: Path) -> None:
    hedging.Hedger().load(path)


def _chain() -> bytes:
    return causal_trace.parse(EVENTS, "c", metadata={"model": "m"}).to_json().encode()


def _annotations() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = causal_trace.AnnotationFile(Path(folder) / "a.jsonl")
        shared = {"chain_id": "c", "event_id": "e", "label": "good", "note": "n"}
        for rater in ("one", "two"):
            file.add(causal_trace.Annotation(rater=rater, **shared))
        return file.path.read_bytes()


def _record(path: Path) -> object:
    return ensemble.ReplayModel.from_jsonl(path, name="m")


READERS = (
    Reader(name="causal_trace text", file="a.txt", example=EVENTS.encode(),
           read=lambda path: causal_trace.parse(as_text(path), "c")),
    Reader(name="causal_trace reasoning", file="a.txt", example=EVENTS.encode(),
           read=lambda path: causal_trace.read_reasoning(as_text(path))),
    Reader(name="causal_trace code", file="a.txt", example=EVENTS.encode(),
           read=lambda path: causal_trace.split_events_and_code(as_text(path))),
    Reader(name="causal_trace chain", file="a.json", example=_chain(), read=_import(None)),
    Reader(name="causal_trace atif", file="a.json", example=as_json(_ATIF), read=_import("atif")),
    Reader(name="causal_trace claude_code", file="a.jsonl", example=_CLAUDE_CODE,
           read=_import("claude_code")),
    Reader(name="causal_trace inspect", file="a.json", example=as_json(INSPECT),
           read=_import("inspect")),
    Reader(name="dataset_manager number", file="a.txt",
           example=b"So 3 x 1,250 = 3,750. The answer is \\boxed{3{,}750} dollars.",
           read=lambda path: dataset_manager.extract_number(as_text(path))),
    Reader(name="dataset_manager choice", file="a.txt",
           example=b"(A) is wrong. The answer is (B) because C is too large.",
           read=lambda path: dataset_manager.extract_choice(as_text(path), ["a", "b", "c"])),
    Reader(name="dataset_manager code", file="a.txt",
           example=b"Here:\n```python\ndef f(x):\n    return x\n```\nand that is all",
           read=lambda path: dataset_manager.extract_code(as_text(path), "f")),
    Reader(name="dataset_manager inspect", file="a.json", example=as_json(INSPECT),
           read=_log("inspect")),
    Reader(name="dataset_manager lm-eval", file="samples_t_2026-01-01T00-00-00.jsonl",
           example=_LM_EVAL, read=_log("lm-eval")),
    Reader(name="dataset_manager promptfoo", file="a.json", example=as_json(_PROMPTFOO),
           read=_log("promptfoo")),
    Reader(name="dataset_manager helm", file="scenario_state.json", example=as_json(_HELM),
           read=_log("helm")),
    Reader(name="dataset_manager eval", file="a.eval", example=eval_log(), read=_log("inspect")),
    Reader(name="dataset_manager human-eval", file="a.jsonl", example=_HUMAN_EVAL,
           read=_log("human-eval")),
    Reader(name="dataset_manager openai-evals", file="a.jsonl", example=_OPENAI_EVALS,
           read=_log("openai-evals")),
    Reader(name="dataset_manager answers", file="a.jsonl", example=_ANSWERS, read=_log(None)),
    Reader(name="dataset_manager jsonl", file="a.jsonl", example=EXACT,
           read=dataset_manager.load_sync),
    Reader(name="dataset_manager json", file="a.json",
           example=as_json([json.loads(each) for each in EXACT.splitlines()]),
           read=dataset_manager.load_sync),
    Reader(name="dataset_manager csv", file="a.csv", example=CSV, read=dataset_manager.load_sync),
    Reader(name="dataset_manager parquet", file="a.parquet", example=_parquet(),
           read=dataset_manager.load_sync),
    Reader(name="dataset_manager written parquet", file="a.parquet",
           example=_written_parquet(), read=dataset_manager.load_sync),
    Reader(name="ensemble prices", file="a.json", example=as_json(_PRICES),
           read=ensemble.prices_from_litellm),
    Reader(name="ensemble records", file="a.jsonl", example=_RECORDS, read=_record),
    Reader(name="hedging trace", file="a.csv", example=_LATENCIES, read=hedging.read_trace),
    Reader(name="hedging trace jsonl", file="a.jsonl",
           example=as_lines(*({"latency_ms": 12.5 + each, "item": "a"} for each in range(5))),
           read=hedging.read_trace),
    Reader(name="causal_trace annotations", file="a.jsonl", example=_annotations(),
           read=lambda path: causal_trace.AnnotationFile(path).annotations()),
    Reader(name="hedging snapshot", file="a.json", example=_snapshot(), read=_restore),
    Reader(name="reporter html", file="a.html", example=_PAGE, read=reporter.check_file),
    Reader(name="reporter markdown", file="a.md", example=_PAGE, read=reporter.check_file),
    Reader(name="telemetry_research file", file="a.arrows", example=_recording(),
           read=telemetry_research.open_experiment),
)  # fmt: skip
