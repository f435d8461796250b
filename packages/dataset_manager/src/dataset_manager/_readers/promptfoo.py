"""Results of promptfoo: what ``promptfoo eval -o results.json`` (or ``.jsonl``) writes."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.opening import stem_of
from .._data.readers import format_in, read_records
from .content import LogContent, counted, read_document
from .row import LogRow, as_count, as_error, as_number, as_score, said
from .rules import named_rule

# Assertions whose value is the right answer, the strictest first.
_EXACT = ("equals", "is-equal", "icontains", "contains", "contains-any", "icontains-any", "similar")
_EXPECTED = ("expected", "answer", "label", "target")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_ERROR = 2  # failureReason: 0 none, 1 an assertion, 2 an error


def is_promptfoo(whole: Any) -> bool:
    """Whether the content of a JSON file is a result of promptfoo."""
    return isinstance(whole, Mapping) and isinstance(_results(whole), list)


def is_promptfoo_result(record: Any) -> bool:
    """Whether a record of a JSONL file is a result of promptfoo."""
    known = {"promptIdx", "testIdx", "provider"}
    return isinstance(record, Mapping) and known <= record.keys()


def _results(whole: Mapping[str, Any]) -> Any:
    inner = whole.get("results")
    return inner.get("results") if isinstance(inner, Mapping) else None


def read_promptfoo(path: Path, score: str | None) -> LogContent:
    """The answers in the order of the log."""
    if format_in(path) == "jsonl":
        whole: Mapping[str, Any] = {
            "results": {"results": [each for _, each in read_records(path)]}
        }
    else:
        whole = read_document(path)
    if not is_promptfoo(whole):
        raise DatasetFileError(path, "is not a result of promptfoo: results.results is missing")
    results = _results(whole)
    prompts = {result.get("promptIdx", 0) for result in results}
    names = _names(results)
    rows = _numbered(
        [
            replace(_row(each, score, several=len(prompts) > 1), id=name)
            for each, name in zip(results, names, strict=True)
        ]
    )
    known = list(dict.fromkeys(name for row in rows for name in row.scores))
    if score is not None and score not in known:
        raise DatasetFileError(path, f"has no score {score!r} (it has {', '.join(known)})")
    config, stats = whole.get("config") or {}, whole["results"].get("stats") or {}
    counts = [as_count(stats.get(name)) or 0 for name in ("successes", "failures", "errors")]
    return LogContent(
        task=str(config.get("description") or stem_of(path)),
        rows=rows,
        status="success" if stats else None,
        planned=sum(counts) or None,
        version=(whole.get("metadata") or {}).get("promptfooVersion"),
        settings={"evalId": whole["evalId"]} if whole.get("evalId") else {},
        remarks=counted(
            {
                "answers came from a cache": sum("cached" in row.metadata for row in rows),
                "answers have an error": sum(row.error is not None for row in rows),
            }
        ),
    )


def _names(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """The name of each result's test: a repeat has a number of its own, and the same content."""
    first: dict[str, int] = {}
    found = []
    for result in results:
        number, test = int(result.get("testIdx", 0)), result.get("testCase")
        content = json.dumps([result.get("vars"), test], sort_keys=True) if test else str(number)
        first[content] = min(number, first.get(content, number))
        found.append(content)
    return [f"test_{first[content]}" for content in found]


def _numbered(rows: Sequence[LogRow]) -> list[LogRow]:
    """The repeats of a test are equal but for their order."""
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for row in rows:
        mark = (row.id, row.model, row.variant)
        seen[mark] = seen.get(mark, 0) + 1
        found.append(replace(row, epoch=seen[mark]))
    return found


