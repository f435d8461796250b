"""Logs of OpenAI evals: JSONL of events, whose first line is the specification of the run."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.opening import stem_of
from .._data.readers import read_records
from .content import LogContent, counted
from .row import LogRow, as_error, as_score, said
from .rules import named_rule

Event = Mapping[str, Any]
_SCORED = ("match", "metrics", "f1", "model_graded")


def is_openai_evals(record: Any) -> bool:
    """Whether a record of a JSONL file begins a log of OpenAI evals."""
    spec = record.get("spec") if isinstance(record, Mapping) else None
    return isinstance(spec, Mapping) and ("eval_name" in spec or "completion_fns" in spec)


def read_openai_evals(path: Path, score: str | None) -> LogContent:
    """The answers by sample, in the order of the data: threads begin samples in any order."""
    spec: Mapping[str, Any] = {}
    report = None
    samples: dict[str, list[Event]] = {}
    with closing(read_records(path)) as records:
        for line, record in records:
            if not isinstance(record, Mapping):
                raise DatasetFileError(path, "is not an event of OpenAI evals", line)
            if "spec" in record:
                spec = record["spec"]
            elif "final_report" in record:
                report = record["final_report"]
            elif record.get("sample_id") is not None:
                samples.setdefault(str(record["sample_id"]), []).append(record)
    model = ", ".join(map(str, spec.get("completion_fns") or ())) or str(spec.get("model_name", ""))
    rule = _rule(spec)
    rows = [
        replace(_row(name, events, model, score), rule=rule)
        for name, events in sorted(samples.items(), key=_place)
    ]
    names = list(dict.fromkeys(name for row in rows for name in row.scores))
    if score is not None and score not in names:
        raise DatasetFileError(path, f"has no score {score!r} (it has {', '.join(names)})")
    return LogContent(
        task=str(spec.get("eval_name") or spec.get("base_eval") or stem_of(path)),
        rows=rows,
        # A run that was killed has no final report.
        status="started" if report is None else "success",
        settings={"spec": spec, "final_report": report or {}},
        remarks=counted({"answers have no score": sum(not row.scores for row in rows)}),
    )


def _rule(spec: Mapping[str, Any]) -> str:
    """The class of the evaluation, such as ``evals.elsuite.basic.match:Match``."""
    config = spec.get("run_config")
    used = config.get("eval_spec") if isinstance(config, Mapping) else None
    if not isinstance(used, Mapping) or not used.get("cls"):
        return ""
    given = used.get("args") if isinstance(used.get("args"), Mapping) else {}
    options = {name: given[name] for name in ("ignore_case",) if given and name in given}
    return named_rule("openai-evals", str(used["cls"]).rpartition(":")[2], options)


def _place(sample: tuple[str, list[Event]]) -> tuple[str, int]:
    """The samples of a split are numbered, such as ``match.dev.10``."""
    split, _, number = sample[0].rpartition(".")
    return (split, int(number)) if number.isdecimal() else (sample[0], -1)


def _row(name: str, events: Sequence[Event], model: str, score: str | None) -> LogRow:
    sampling = next((_data(each) for each in events if each.get("type") == "sampling"), {})
    raw = next((_data(each) for each in events if each.get("type") == "raw_sample"), {})
    match = next((_data(each) for each in events if each.get("type") == "match"), {})
    scores = _scores(events)
    answer = _first(sampling.get("sampled", match.get("sampled")))
    shown = sampling.get("prompt", match.get("prompt", raw.get("input", "")))
    return LogRow(
        id=name,
        input=_text(raw.get("input", shown)),
        expected=_expected(raw, match),
        prediction=answer,
        score=scores.get(score or next(iter(scores), "")),
        model=model,
        error=next((as_error(_data(each)) for each in events if each.get("type") == "error"), None),
        metadata={
            key: value for key, value in raw.items() if key not in ("input", "ideal", "messages")
        },
        raw=answer,
        extracted=match.get("picked"),
        scores=scores,
        prompt=_text(shown),
    )


def _data(event: Event) -> Mapping[str, Any]:
    found = event.get("data")
    return found if isinstance(found, Mapping) else {"message": found}


def _scores(events: Sequence[Event]) -> dict[str, float]:
    found: dict[str, float] = {}
    for event in events:
        if event.get("type") not in _SCORED:
            continue
        for name, value in _data(event).items():
            number = as_score(value) if isinstance(value, bool | int | float) else None
            if number is not None:
                found.setdefault(name, number)
    return found


def _expected(raw: Mapping[str, Any], match: Mapping[str, Any]) -> Any:
    return raw.get("ideal", match.get("expected"))


def _first(sampled: Any) -> Any:
    return (sampled[0] if sampled else None) if isinstance(sampled, list) else sampled


def _text(prompt: Any) -> str:
    if isinstance(prompt, list) and all(isinstance(each, Mapping) for each in prompt):
        return said(prompt)
    return prompt if isinstance(prompt, str) else str(prompt)
