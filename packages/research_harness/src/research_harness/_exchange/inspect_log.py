"""A condition of a run as an Inspect log, which its viewer opens.

An ``.eval`` file is a ZIP archive with a header, the samples and their summaries:
https://inspect.aisi.org.uk/eval-logs.html
"""

import json
import statistics
import zipfile
from pathlib import Path
from typing import Any

from .._artifacts.folder import slug
from .._artifacts.traces import row_key
from .._core.files import replacing
from .._core.secrets import redacted_text
from .answered import AnsweredRow, FinishedRun
from .inspect_sample import sample_of, summary_of

_DATE = (1980, 1, 1, 0, 0, 0)  # equal runs give equal files


def write_inspect_logs(run: FinishedRun, target: Path) -> list[Path]:
    """Write a log for each condition.

    Args:
        run: The run.
        target: The folder to write to.

    Returns:
        The paths of the logs.
    """
    target.mkdir(parents=True, exist_ok=True)
    stamp = run.started_at.replace(":", "-").replace("+", "-")
    paths = []
    for number, (name, rows) in enumerate(run.conditions.items(), start=1):
        own = f"{slug(run.task)}_{slug(run.folder.id)}-{number:02d}-{slug(name)}"
        path = target / f"{stamp}_{own}.eval"
        with replacing(path) as part:
            _write(part, run, name, rows)
        paths.append(path)
    return paths


def _write(path: Path, run: FinishedRun, name: str, rows: list[AnsweredRow]) -> None:
    scorer = str(run.config.get("scorer") or "score")
    about = _about(run, name, rows)
    summaries = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "_journal/start.json", {"version": 2, "eval": about, "plan": _PLAN})
        for row in rows:
            sample = sample_of(row, model=name, scorer=scorer, run=run.folder.id)
            _add(archive, f"samples/{_inside(sample['id'])}_epoch_{sample['epoch']}.json", sample)
            summaries.append(summary_of(sample))
        _add(archive, "summaries.json", summaries)
        _add(archive, "header.json", _header(run, about, rows, scorer))


def _inside(identifier: str) -> str:
    """The id of an item in the name of its file: as it is, since Inspect looks it up by the id.

    An archive that is unpacked must not write beside its folder.
    """
    return identifier.replace("..", "__")


_PLAN = {"name": "plan", "steps": [], "config": {}}


def _about(run: FinishedRun, name: str, rows: list[AnsweredRow]) -> dict[str, Any]:
    config = run.config
    ids = list(dict.fromkeys(row.item["id"] for row in rows))
    models = sorted({call.model for row in rows for call in row.calls})
    description = next(
        (each["description"] for each in config["conditions"] if each["name"] == name), ""
    )
    return {
        "eval_id": row_key(run.folder.id, name, "", 0)[:22],
        "run_id": row_key(run.folder.id, "", "", 0)[:22],
        "created": run.started_at,
        "task": run.task,
        "task_id": row_key(run.task, name, "", 0)[:22],
        "task_version": 0,
        "task_args": {},
        "model": name,
        "dataset": {
            "name": run.task,
            "samples": len(ids),
            "sample_ids": ids,
            "shuffled": bool(config.get("randomize")),
        },
        "config": {"epochs": config["repeat"]},
        "packages": {"crucible-framework-research-harness": run.version},
        "tags": _tags(run),
        "metadata": {
            "written_by": "crucible export",
            "experiment": config["name"],
            "run": run.folder.id,
            "condition": name,
            "description": description,
            "models": models,
            "simulated": bool(run.analysis["origin"]["simulated"]),
            "dataset_sha256": str(config["dataset_hash"]),
        },
    }


def _tags(run: FinishedRun) -> list[str]:
    simulated = run.analysis["origin"]["simulated"]
    return [*run.config.get("tags", ()), *(["simulated"] if simulated else [])]


def _header(
    run: FinishedRun, about: dict[str, Any], rows: list[AnsweredRow], scorer: str
) -> dict[str, Any]:
    whole = run.analysis.get("state", "complete") == "complete"
    return {
        "version": 2,
        "tags": _tags(run),
        "status": "success" if whole else "cancelled",
        "eval": about,
        "plan": _PLAN,
        "results": _results(run, rows, scorer),
        "stats": {"started_at": run.started_at, "completed_at": "", "model_usage": {}},
    }


def _results(run: FinishedRun, rows: list[AnsweredRow], scorer: str) -> dict[str, Any]:
    """The mean over items and its error, as Inspect's ``accuracy`` and ``stderr`` compute them."""
    by_item: dict[str, list[float]] = {}
    for row in rows:
        if row.score is not None:
            by_item.setdefault(row.item["id"], []).append(row.score)
    means = [statistics.fmean(scores) for scores in by_item.values()]
    metrics: dict[str, Any] = {}
    if means:
        error = statistics.stdev(means) / len(means) ** 0.5 if len(means) > 1 else 0.0
        metrics = {
            key: {"name": key, "value": value, "params": {}}
            for key, value in (("accuracy", statistics.fmean(means)), ("stderr", error))
        }
    return {
        "total_samples": run.config["dataset"]["size"] * run.config["repeat"],
        "completed_samples": sum(row.error is None for row in rows),
        "scores": [
            {
                "name": scorer,
                "scorer": scorer,
                "reducer": "mean" if run.config["repeat"] > 1 else None,
                "scored_samples": len(means),
                "params": {},
                "metrics": metrics,
            }
        ],
    }


def _add(archive: zipfile.ZipFile, name: str, value: Any) -> None:
    text = redacted_text(json.dumps(value, ensure_ascii=False, allow_nan=False))
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, text.encode("utf-8", "backslashreplace"))
