"""Plain files with one answer a line: CSV, JSON, JSONL or Parquet."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.readers import read_records
from .content import LogContent, counted
from .row import LogRow, as_count, as_ms, as_number, as_score, question_of

# The usual spellings of each field, the plainest first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "item_id", "sample_id", "question_id", "example_id", "task_id", "doc_id"),
    "input": ("input", "question", "prompt", "query", "text"),
    "expected": (
        *("expected", "target", "gold", "reference", "ground_truth", "label", "ref_answer"),
        *("correct_answer", "right_answer", "gold_answer", "expected_answer", "reference_answer"),
        *("expected_output", "ideal", "answer_key", "answerKey", "true_label", "y_true"),
    ),
    "prediction": ("prediction", "predicted", "output", "response", "completion", "model_answer"),
    "score": ("score", "correct", "is_correct", "accuracy", "exact_match"),
    "model": ("model", "model_name"),
    "variant": ("variant", "condition"),
    "epoch": ("epoch", "repeat"),
    "input_tokens": ("input_tokens", "prompt_tokens", "tokens_in"),
    "output_tokens": ("output_tokens", "completion_tokens", "tokens_out"),
    "cost_usd": ("cost_usd",),
    "latency_ms": ("latency_ms", "duration_ms"),
    "latency_s": ("latency_s", "duration_s"),
    "error": ("error",),
    "choices": ("choices",),
}
# Spellings that may mean the prediction, and that are not taken without being named.
_PERHAPS_PREDICTION = (
    *("pred", "preds", "prediction_text", "predicted_answer", "model_output", "model_outputs"),
    *("model_response", "generated_text", "generation", "raw_output", "outputs", "responses"),
    *("extracted_answer", "parsed_answer", "llm_output", "result", "hypothesis", "actual_output"),
    *("predicted_label", "pred_label", "y_pred"),
)
# Scores whose name says that they are yes or no; a column "correct" may also be the right answer.
_TRUTHS = ("correct", "is_correct", "exact_match")
# Roles whose columns may not be guessed where two of them are there and differ.
_ROLES = ("prediction", "expected", "score")


_Roles = tuple[dict[str, str], dict[str, list[str]]]


def check_fields(fields: Mapping[str, str]) -> None:
    """Refuse names of fields that a row does not have.

    Raises:
        ValueError: Names them, and those that are known.
    """
    strangers = sorted({*fields} - {*_NAMES})
    if strangers:
        raise ValueError(f"fields: {', '.join(strangers)}: only {', '.join(_NAMES)} are known")


def read_plain(path: Path, fields: Mapping[str, str]) -> LogContent:
    """The rows of the file, under its name.

    Raises:
        DatasetFileError: There is no prediction in a row.
    """
    task = path.name.partition(".")[0]
    known: dict[tuple[str, ...], _Roles] = {}  # most files have one set of columns
    rows = []
    unread = 0
    with closing(read_records(path)) as records:
        for position, (line, record) in enumerate(records, start=1):
            if not isinstance(record, Mapping):
                raise DatasetFileError(path, f"is {type(record).__name__}, not an object", line)
            names = tuple(record)
            if names not in known:
                known[names] = roles_of(record, fields, path, line)
            columns, contested = known[names]
            _refuse_unclear(record, contested, path, line)
            _refuse_no_truth(record, columns, path, line)
            rows.append(_row(record, columns, f"{task}_{position}", task))
            unread += rows[-1].score is None and _is_given(record, columns)
    if not rows:
        raise DatasetFileError(path, "has no answers")
    return LogContent(
        task=task, rows=rows, remarks=counted({"answers have a score that is no number": unread})
    )


def _is_given(record: Mapping[str, Any], columns: Mapping[str, str]) -> bool:
    """Whether a row has a score, though not one that can be read."""
    text = str(record.get(columns.get("score", "")) or "").strip().lower()
    return text not in ("", "nan", "none", "null", "n/a", "na")


def _refuse_no_truth(
    record: Mapping[str, Any], columns: Mapping[str, str], path: Path, line: int | None
) -> None:
    """A column that is called "correct" and holds "4" is not a score."""
    column = columns.get("score")
    if column not in _TRUTHS or not _is_given(record, columns):
        return
    score = as_score(record[column])
    if score is None or not 0 <= score <= 1:
        problem = f"has {record[column]!r} in {column!r}, which is neither yes nor no; pass"
        problem += f" fields={{'expected': {column!r}}} if it is the right answer"
        raise DatasetFileError(path, problem, line)


def roles_of(
    record: Mapping[str, Any], fields: Mapping[str, str], path: Path, line: int | None
) -> _Roles:
    """Which column has which field of a row, and the roles that several columns may have.

    Args:
        record: A record of the file.
        fields: The columns that were named.
        path: The file.
        line: The line of the record.

    Raises:
        DatasetFileError: None of them can be the prediction.
    """
    columns = _columns(record, fields, path, line)
    if "expected" in columns and not _may_be_prediction(record, columns):
        columns.setdefault("prediction", "answer")
    candidates = {
        role: _candidates(role, record, columns, fields) for role in _ROLES if role not in fields
    }
    contested = {role: names for role, names in candidates.items() if len(names) > 1}
    if "prediction" not in columns and "prediction" not in contested:
        raise _no_prediction(record, path, line)
    # "answer" is the right one beside a prediction.
    if "answer" in record and "answer" not in columns.values() and "expected" not in columns:
        columns["expected"] = "answer"
    return columns, contested


def _row(record: Mapping[str, Any], columns: Mapping[str, str], spare_id: str, task: str) -> LogRow:
    found = {name: record[column] for name, column in columns.items()}
    score = found.get("score")
    latency = found.get("latency_ms")
    error = found.get("error")
    used = {*columns.values()}
    return LogRow(
        id=str(found.get("id", spare_id)),
        input=question_of(found.get("input", ""), found.get("choices")),
        expected=found.get("expected"),
        prediction=found["prediction"],
        score=as_score(score),
        model=str(found.get("model") or ""),
        variant=str(found.get("variant") or ""),
        epoch=as_count(found.get("epoch")) or 1,
        input_tokens=as_count(found.get("input_tokens")),
        output_tokens=as_count(found.get("output_tokens")),
        cost_usd=as_number(found.get("cost_usd")),
        latency_ms=as_ms(found.get("latency_s")) if latency is None else as_number(latency),
        error=str(error) if error else None,
        metadata={name: value for name, value in record.items() if name not in used},
        task=task,
    )


def _refuse_unclear(
    record: Mapping[str, Any],
    contested: Mapping[str, Sequence[str]],
    path: Path,
    line: int | None,
) -> None:
    """A role that several columns with different values may have is for the user to name."""
    for role, names in contested.items():
        values = [record[name] for name in names]
        # True, 1 and 1.0 are one score.
        plain = [as_score(value) for value in values] if role == "score" else values
        # Two columns whose names do not say which one is the prediction stay unclear.
        vague = role == "prediction" and names[0] not in _NAMES["prediction"]
        if vague or any(value != plain[0] for value in plain):
            listed = ", ".join(map(repr, names))
            problem = f"could have its {role} in {listed}; pass fields={{{role!r}: ...}}"
            raise DatasetFileError(path, problem, line)


def _candidates(
    role: str, record: Mapping[str, Any], columns: Mapping[str, str], fields: Mapping[str, str]
) -> list[str]:
    """The columns that may have a role."""
    taken = {*fields.values()}
    if role == "prediction" and role not in columns:
        more = [name for name in _PERHAPS_PREDICTION if name in record and name not in taken]
        bare = ["answer"] if "answer" in record and "answer" not in columns.values() else []
        return [*bare, *more] if more else []
    return [name for name in _NAMES[role] if name in record and name not in taken]


def _no_prediction(record: Mapping[str, Any], path: Path, line: int | None) -> DatasetFileError:
    perhaps = [name for name in ("answer", *_PERHAPS_PREDICTION) if name in record]
    known = ", ".join(map(repr, record))
    said = f"{', '.join(map(repr, perhaps))} may be it" if perhaps else f"it has {known}"
    problem = f"has no prediction ({said}); pass fields={{'prediction': ...}}"
    return DatasetFileError(path, problem, line)


def _may_be_prediction(record: Mapping[str, Any], columns: Mapping[str, str]) -> bool:
    """Whether there is something else than "answer" that may be the prediction."""
    if "answer" not in record or "answer" in columns.values() or "prediction" in columns:
        return True
    return any(name in record for name in _PERHAPS_PREDICTION)


def _columns(
    record: Mapping[str, Any], fields: Mapping[str, str], path: Path, line: int | None
) -> dict[str, str]:
    absent = [column for column in fields.values() if column not in record]
    if absent:
        known = ", ".join(map(repr, record))
        raise DatasetFileError(path, f"has no field {absent[0]!r} (it has {known})", line)
    usual = {
        name: next((each for each in names if each in record and each not in fields.values()), None)
        for name, names in _NAMES.items()
        if name not in fields
    }
    return {**{name: column for name, column in usual.items() if column is not None}, **fields}
