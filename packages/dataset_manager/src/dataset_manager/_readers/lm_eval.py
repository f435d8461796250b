"""Logs of the Language Model Evaluation Harness: ``samples_<task>_<time>.jsonl``."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.opening import stem_of
from .._data.readers import read_records
from .content import LogContent, counted, read_document
from .lm_eval_answers import Answers, answers_of, expected_of
from .row import LogRow, as_score, question_of, said

_FILE = re.compile(r"samples_(?P<task>.+?)_(?P<time>\d{4}-\d\d-\d\dT[\d.:-]+)\.jsonl")
_CHOICES = ("choices", "options", "endings")
_IDS = ("id", "question_id", "task_id", "item_id", "sample_id", "example_id", "qid", "uid", "idx")
# Logarithms and their kin: not a mark of how right an answer is.
_NOT_RIGHTNESS = re.compile(r"perplexity|bits_per_byte|likelihood|brier|logprob", re.IGNORECASE)
Record = Mapping[str, Any]


def is_lm_eval(record: Any) -> bool:
    """Whether a record is a sample of lm-eval."""
    return isinstance(record, Mapping) and {"doc_id", "doc", "resps"} <= record.keys()


def read_lm_eval(path: Path, score: str | None) -> LogContent:
    """The answers in the order of the log; each repeat is a row."""
    named = _FILE.match(path.name)
    results = _results(path, named["time"] if named else "")
    task = named["task"] if named else stem_of(path)
    found = list(read_records(path))
    for line, record in found:
        if not is_lm_eval(record):
            raise DatasetFileError(
                path, "is not a sample of lm-eval: doc_id, doc or resps is missing", line
            )
    own = _own_ids([record for _, record in found])
    reader = _Reader(path, task, _model(path, results, named is not None), score, own)
    rows = [row for line, record in found for row in reader.rows(record, line)]
    sizes = (results.get("n-samples") or {}).get(task) or {}
    filters = len({row.variant for row in rows}) or 1
    effective = sizes.get("effective")
    return LogContent(
        task=task,
        rows=rows,
        status="success" if results else None,
        planned=None if effective is None else effective * filters * reader.repeats,
        dataset_size=sizes.get("original"),
        version=results.get("lm_eval_version"),
        settings=_settings(results, task),
        remarks=reader.remarks(rows),
    )


class _Reader:
    """The rows of the records of one file."""

    def __init__(
        self, path: Path, task: str, model: str, score: str | None, ids: Mapping[Any, str]
    ) -> None:
        self.path, self.task, self.model, self.score, self.ids = path, task, model, score, ids
        self.repeats = 1

    def rows(self, record: Record, line: int | None) -> list[LogRow]:
        doc = record["doc"] if isinstance(record["doc"], Mapping) else {"text": record["doc"]}
        names, scores = self._scores(record, line)
        wanted = self.score or next((name for name in names if not _NOT_RIGHTNESS.search(name)), "")
        listed = next((doc[name] for name in _CHOICES if isinstance(doc.get(name), list)), None)
        found = answers_of(record, listed, normalized=wanted.endswith("acc_norm"))
        self.repeats = max(self.repeats, len(found.predictions))
        return [
            self._row(record, doc, found, epoch=epoch, scores=scores, wanted=wanted)
            for epoch in range(1, len(found.predictions) + 1)
        ]

    def _row(
        self,
        record: Record,
        doc: Record,
        found: Answers,
        *,
        epoch: int,
        scores: Mapping[str, float],
        wanted: str,
    ) -> LogRow:
        prompt = _prompt(record)
        question = doc.get("question") if found.choices else None
        first = epoch == 1  # one score for all repeats, which the first row has
        return LogRow(
            id=self.ids.get(record["doc_id"], f"{self.task}_{record['doc_id']}"),
            input=question_of(question or prompt, found.choices),
            expected=expected_of(record.get("target"), doc, ranked=found.choices is not None),
            prediction=found.predictions[epoch - 1],
            score=scores.get(wanted) if first else None,
            model=self.model,
            variant="" if record.get("filter") in (None, "none") else str(record["filter"]),
            epoch=epoch,
            metadata=_kept(record, doc),
            raw=found.raw[epoch - 1],
            extracted=found.predictions[epoch - 1],
            scores=scores if first else {},
            prompt=prompt,
        )

    def _scores(self, record: Record, line: int | None) -> tuple[Sequence[str], dict[str, float]]:
        stated = record.get("metrics")
        own = ("doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter")
        names = stated or [name for name in record if name not in own]
        known = {name: as_score(record.get(name)) for name in names}
        if self.score is not None and self.score not in record:
            raise DatasetFileError(
                self.path, f"has no score {self.score!r} ({', '.join(names)})", line
            )
        return names, {name: value for name, value in known.items() if value is not None}

    def remarks(self, rows: Sequence[LogRow]) -> tuple[str, ...]:
        """What a reader of the scores must know."""
        ranked = sum(row.prediction is None and row.raw is not None for row in rows)
        found = counted({"answers are likelihoods of one text, so there is no answer": ranked})
        if self.repeats > 1:
            found = (*found, f"the first of {self.repeats} repeats has the score of them all")
        return found


def _own_ids(records: Sequence[Record]) -> dict[Any, str]:
    """The documents' own ids by position, where each document has one of its own."""
    docs = {
        record["doc_id"]: record["doc"] for record in records if isinstance(record["doc"], Mapping)
    }
    for name in _IDS:
        found = {key: doc.get(name) for key, doc in docs.items()}
        plain = all(isinstance(each, str | int) and each != "" for each in found.values())
        if found and plain and len({str(each) for each in found.values()}) == len(found):
            return {key: str(each) for key, each in found.items()}
    return {}


def _kept(record: Record, doc: Record) -> dict[str, Any]:
    """The document's short fields, for groups, and the hashes of lm-eval."""
    fields = {
        name: value for name, value in doc.items() if isinstance(value, str | int | float | bool)
    }
    own = {name: record[name] for name in ("doc_id", "doc_hash", "prompt_hash") if name in record}
    return {**fields, **own}


def _prompt(record: Record) -> str:
    arguments = record.get("arguments") or ()
    if isinstance(arguments, Mapping):
        first: Any = arguments.get("gen_args_0") or next(iter(arguments.values()), {})
        given = first.get("arg_0", "")
    else:
        given = arguments[0][0] if arguments and arguments[0] else ""
    return _readable(given)


def _readable(given: Any) -> str:
    """A prompt; the conversation that an API was sent is JSON in a text, or in a list with it."""
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, str) and given.startswith("[{"):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            return str(given)
    if isinstance(given, list) and all(isinstance(each, Mapping) for each in given):
        return said(given)
    return str(given)


def _results(path: Path, time: str) -> Mapping[str, Any]:
    """What lm-eval wrote beside the samples."""
    try:
        found = read_document(path.with_name(f"results_{time}.json"))
    except DatasetFileError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _model(path: Path, results: Mapping[str, Any], named: bool) -> str:
    """From the results beside the samples; else the folder, which is named for the model."""
    stated = results.get("model_name") or results.get("model_source")
    if stated:
        return str(stated)
    return path.parent.name.replace("__", "/") if named else ""


def _settings(results: Mapping[str, Any], task: str) -> dict[str, Any]:
    config = (results.get("configs") or {}).get(task)
    found = {"config": config, "model_args": (results.get("config") or {}).get("model_args")}
    return {name: value for name, value in found.items() if value}
