"""Read recorded answers from files: JSON lines, tables, and the formats of some public sets."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .._catalogue.plain_files import bounded_lines, open_plain, read_plain
from .._core.errors import QuestionError, RecordFileError
from .._core.queries import Question
from .._core.responses import Response
from .records import Recorded

Samples = dict[int, Recorded]
Answers = dict[str, dict[str, Samples]]

_NUMBERS = ("latency_ms", "cost_usd", "confidence")
_COUNTS = ("input_tokens", "output_tokens")
_TEXTS = ("finish_reason", "model_version", "request_id", "source")
KNOWN = (*_NUMBERS, *_COUNTS, *_TEXTS, "latency_s", "sample")


def json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file with one JSON object a line, each with where it stands.

    What ``ResponseCache.export_jsonl`` wrote is laid flat; answers to bare prompts are left out.

    Raises:
        RecordFileError: A line is not a JSON object.
    """
    for number, line in _lines(path):
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RecordFileError(f"{where}: not a JSON object ({error})") from error
        if not isinstance(row, dict):
            raise RecordFileError(f"{where}: not a JSON object")
        if "response" in row and "key" in row:
            if row.get("question") is None:
                continue
            row = _laid_flat(row, where)
        yield where, row


def _laid_flat(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    response = row["response"]
    if not isinstance(response, dict) or "model" not in row:
        raise RecordFileError(f"{where}: an exported answer has a 'model' and a 'response'")
    return {**row, **response, "model": row["model"], "id": row["question"]}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers; only a line feed ends one."""
    try:
        opened = open_plain(path)
        with io.TextIOWrapper(opened, encoding="utf-8-sig", newline="\n") as file:
            for number, line in enumerate(bounded_lines(file), start=1):
                if line.strip():
                    yield number, line
    except UnicodeDecodeError as error:
        raise RecordFileError(f"{path}: not UTF-8 ({error})") from error
    except ValueError as error:
        raise RecordFileError(f"{path}: {error}") from error


def _text(path: Path) -> str:
    try:
        return read_plain(path, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordFileError(f"{path}: not UTF-8 ({error})") from error
    except ValueError as error:
        raise RecordFileError(f"{path}: {error}") from error


def csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a CSV file with a header, each with where it stands; an empty cell is None."""
    try:
        opened = open_plain(path)
    except ValueError as error:
        raise RecordFileError(f"{path}: {error}") from error
    with io.TextIOWrapper(opened, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(bounded_lines(file), strict=True)
        try:
            for row in reader:
                cells = {name: cell or None for name, cell in row.items()}
                yield f"{path}, line {reader.line_num}", cells
        except (csv.Error, ValueError) as error:
            raise RecordFileError(f"{path}, line {reader.line_num}: {error}") from error


def answers(
    rows: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    id_field: str,
    text_field: str,
    model_field: str | None,
    fields: Mapping[str, str],
) -> Answers:
    """The recorded answers by model, question and sample.

    Args:
        rows: The rows.
        id_field: Where the question's id is.
        text_field: Where the answer is; one that is not there has no content.
        model_field: Where the model's name is; None when all are of one model, named "".
        fields: Where further things are, by the names of ``Response``, ``latency_s`` or ``sample``;
            under their own names when left out.

    Raises:
        ValueError: ``fields`` has an unknown name.
        RecordFileError: A row has no id, a value is of the wrong kind, or a sample is there twice.
    """
    unknown = set(fields) - set(KNOWN)
    if unknown:
        raise ValueError(f"fields: {min(unknown)!r} is not one of {', '.join(KNOWN)}")
    columns = {name: fields.get(name, name) for name in KNOWN}
    found: Answers = {}
    for where, row in rows:
        for name in (id_field, text_field, model_field):
            if name is not None and (name not in row or (row[name] is None and name != text_field)):
                raise RecordFileError(f"{where}: has no {name!r}")
        model = "" if model_field is None else str(row[model_field])
        samples = found.setdefault(model, {}).setdefault(str(row[id_field]), {})
        try:
            given = {name: row[index] for name, index in columns.items() if index in row}
            sample = int(given.pop("sample", len(samples)))
            recorded = _recorded(row.get(text_field), given, model)
        except (ValueError, TypeError, OverflowError) as error:
            raise RecordFileError(f"{where}: {error}") from error
        if sample in samples:
            raise RecordFileError(f"{where}: sample {sample} of {row[id_field]!r} is there already")
        samples[sample] = recorded
    return found


def _recorded(text: Any, given: dict[str, Any], model: str) -> Recorded:
    if not isinstance(text, str | None):
        raise TypeError(f"the answer is {text!r}, no text")
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        return text
    if "latency_s" in given:
        given["latency_ms"] = round(float(given.pop("latency_s")) * 1000, 3)
    values: dict[str, Any] = {}
    for kind, names in ((float, _NUMBERS), (int, _COUNTS), (str, _TEXTS)):
        values |= {name: kind(given[name]) for name in names if name in given}
    return Response(text=text or "", model=model, **values)


def zeroeval_answers(path: Path, id_format: str) -> dict[str, Recorded]:
    """The answers of a file of ZeroEval, by question.

    Raises:
        RecordFileError: The file has another format.
    """
    try:
        records = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise RecordFileError(f"{path}: not JSON ({error})") from error
    if not isinstance(records, list):
        raise RecordFileError(f"{path}: not a list of records")
    found: dict[str, Recorded] = {}
    for index, record in enumerate(records):
        try:
            output, number = record["output"], record["id"].rpartition("#")[2]
        except (KeyError, TypeError, AttributeError) as error:
            raise RecordFileError(
                f"{path}, record {index}: not an object with 'id' and 'output' ({error!r})"
            ) from error
        # Outputs were drawn greedily: the first stands for every sample.
        first = output[:1] if isinstance(output, list) else [output]
        found[id_format.format(number)] = first[0] if first else None
    return found


def solutions(path: Path, id_format: str) -> dict[str, dict[str, Recorded]]:
    """The answers of the systems of 2021 on GSM8K, by system and question.

    Raises:
        RecordFileError: The file has another format.
    """
    found: dict[str, dict[str, Recorded]] = {}
    for number, (where, row) in enumerate(json_rows(path)):
        for system, given in row.items():
            if isinstance(given, dict):
                if "solution" not in given:
                    raise RecordFileError(f"{where}: {system!r} has no 'solution'")
                found.setdefault(system, {})[id_format.format(number)] = given["solution"]
    return found


def helm_answers(folder: Path, questions: Iterable[Question]) -> dict[str, dict[str, Recorded]]:
    """The letters of HELM's models on MMLU, by model and question.

    Raises:
        QuestionError: A question is in none of the files.
    """
    found: dict[str, dict[str, Recorded]] = {}
    tables: dict[str, dict[Any, dict[str, str]]] = {}
    for question in questions:
        subject = _subject(question)
        if subject not in tables:
            tables[subject] = _helm_table(folder / f"{subject}.csv")
        row = tables[subject].get(_lookup_key(*_asked(question)))
        if row is None:
            raise QuestionError(f"{folder}: no answers to {question.id!r} in {subject}.csv")
        for model, cell in row.items():
            found.setdefault(model, {})[question.id] = _letter(cell)
    return found


def _subject(question: Question) -> str:
    metadata: Mapping[str, Any] = getattr(question, "metadata", {})
    if "subject" not in metadata:
        raise QuestionError(f"{question.id!r} has no subject in its metadata")
    return str(metadata["subject"])


def _asked(question: Question) -> tuple[str, Sequence[Any]]:
    if not isinstance(question.input, Mapping) or not {"question", "choices"} <= {*question.input}:
        raise QuestionError(
            f"{question.id!r} has no mapping with 'question' and 'choices' as its input"
        )
    return question.input["question"], question.input["choices"]


def _letter(cell: str) -> str:
    """A letter without its blank; anything else as it is written."""
    return cell.strip() if len(cell.strip()) == 1 else cell


def _helm_table(path: Path) -> dict[Any, dict[str, str]]:
    import ast  # noqa: PLC0415  # only these files need it

    with io.TextIOWrapper(open_plain(path), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(bounded_lines(file)))
    try:
        return {
            _lookup_key(row.pop("question"), ast.literal_eval(row.pop("choices"))): row
            for row in rows
        }
    except (KeyError, SyntaxError, ValueError) as error:
        raise ValueError(
            f"{path}: no columns 'question' and 'choices', a list of texts ({error!r})"
        ) from error


def _lookup_key(question: str, choices: Iterable[Any]) -> tuple[str, ...]:
    return (question.strip(), *(str(choice).strip() for choice in choices))
