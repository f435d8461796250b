"""A run as logs of other tools: Inspect, Every Eval Ever."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from .._artifacts.folder import find_run, read_as_run
from .._artifacts.manifest import file_hash
from .answered import AnsweredRow, FinishedRun, read_run_rows
from .inspect_log import write_inspect_logs

ExportFormat = Literal["inspect", "every-eval-ever"]


def export_run(
    run: str | Path,
    *,
    format: ExportFormat = "inspect",
    out: str | Path | None = None,
    output_dir: str | Path = "results",
) -> tuple[Path, ...]:
    """Write a finished run in the form of another tool, one log for each condition.

    Args:
        run: The run's id, or the path of its folder.
        format: ``inspect`` for ``.eval`` files, which Inspect's viewer and ``read_eval_log`` open;
            ``every-eval-ever`` for an aggregate with its instances, schema 0.3.0.
        out: The folder to write to; None takes ``<id>_inspect`` or ``<id>_every_eval_ever`` beside
            the run.
        output_dir: The folder of all runs, for ids.

    Returns:
        The logs; of Every Eval Ever the aggregates.

    Raises:
        RunNotFoundError: There is no such run, or it is not finished.
        ValueError: The format is unknown.
        dataset_manager.PredictionError: A condition has no answer that Every Eval Ever can hold,
            which is one with a score and a text.
    """
    if format not in ("inspect", "every-eval-ever"):
        raise ValueError(f"format: {format!r} is not 'inspect' or 'every-eval-ever'")
    folder = find_run(run, Path(output_dir))
    target = Path(out) if out is not None else folder.beside(format.replace("-", "_"))
    with read_as_run(folder):
        found = read_run_rows(folder)
        if format == "inspect":
            return tuple(write_inspect_logs(found, target))
    return tuple(_write_eval_ever(found, name, target) for name in found.conditions)


def _write_eval_ever(run: FinishedRun, name: str, target: Path) -> Path:
    import dataset_manager

    rows = run.conditions[name]
    log = dataset_manager.PredictionLog(
        name=run.task,
        format="plain",
        source=run.folder.id,
        sha256=file_hash(run.folder.file("results.csv")),
        rows=tuple(_log_rows(rows, name, run.task)),
    )
    return log.to_every_eval_ever(
        target,
        organization=run.config.get("author") or "unknown",
        relationship="other",
        library=("crucible", run.version),
    )


def _log_rows(rows: Sequence[AnsweredRow], model: str, task: str) -> list[Any]:
    import dataset_manager

    return [
        dataset_manager.LogRow(
            id=row.item["id"],
            input=row.item["input"],
            expected=row.item.get("expected"),
            prediction=row.values["prediction"],
            score=row.score,
            model=model,
            epoch=row.values["repeat"] + 1,
            input_tokens=_total(row, "input_tokens"),
            output_tokens=_total(row, "output_tokens"),
            cost_usd=row.values["cost_usd"],
            latency_ms=row.values["latency_ms"],
            error=row.error,
            metadata=row.item.get("metadata") or {},
            task=task,
            raw=row.calls[0].answer if len(row.calls) == 1 else None,
            prompt=(row.calls[0].prompt or "") if len(row.calls) == 1 else "",
        )
        for row in rows
    ]


def _total(row: AnsweredRow, name: str) -> int | None:
    values = [getattr(call, name) for call in row.calls]
    return None if not values or None in values else sum(values)
