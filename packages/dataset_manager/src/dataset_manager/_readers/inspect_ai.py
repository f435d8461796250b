"""Logs of Inspect, 0.3.60 to 0.3.285: an ``.eval`` archive, or one JSON file."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .._core.bounds import open_plain
from .._core.errors import DatasetFileError
from .archive import Archive
from .content import LogContent, counted, read_document
from .row import (
    LogRow,
    as_count,
    as_error,
    as_ms,
    as_number,
    as_scores,
    question_of,
    said,
    text_of,
)
from .rules import named_rule

_ATTACHMENT = "attachment://"
_NORMAL = ("stop", "tool_calls", "unknown")


def read_inspect(path: Path, score: str | None) -> LogContent:
    """The run and its answers, by epoch and then in the order of the data set."""
    with open_plain(path) as file:
        is_packed = path.suffix == ".eval" or zipfile.is_zipfile(file)
    if is_packed:
        head, samples = _packed(Archive(path))
    else:
        head = read_document(path)
        samples = iter(head.get("samples") or ())
    about = head["eval"]
    model = str(about.get("model", ""))
    options = _options(head)
    rows = _in_order([_row(each, model, score, path, options) for each in samples], about)
    return LogContent(
        task=str(about.get("task", path.stem)),
        rows=rows,
        # The log of a run that was killed has no status.
        status=str(head.get("status") or "started"),
        planned=_planned(head),
        dataset_size=as_count((about.get("dataset") or {}).get("samples")),
        error=as_error(head.get("error")),
        version=(about.get("packages") or {}).get("inspect_ai"),
        settings=_settings(head),
        remarks=(*_remarks(head, rows), *_parts_remark(rows, score)),
    )


def _packed(archive: Archive) -> tuple[Mapping[str, Any], Iterator[Mapping[str, Any]]]:
    # The log of a run that was killed has no header; its journal names the task.
    known = ("header.json", "_journal/start.json")
    head = next((name for name in known if name in archive.members), None)
    if head is None:
        raise DatasetFileError(
            archive.path, "is not an Inspect log: it has neither header nor journal"
        )
    samples = (
        archive.document(name)
        for name in archive.members
        if name.startswith("samples/") and name.endswith(".json")
    )
    return archive.document(head), samples


def _planned(head: Mapping[str, Any]) -> int | None:
    """The answers that the run set out for: samples times epochs."""
    stated = as_count((head.get("results") or {}).get("total_samples"))
    about = head["eval"]
    samples, config = about.get("dataset") or {}, about.get("config") or {}
    if stated:
        return stated
    ids = samples.get("sample_ids")
    size = len(ids) if ids else as_count(samples.get("samples"))
    limit = config.get("limit")
    if size is not None and not ids and limit is not None:
        size = min(size, _width(limit))
    return None if size is None else size * (as_count(config.get("epochs")) or 1)


def _width(limit: Any) -> int:
    """How many samples a limit leaves: a number, or the first and the one after the last."""
    if isinstance(limit, list):
        return int(limit[1]) - int(limit[0])
    return int(limit)


def _settings(head: Mapping[str, Any]) -> dict[str, Any]:
    about = head["eval"]
    names = (
        "task_version",
        "task_args",
        "model_args",
        "model_generate_config",
        "config",
        "created",
    )
    found = {name: about[name] for name in names if about.get(name)}
    for name in ("invalidated", "tags", "metadata", "log_updates"):
        if head.get(name):
            found[name] = head[name]
    return found


def _in_order(rows: list[LogRow], about: Mapping[str, Any]) -> list[LogRow]:
    """Both forms of a log give one order: an archive has its samples as they ended."""
    known = (about.get("dataset") or {}).get("sample_ids") or ()
    places = {str(each): place for place, each in enumerate(known)}

    def place(row: LogRow) -> tuple[int, int, int, int, str]:
        number = int(row.id) if row.id.isdecimal() and len(row.id) < 19 else -1
        return row.epoch, places.get(row.id, len(places)), number < 0, number, row.id

    return sorted(rows, key=place)


def _remarks(head: Mapping[str, Any], rows: list[LogRow]) -> tuple[str, ...]:
    said_of = {
        "answers ended by a limit": sum(row.limit is not None for row in rows),
        "answers that the model did not end itself": sum(
            row.stop_reason not in (None, *_NORMAL) for row in rows
        ),
        "answers without a score": sum(not row.scores and row.error is None for row in rows),
        "answers edited after the run": sum(bool(row.edits) for row in rows),
    }
    whole = ("the log is marked as invalidated",) if head.get("invalidated") else ()
    return (*whole, *counted(said_of))


def _parts_remark(rows: list[LogRow], wanted: str | None) -> tuple[str, ...]:
    """A score of several parts has no value of its own, so the first part was taken."""
    names = list(dict.fromkeys(name for row in rows for name in row.scores))
    taken = wanted or next(iter(names), "").partition(".")[0]
    parts = [name for name in names if name.startswith(f"{taken}.")]
    if taken in names or len(parts) < 2:
        return ()
    return (f"score {taken!r} has parts, of which {parts[0]!r} was taken ({', '.join(parts)})",)


def _options(head: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The options of each scorer, which older logs have with its results."""
    results = (head.get("results") or {}).get("scores") or ()
    found = {str(each.get("name")): each.get("params") or {} for each in results}
    given = head["eval"].get("scorers") or ()
    return found | {str(each.get("name")): each.get("options") or {} for each in given}


