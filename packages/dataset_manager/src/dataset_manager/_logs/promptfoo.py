"""Results of promptfoo: the JSON that ``promptfoo eval -o results.json`` writes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .row import LogRow, as_count, as_number, as_score

# Assertions whose value is the right answer, the strictest first.
_EXACT = ("equals", "is-equal", "icontains", "contains", "contains-any", "icontains-any", "similar")
_EXPECTED = ("expected", "answer", "label", "target")


def is_promptfoo(whole: Any) -> bool:
    """Whether the content of a JSON file is a result of promptfoo."""
    return isinstance(whole, Mapping) and isinstance(_results(whole), list)


def _results(whole: Mapping[str, Any]) -> Any:
    inner = whole.get("results")
    return inner.get("results") if isinstance(inner, Mapping) else None


def read_promptfoo(path: Path, score: str | None) -> tuple[str, list[LogRow]]:
    """The task, and the answers in the order of the log."""
    try:
        whole = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetFileError(path, f"is not JSON: {error}") from error
    if not is_promptfoo(whole):
        raise DatasetFileError(path, "is not a result of promptfoo: results.results is missing")
    results = _results(whole)
    prompts = {result.get("promptIdx", 0) for result in results}
    rows = [_row(result, score, several=len(prompts) > 1, path=path) for result in results]
    seen: dict[tuple[str, str, str], int] = {}
    for position, row in enumerate(rows):  # the repeats of a test are equal but for their order
        mark = (row.id, row.model, row.variant)
        seen[mark] = seen.get(mark, 0) + 1
        rows[position] = LogRow(**{**row.to_dict(), "epoch": seen[mark]})
    config = whole.get("config") or {}
    return str(config.get("description") or path.stem), rows


def _row(result: Mapping[str, Any], score: str | None, *, several: bool, path: Path) -> LogRow:
    response = result.get("response") or {}
    usage = response.get("tokenUsage") or result.get("tokenUsage") or {}
    provider = result.get("provider") or {}
    prompt = result.get("prompt") or {}
    test = result.get("testCase") or {}
    values = result.get("vars") or test.get("vars") or {}
    # A cost of 0 beside an answer that states none is one that is not known.
    cost = response.get("cost", result.get("cost") or None)
    return LogRow(
        id=f"test_{result.get('testIdx', 0)}",
        input=_question(values, prompt, several=several),
        expected=_expected(test, values),
        prediction=response.get("output"),
        score=_score(result, score, path),
        model=str(provider.get("label") or provider.get("id") or ""),
        variant=str(prompt.get("label") or result.get("promptIdx", "")) if several else "",
        input_tokens=as_count(usage.get("prompt")),
        output_tokens=as_count(usage.get("completion")),
        cost_usd=as_number(cost),
        latency_ms=as_number(result.get("latencyMs")),
        error=result.get("error") if response.get("output") is None else None,
        metadata={
            **({"description": test["description"]} if test.get("description") else {}),
            "vars": dict(values),
        },
    )


def _question(values: Mapping[str, Any], prompt: Mapping[str, Any], *, several: bool) -> Any:
    """The only variable; of several ones the prompt, or all of them where prompts are compared."""
    asked = {name: value for name, value in values.items() if name not in _EXPECTED}
    if len(asked) == 1:
        return next(iter(asked.values()))
    if several and asked:
        return "\n".join(f"{name}: {value}" for name, value in asked.items())
    return prompt.get("raw", "")


def _expected(test: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    checks = [check for check in test.get("assert") or () if isinstance(check, Mapping)]
    for kind in _EXACT:
        for check in checks:
            if check.get("type") == kind and check.get("value") is not None:
                return check["value"]
    return next((values[name] for name in _EXPECTED if name in values), None)


def _score(result: Mapping[str, Any], wanted: str | None, path: Path) -> float | None:
    named = result.get("namedScores") or {}
    if wanted is None:
        value = result.get("score")
        return as_score(result.get("success") if value is None else value)
    if wanted not in named:
        known = ", ".join(named) or "none"
        raise DatasetFileError(path, f"a result has no score {wanted!r} (it has {known})")
    return as_score(named[wanted])
