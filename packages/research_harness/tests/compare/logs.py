"""Small logs for the tests: plain files, and the forms of Inspect and lm-eval."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write a plain log with one answer a line."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def plain(path: Path, scores: Mapping[str, float | None], model: str = "", **more: Any) -> Path:
    """Write a plain log of one model from its scores by item."""
    rows = [
        {
            "id": item,
            "question": f"What about {item}?",
            "prediction": f"answer of {model} to {item}",
            "score": "" if score is None else score,
            "model": model or path.stem,
            **more,
        }
        for item, score in scores.items()
    ]
    return write_csv(path, rows)


def inspect_log(path: Path, model: str, scores: Mapping[str, float]) -> Path:
    """Write a JSON log as Inspect does, with the fields that matter."""
    samples = [
        {
            "id": number,
            "epoch": 1,
            "input": question,
            "target": "yes",
            "output": {"choices": [{"message": {"role": "assistant", "content": "yes"}}]},
            "scores": {"match": {"value": "C" if score else "I"}},
        }
        for number, (question, score) in enumerate(scores.items(), start=1)
    ]
    log = {
        "version": 2,
        "status": "success",
        "eval": {"task": "questions", "model": model, "dataset": {"samples": len(samples)}},
        "samples": samples,
    }
    path.write_text(json.dumps(log), encoding="utf-8")
    return path


def lm_eval_log(folder: Path, model: str, scores: Mapping[str, float]) -> Path:
    """Write samples as lm-eval does, in the folder of a model."""
    folder = folder / model
    folder.mkdir(parents=True)
    path = folder / "samples_asked_2026-01-01T00-00-00.000000.jsonl"
    lines = [
        {
            "doc_id": number,
            "doc": {"question": question, "answer": "yes"},
            "target": "yes",
            "arguments": {"gen_args_0": {"arg_0": question, "arg_1": {"until": []}}},
            "resps": [["yes"]],
            "filtered_resps": ["yes"],
            "filter": "none",
            "metrics": ["exact_match"],
            "doc_hash": f"d{number}",
            "prompt_hash": f"p{number}",
            "target_hash": "t",
            "exact_match": score,
        }
        for number, (question, score) in enumerate(scores.items())
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path
