"""A run in exchange formats: records of Every Eval Ever, and a Research Object Crate."""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from .._analysis.schema import Analysis, ConditionValues
from .._control.request_file import REQUEST
from .._control.session_file import SESSION
from .._core.errors import OutputError
from .._core.files import copy_file, read_json, write_text
from .._core.names import is_portable
from .._report.numbers import metric_number
from .._report.wording import metric_text
from .folder import RunFolder, slug
from .manifest import MANIFEST, SIGNATURE, file_hash, read_manifest

EVERY_EVAL_EVER = "every-eval-ever"
RO_CRATE = "ro-crate"
# What `crucible verify` asks for beside the files of the manifest.
_ALSO = (
    *(MANIFEST, SIGNATURE),
    *(f"checkpoints/{name}" for name in ("run.json", SESSION, REQUEST)),
)
_ACTION = (
    "The conditions of the experiment answered its items; the answers were scored and analysed."
)
_INPUTS = ("config.json", "dataset.jsonl")
METADATA = "ro-crate-metadata.json"
_OUTPUTS = ("results.csv", "results.parquet", "responses.parquet", "analysis.json")


def write_eval_records(
    config: Mapping[str, Any],
    analysis: Analysis,
    environment: Mapping[str, Any],
    *,
    folder: RunFolder,
    target: Path,
) -> Path:
    """Write one record for each condition that has a share, such as an accuracy.

    A condition is a system: it may ask several models. Prices and latencies are texts of the
    record, since the schema asks for the greatest possible score.

    Returns:
        The folder of the records.

    Raises:
        OutputError: No condition has a share.
    """
    made = target / f"{folder.id}_every_eval_ever"
    texts = {
        each["name"]: text
        for each in analysis["conditions"]
        if (text := _record(each, config, analysis, environment)) is not None
    }
    if not texts:
        reason = f"no condition has a share, which {EVERY_EVAL_EVER} asks for"
        raise OutputError(folder.path, reason, reading=True)
    made.mkdir(parents=True, exist_ok=True)
    for number, (name, text) in enumerate(texts.items(), start=1):
        write_text(made / f"{number:02d}_{slug(name)}.json", text)
    return made


def _record(
    condition: ConditionValues,
    config: Mapping[str, Any],
    analysis: Analysis,
    environment: Mapping[str, Any],
) -> str | None:
    import reporter

    scores = [
        reporter.ScoreRecord(
            name=found["metric"],
            number=metric_number(found),
            samples=found["items"],
            description=f"{config['scorer']}; the mean over items and repeats",
        )
        for found in condition["metrics"]
        if found["unit"] == "share" and found["value"] is not None
    ]
    if not scores:
        return None
    others = {
        found["metric"]: metric_text(found)
        for found in condition["metrics"]
        if found["unit"] != "share"
    }
    return reporter.every_eval_ever(
        scores,
        model=condition["name"],
        model_id=f"{slug(config['name'])}/{slug(condition['name'])}",
        dataset=config["dataset"]["name"],
        organization=config.get("author") or "unknown",
        library="crucible",
        library_version=(environment.get("crucible") or {}).get("research-harness") or "unknown",
        evaluated_at=environment["recorded_at"],
        relationship="other",
        details={
            **others,
            "failed_rows": f"{condition['failures']:,} of {condition['rows']:,}",
            "simulated": str(analysis["origin"]["simulated"]).lower(),
            "dataset_sha256": str(config["dataset_hash"]),
            "seed": str(config["seed"]),
        },
    )


def write_crate(
    made: Any,
    environment: Mapping[str, Any],
    *,
    folder: RunFolder,
    reports: Sequence[Path],
    target: Path,
    license: str,
) -> Path:
    """Copy the run and its reports into a folder with ``ro-crate-metadata.json``.

    Args:
        made: The ``reporter.Report`` of the run.
        environment: The content of ``environment.json``.
        folder: The run.
        reports: The files of its reports, which are in the crate already.
        target: The folder of the crate.
        license: The license of the files; an empty text says that none is stated.

    Returns:
        The metadata file.

    Raises:
        OutputError: A file of the run is not there, or the crate cannot be written.
    """
    import reporter

    files = _files(folder)
    for name, source in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            copy_file(source, target / name)
        except OSError as error:
            raise OutputError(source, error.strerror or str(error), reading=True) from error
    copies = {name: target / name for name in files}
    action = reporter.CrateAction(
        name=f"Run {folder.id} of the experiment {made.title}",
        description=_ACTION,
        software=_software(environment),
        addresses={"Python": "https://www.python.org/"},
        inputs=[f"{folder.id}/{name}" for name in _INPUTS if f"{folder.id}/{name}" in files],
        outputs=[f"{folder.id}/{name}" for name in _OUTPUTS if f"{folder.id}/{name}" in files],
        ended_at=str(environment["recorded_at"]),
    )
    text = reporter.ro_crate(
        made,
        copies | {path.relative_to(target).as_posix(): path for path in reports},
        license=license,
        date_published=str(environment["recorded_at"]),
        action=action,
    )
    path = target / METADATA
    write_text(path, text)
    return path


