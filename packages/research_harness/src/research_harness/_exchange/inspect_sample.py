"""A row of a run as a sample of an Inspect log.

The form: https://inspect.aisi.org.uk/reference/inspect_ai.log.html
"""

import json
import string
from collections.abc import Mapping, Sequence
from typing import Any

from .._artifacts.traces import row_key
from .._outcome.responses import ResponseRecord
from .answered import AnsweredRow

# Why an answer ended, in the words of Inspect.
_STOPS = {
    "length": "max_tokens",
    "max_tokens": "max_tokens",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
}
_COUNTS = ("input_tokens", "output_tokens")


def sample_of(row: AnsweredRow, *, model: str, scorer: str, run: str) -> dict[str, Any]:
    """The sample.

    Args:
        row: The row.
        model: The name of the condition, for rows whose calls are not recorded.
        scorer: The name of the scorer.
        run: The id of the run.
    """
    values, item = row.values, row.item
    question, choices = _question(item["input"])
    answer = "" if values["prediction"] is None else str(values["prediction"])
    usage = _usage(row.calls)
    seconds = None if values["latency_ms"] is None else values["latency_ms"] / 1000
    found = {
        "id": item["id"],
        "epoch": values["repeat"] + 1,
        "input": question,
        "choices": choices or None,
        "target": _target(item.get("expected"), choices),
        "messages": _messages(row, question, answer, model),
        "output": _output(row, answer, model, usage, seconds),
        "scores": _scores(row, scorer, answer),
        "metadata": dict(item.get("metadata") or {}),
        "model_usage": {model: usage} if usage else {},
        "total_time": seconds,
        "working_time": seconds,
        "uuid": row_key(run, values["condition"], item["id"], values["repeat"]),
        "error": _error(row.error),
    }
    return {name: value for name, value in found.items() if value is not None}


def summary_of(sample: Mapping[str, Any]) -> dict[str, Any]:
    """What the list of samples shows of one.

    Args:
        sample: The sample.
    """
    names = ("id", "epoch", "input", "target", "scores", "model_usage", "total_time")
    found = {name: sample[name] for name in (*names, "working_time", "uuid") if name in sample}
    error = sample.get("error")
    return {
        **found,
        "metadata": {},
        "completed": True,
        "message_count": len(sample["messages"]),
        **({"error": error["message"]} if error else {}),
    }


def _question(given: Any) -> tuple[str, list[str]]:
    if isinstance(given, str):
        return given, []
    if isinstance(given, Mapping):
        text = given.get("question") or given.get("prompt") or given.get("text")
        if isinstance(text, str):
            return text, [str(each) for each in given.get("choices") or ()]
    return json.dumps(given, ensure_ascii=False, sort_keys=True), []


def _target(expected: Any, choices: Sequence[str]) -> str | list[str]:
    if isinstance(expected, list):
        return [_one_target(each, choices) for each in expected]
    return _one_target(expected, choices)


def _one_target(expected: Any, choices: Sequence[str]) -> str:
    """A right answer; of a choice the letter, as Inspect has it."""
    if expected is None:
        return ""
    is_place = isinstance(expected, int) and not isinstance(expected, bool)
    if is_place and choices and 0 <= expected < min(len(choices), 26):
        return string.ascii_uppercase[expected]
    if isinstance(expected, str):
        return expected
    return json.dumps(expected, ensure_ascii=False, sort_keys=True)


def _messages(row: AnsweredRow, question: str, answer: str, model: str) -> list[dict[str, Any]]:
    """Each prompt with its answer; of calls with one prompt it stands once."""
    if not row.calls:
        return [_message("user", question), _message("assistant", answer, model)]
    found: list[dict[str, Any]] = []
    last = None
    for call in row.calls:
        prompt = question if call.prompt is None else call.prompt
        if prompt != last:
            found.append(_message("user", prompt))
            last = prompt
        if call.answer is not None:
            found.append(_message("assistant", call.answer, call.model))
    if all(call.answer != answer for call in row.calls) and answer:
        found.append(_message("assistant", answer, model))
    return found


def _message(role: str, text: str, model: str | None = None) -> dict[str, Any]:
    made = {"role": role, "content": text}
    if model is not None:
        made |= {"source": "generate", "model": model}
    return made


def _output(
    row: AnsweredRow, answer: str, model: str, usage: Mapping[str, Any], seconds: float | None
) -> dict[str, Any]:
    stop = row.calls[-1].finish_reason if len(row.calls) == 1 else None
    choice = {
        "message": _message("assistant", answer, model),
        "stop_reason": _STOPS.get(stop or "stop", "stop"),
    }
    return {
        "model": model,
        "choices": [] if row.error and not answer else [choice],
        "completion": answer,
        **({"usage": dict(usage)} if usage else {}),
        **({} if seconds is None else {"time": seconds}),
    }


def _usage(calls: Sequence[ResponseRecord]) -> dict[str, Any]:
    """The tokens and the cost of all calls, as far as they are known for all of them."""
    found: dict[str, Any] = {}
    for name in _COUNTS:
        values = [getattr(call, name) for call in calls]
        if values and None not in values:
            found[name] = sum(values)
    if len(found) == len(_COUNTS):
        found["total_tokens"] = sum(found.values())
    costs = [call.cost_usd for call in calls]
    if costs and None not in costs:
        found["total_cost"] = sum(cost for cost in costs if cost is not None)
    return found


def _scores(row: AnsweredRow, scorer: str, answer: str) -> dict[str, Any] | None:
    if row.score is None:
        return None
    made: dict[str, Any] = {"value": row.score, "answer": answer}
    if row.values.get("extraction"):
        made["metadata"] = {"extraction": row.values["extraction"]}
    return {scorer: made}


def _error(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    return {"message": text, "traceback": text, "traceback_ansi": text}
