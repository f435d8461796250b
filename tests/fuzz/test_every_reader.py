"""Every public name that takes a file or a text of others is among those that are tried."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pytest

LIBRARIES = (
    *("bench", "causal_trace", "dataset_manager", "ensemble", "hedging", "reporter"),
    *("research_harness", "telemetry_research"),
)
_FILES = re.compile(r"\bPath(Like)?\b|\bbytes\b|\bBinaryIO\b")
_TEXTS = {"text", "template", "payload", "answer", "reasoning", "held", "header", "headers"}
_TEXTS |= {"prediction", "predictions", "completions", "references"}
_WRITES = "it writes what is given to it"
_OWN = "a text of its caller, or of what was read already"
_SAME = "it reads with what is tried"
_SENDS = "it sends the content, and reads the answer as those that are tried"
_SANDBOX = "programs run in the sandbox, which has tests of its own"
_HASHES = "it hashes the file and reads nothing of it"
# These take a path or a text, and read nothing of others through it by themselves.
NOT_READ = {
    "causal_trace.importance": _OWN,
    "causal_trace.importance_sync": _OWN,
    "causal_trace.save_chain": _WRITES,
    "causal_trace.save_visualization": _WRITES,
    "causal_trace.task_page": _OWN,
    "dataset_manager.Leaderboard.export": _WRITES,
    "dataset_manager.Pin.check": _HASHES,
    "dataset_manager.Pin.digest_of": _HASHES,
    "dataset_manager.PredictionLog.to_every_eval_ever": _WRITES,
    "dataset_manager.accuracy": "the scorers are tried",
    "dataset_manager.clear_cache": "it removes files by their names",
    "dataset_manager.invalidate_cache": "it removes files by their names",
    "dataset_manager.load": _SAME,
    "dataset_manager.load_all": _SAME,
    "dataset_manager.make_mirror": "it takes files that fit their pins",
    "dataset_manager.preload": "it takes files that fit their pins",
    "dataset_manager.preload_sync": "it takes files that fit their pins",
    "dataset_manager.run_tests": _SANDBOX,
    "dataset_manager.run_tests_sync": _SANDBOX,
    "dataset_manager.with_prompts": _OWN,
    "ensemble.AnthropicModel.call": _SENDS,
    "ensemble.GeminiModel": "headers that are sent",
    "ensemble.GeminiModel.call": _SENDS,
    "ensemble.LocalModel": "llama.cpp reads the weights, which its caller names",
    "ensemble.LocalModel.call": _SENDS,
    "ensemble.OpenAIModel.call": _SENDS,
    "ensemble.OpenAIResponsesModel.call": _SENDS,
    "ensemble.ask_batch": "the file of jobs is tried",
    "ensemble.ask_batch_sync": "the file of jobs is tried",
    "reporter.register_format": "a function of its caller",
    "reporter.ro_crate": _HASHES,
    "reporter.write": _WRITES,
    "research_harness.History.write": _WRITES,
    "research_harness.Link.send": _SENDS,
    "research_harness.LogComparison.write": _WRITES,
    "research_harness.estimate": _SAME,
    "research_harness.resume": _SAME,
    "research_harness.run": _SAME,
    "research_harness.sign_run": "it signs what verify found whole",
    "telemetry_research.Chunk": "events of this process",
    "telemetry_research.HeldEvents.count_error": _OWN,
    "telemetry_research.Reservoir.append": "events of this process",
    "telemetry_research.reproducibility_record": _HASHES,
    "telemetry_research.write_page": _WRITES,
}


def parameters(name: str, value: Any) -> Iterator[tuple[str, inspect.Parameter]]:
    """The parameters of a function, or of a class and its public methods.

    A record, which holds values, reads nothing when it is made.
    """
    calls = {} if is_dataclass(value) else {name: value}
    if inspect.isclass(value):
        own = [each for each in dir(value) if not each.startswith("_")]
        calls |= {f"{name}.{each}": getattr(value, each) for each in own}
    for called, function in calls.items():
        if not callable(function):
            continue
        try:
            found = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            continue
        yield from ((called, each) for each in found)


def takes_from_others(each: inspect.Parameter) -> bool:
    kind = str(each.annotation)
    return bool(_FILES.search(kind)) or (each.name in _TEXTS and "str" in kind)


def tried() -> set[str]:
    """The names that the modules beside this one use of the libraries."""
    found: set[str] = set()
    for path in Path(__file__).parent.glob("*.py"):
        if path.name == Path(__file__).name:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                library = str(node.module).partition(".")[0]
                found |= {f"{library}.{each.name}" for each in node.names}
            elif isinstance(node, ast.Attribute):
                found.add(ast.unparse(node))
    return found


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_name_that_reads_is_tried_or_has_a_reason(library: str) -> None:
    module, known = importlib.import_module(library), tried()
    names = {
        called
        for name in module.__all__
        if not (isinstance(value := getattr(module, name), type) and issubclass(value, Exception))
        for called, each in parameters(f"{library}.{name}", value)
        if takes_from_others(each)
    }
    reads = {each for each in names if each not in known and each.rpartition(".")[0] not in known}

    assert reads - {*NOT_READ} == set()
    assert {each for each in NOT_READ if each.startswith(f"{library}.")} - names == set()