def _files(folder: RunFolder) -> dict[str, Path]:
    """The files of a run and its first reports, by their path in the crate."""
    manifest = read_manifest(folder)
    names = [*manifest["files"], *(name for name in _ALSO if folder.file(name).is_file())]
    beside = [folder.beside(name) for name in manifest.get("beside", ())]
    return {f"{folder.id}/{name}": folder.file(name) for name in names} | {
        path.name: path for path in beside if path.is_file()
    }


def _software(environment: Mapping[str, Any]) -> dict[str, str]:
    """The libraries of Crucible and Python, by name with their versions."""
    versions = environment.get("crucible") or {}
    named = {f"crucible-framework-{name}": str(each) for name, each in versions.items()}
    return named | {"Python": str(environment.get("python") or "unknown")}


def replace_crate(crate: Path, new: Path) -> Path:
    """Move the files of a new crate to the place of an earlier one of the same run.

    Files that the earlier one lists, with the hash that it states, are removed. All others are
    somebody's own: they stay, and none is overwritten.

    Args:
        crate: The place.
        new: The folder of the new crate, on the same disk.

    Returns:
        The metadata file.

    Raises:
        OutputError: A file of somebody's own stands where one of the crate belongs, or the place
            is not that of a crate; nothing was changed.
    """
    if crate.is_symlink() or (crate.exists() and not (crate / METADATA).is_file()):
        raise OutputError(crate, "it is not a crate, so it is not replaced; give another --out")
    made = set(_made(crate)) if crate.exists() else set()
    names = sorted(each.relative_to(new) for each in new.rglob("*") if each.is_file())
    for name in names:
        _require_free(crate, name, made)
    for each in made:
        (crate / each).unlink()
    for name in names:
        (crate / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).replace(crate / name)
    _remove_empty(crate)
    return crate / METADATA


def _require_free(crate: Path, name: Path, made: set[Path]) -> None:
    """Refuse a place that is taken by what no crate has made, or lies behind a link."""
    if name not in made and os.path.lexists(crate / name):
        reason = "it was changed or put there by somebody; move it away, or give another --out"
        raise OutputError(crate / name, reason)
    for parent in name.parents[:-1]:
        if (crate / parent).is_symlink() or (crate / parent).is_file():
            raise OutputError(crate / parent, "it is not a folder of the crate")


def _made(crate: Path) -> Iterator[Path]:
    """The files that are as the crate's metadata say, and the metadata."""
    yield Path(METADATA)
    for entity in _entities(read_json(crate / METADATA)):
        parts = unquote(entity["@id"]).split("/")
        path = crate.joinpath(*parts)
        if all(map(is_portable, parts)) and path.is_file() and _is_own(crate, path):
            with contextlib.suppress(OSError):
                if file_hash(path) == entity["sha256"]:
                    yield Path(*parts)


def _entities(values: Any) -> Iterator[dict[str, str]]:
    """The files of a crate that have a hash; others may have written the metadata."""
    graph = values.get("@graph") if isinstance(values, dict) else None
    for each in graph if isinstance(graph, list) else ():
        if isinstance(each, dict) and all(isinstance(each.get(k), str) for k in ("@id", "sha256")):
            yield each


def _is_own(crate: Path, path: Path) -> bool:
    """Whether neither a file nor a folder on the way to it is a link."""
    inner = (path, *path.parents)
    return not any(each.is_symlink() for each in inner[: inner.index(crate)])


def _remove_empty(crate: Path) -> None:
    """Remove the folders that hold nothing any more."""
    for folder in sorted(crate.rglob("*"), reverse=True):
        if folder.is_dir() and not folder.is_symlink():
            with contextlib.suppress(OSError):  # it holds something
                folder.rmdir()