def _row(
    sample: Mapping[str, Any],
    model: str,
    score: str | None,
    path: Path,
    options: Mapping[str, Mapping[str, Any]],
) -> LogRow:
    output = sample.get("output") or {}
    usage = _usage(sample, output)
    taken = sample.get("working_time")
    attachments = sample.get("attachments") or {}
    answer = _completion(output, attachments)
    # A call that failed has its error in the output, and no answer.
    error = as_error(sample.get("error") or (None if answer else output.get("error")))
    wanted, scores = _scores(sample, score, path)
    return LogRow(
        id=str(sample["id"]),
        input=question_of(_input(sample["input"], attachments), sample.get("choices")),
        expected=sample.get("target"),
        prediction=None if error and not answer else answer,
        score=scores.get(wanted),
        model=model or str(output.get("model", "")),
        epoch=int(sample.get("epoch", 1)),
        input_tokens=as_count(usage.get("input_tokens")),
        output_tokens=as_count(usage.get("output_tokens")),
        cost_usd=as_number(usage.get("total_cost")),
        latency_ms=as_ms(sample.get("total_time") if taken is None else taken),
        error=error,
        metadata=sample.get("metadata") or {},
        raw=answer,
        extracted=_extracted(sample, wanted),
        scores=scores,
        prompt=_prompt(sample, attachments),
        stop_reason=_stop_reason(output),
        limit=_limit(sample.get("limit")),
        edits=tuple(_edits(sample)),
        rule=named_rule("inspect", wanted, options.get(wanted)) if wanted else "",
    )


def _resolved(value: Any, attachments: Mapping[str, str]) -> Any:
    """A content whose long texts Inspect put aside."""
    if isinstance(value, str):
        key = value.removeprefix(_ATTACHMENT)
        return attachments.get(key, value) if key != value else value
    if isinstance(value, list):
        return [_resolved(each, attachments) for each in value]
    if isinstance(value, Mapping):
        return {name: _resolved(each, attachments) for name, each in value.items()}
    return value


def _input(given: Any, attachments: Mapping[str, str]) -> str:
    """The question: a text, or the user's messages of a conversation."""
    given = _resolved(given, attachments)
    if isinstance(given, str):
        return given
    asked = [each for each in given if each.get("role") == "user"] or list(given)
    return "\n\n".join(text_of(each.get("content")) for each in asked)


def _prompt(sample: Mapping[str, Any], attachments: Mapping[str, str]) -> str:
    """The messages before the model's first one."""
    before = []
    for message in sample.get("messages") or ():
        if message.get("role") == "assistant":
            break
        before.append({**message, "content": _resolved(message.get("content"), attachments)})
    return said(before)


def _completion(output: Mapping[str, Any], attachments: Mapping[str, str]) -> str | None:
    choices = output.get("choices") or ()
    if choices:
        content = (choices[0].get("message") or {}).get("content", "")
        return text_of(_resolved(content, attachments))
    return output.get("completion") or None


def _stop_reason(output: Mapping[str, Any]) -> str | None:
    choices = output.get("choices") or ()
    found = choices[0].get("stop_reason") if choices else output.get("stop_reason")
    return str(found) if found else None


def _limit(limit: Any) -> str | None:
    if not isinstance(limit, Mapping):
        return str(limit) if limit else None
    size = as_number(limit.get("limit"))
    return str(limit.get("type", "")) + ("" if size is None else f" {size:g}")


def _usage(sample: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, Any]:
    """The tokens of all calls for the sample; of the last one where the log has no sum."""
    of_all = [each for each in (sample.get("model_usage") or {}).values() if each]
    calls = of_all or [output.get("usage") or {}]
    names = ("input_tokens", "output_tokens", "total_cost")
    known = {name: [each[name] for each in calls if each.get(name) is not None] for name in names}
    return {name: sum(values) for name, values in known.items() if values}


def _scores(
    sample: Mapping[str, Any], wanted: str | None, path: Path
) -> tuple[str, dict[str, float]]:
    """The name of the score to take, and all scores of a sample."""
    given = sample.get("scores") or {}
    found = {
        name: value
        for scorer, each in given.items()
        for name, value in as_scores(scorer, each.get("value")).items()
    }
    if wanted is None:
        return next(iter(found), ""), found
    if wanted in given or wanted in found or not given:
        parts = (name for name in found if name.startswith(f"{wanted}."))
        return wanted if wanted in found else next(parts, wanted), found
    known = ", ".join(dict.fromkeys([*given, *found]))
    raise DatasetFileError(path, f"sample {sample['id']!r} has no score {wanted!r} ({known})")


def _extracted(sample: Mapping[str, Any], score: str) -> Any:
    scores = sample.get("scores") or {}
    holder: Mapping[str, Any] = next(
        (each for name, each in scores.items() if name in (score, *_heads(score))), {}
    )
    return holder.get("answer")


def _heads(name: str) -> Iterator[str]:
    """What stands before each point of a name: a scorer's own name may have points."""
    for position, mark in enumerate(name):
        if mark == ".":
            yield name[:position]


def _edits(sample: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The history of the scores, of which Inspect keeps the first value too, and what else."""
    for name, score in (sample.get("scores") or {}).items():
        history = score.get("history") or ()
        yield from ({"score": name, **dict(each)} for each in history)
    if sample.get("invalidation"):
        yield {"invalidation": sample["invalidation"]}