def _row(result: Mapping[str, Any], score: str | None, *, several: bool) -> LogRow:
    response = result.get("response") or {}
    usage = response.get("tokenUsage") or result.get("tokenUsage") or {}
    provider = result.get("provider") or {}
    provider = {"id": provider} if isinstance(provider, str) else provider
    prompt = result.get("prompt") or {}
    test = result.get("testCase") or {}
    values = result.get("vars") or test.get("vars") or {}
    # A cost of 0 beside an answer that states none is one that is not known.
    cost = response.get("cost", result.get("cost") or None)
    shown = _readable(prompt.get("raw", ""))
    scores = _scores(result)
    return LogRow(
        id=f"test_{result.get('testIdx', 0)}",
        input=_question(values, shown, several=several),
        expected=_filled(_expected(test, values), values),
        prediction=response.get("output"),
        score=scores.get(score or "score"),
        model=str(provider.get("label") or provider.get("id") or ""),
        variant=str(prompt.get("label") or result.get("promptIdx", "")) if several else "",
        input_tokens=as_count(usage.get("prompt")),
        output_tokens=as_count(usage.get("completion")),
        cost_usd=as_number(cost),
        latency_ms=as_number(result.get("latencyMs")),
        error=_error(result, response),
        metadata=_metadata(result, response, test, values),
        raw=response.get("raw", response.get("output")),
        extracted=response.get("output"),
        scores=scores,
        prompt=shown,
        stop_reason=response.get("finishReason"),
        rule=_rule(test) if (score or "score") == "score" else "",
    )


def _rule(test: Mapping[str, Any]) -> str:
    """The kind of the only assertion, or of all of them."""
    checks = [check for check in test.get("assert") or () if isinstance(check, Mapping)]
    kinds = ",".join(str(check.get("type", "assertion")) for check in checks)
    options = {"threshold": test.get("threshold")}
    options |= {name: check.get(name) for check in checks for name in ("threshold", "transform")}
    return named_rule("promptfoo", kinds, options) if kinds else ""


def _error(result: Mapping[str, Any], response: Mapping[str, Any]) -> str | None:
    """The ``error`` of a result is also where promptfoo says which assertion failed."""
    failed = response.get("output") is None or result.get("failureReason") == _ERROR
    return as_error(response.get("error") or result.get("error")) if failed else None


def _metadata(
    result: Mapping[str, Any],
    response: Mapping[str, Any],
    test: Mapping[str, Any],
    values: Mapping[str, Any],
) -> dict[str, Any]:
    reason = (result.get("gradingResult") or {}).get("reason")
    found = {
        "description": test.get("description"),
        "cached": response.get("cached") or None,
        "reason": reason,
        **(test.get("metadata") or {}),
    }
    return {**{name: value for name, value in found.items() if value}, "vars": dict(values)}


def _readable(raw: Any) -> str:
    """A prompt; a conversation is JSON in a text."""
    if isinstance(raw, str) and raw.lstrip().startswith("["):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return str(raw)
    if isinstance(raw, list) and raw and all(isinstance(each, Mapping) for each in raw):
        return said(raw)
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def _question(values: Mapping[str, Any], prompt: str, *, several: bool) -> Any:
    """The only variable; of several ones the prompt, or all of them where prompts are compared."""
    asked = {name: value for name, value in values.items() if name not in _EXPECTED}
    if len(asked) == 1:
        return next(iter(asked.values()))
    if several and asked:
        return "\n".join(f"{name}: {value}" for name, value in asked.items())
    return prompt


def _expected(test: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    checks = [check for check in test.get("assert") or () if isinstance(check, Mapping)]
    for kind in _EXACT:
        for check in checks:
            if check.get("type") == kind and check.get("value") is not None:
                return check["value"]
    return next((values[name] for name in _EXPECTED if name in values), None)


def _filled(expected: Any, values: Mapping[str, Any]) -> Any:
    """A right answer with the variables that it names, such as ``{{expected}}``."""
    if not isinstance(expected, str):
        return expected
    if (alone := _VARIABLE.fullmatch(expected.strip())) and alone[1] in values:
        return values[alone[1]]
    return _VARIABLE.sub(lambda found: str(values.get(found[1], found[0])), expected)


def _scores(result: Mapping[str, Any]) -> dict[str, float]:
    """The whole score first; then those with a name; then each assertion by its kind."""
    whole = result.get("score")
    found = {"score": as_score(result.get("success") if whole is None else whole)}
    found |= {name: as_score(value) for name, value in (result.get("namedScores") or {}).items()}
    parts = (result.get("gradingResult") or {}).get("componentResults") or ()
    for position, part in enumerate(parts):
        if isinstance(part, Mapping):
            kind = (part.get("assertion") or {}).get("type", "assertion")
            name = kind if kind not in found else f"{kind}.{position}"
            found.setdefault(name, as_score(part.get("score", part.get("pass"))))
    return {name: value for name, value in found.items() if value is not None}
