"""The claims of a run as manifests of PRML, one for each bound."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .._artifacts.folder import RunFolder, find_run, slug
from .._artifacts.reports import run_values
from .._core.errors import OutputError
from .._core.files import read_json, write_text

_BOUNDS = (("min_value", ">="), ("more_than", ">"), ("max_value", "<="), ("less_than", "<"))


def write_claims(run: str | Path, *, output_dir: str | Path, out: str | None) -> list[Path]:
    """Write a manifest, and its hash beside it, for each bound of each claim of a run.

    A claim that was added after the first row is left out: it was not stated before.

    Args:
        run: The run, by id or path.
        output_dir: The folder of all runs.
        out: The folder to write to; None takes ``<id>_reports`` beside the run.

    Returns:
        The manifests.

    Raises:
        RunNotFoundError: No run has this id or path, or it is not finished.
        OutputError: The run has no claim that was stated before its first row.
        reporter.MissingExtraError: falsify is not installed.
    """
    import reporter

    folder = find_run(run, Path(output_dir))
    target = Path(out) if out is not None else folder.beside("reports")
    written: list[Path] = []
    for claim in _claims(folder):
        made = reporter.prml_manifest(reporter.PrmlClaim(**claim))
        path = target / f"{folder.id}_claim_{len(written) + 1:02d}_{slug(claim['notes'])}.prml.yaml"
        target.mkdir(parents=True, exist_ok=True)
        write_text(path, made.text)
        write_text(
            path.with_name(f"{path.name.removesuffix('.yaml')}.prml.sha256"), made.sha256 + "\n"
        )
        written.append(path)
    if not written:
        raise OutputError(folder.path, "no claim was stated before the first row", reading=True)
    return written


def _claims(folder: RunFolder) -> Iterator[dict[str, Any]]:
    config, analysis, _ = run_values(folder)
    sessions = read_json(folder.state)["sessions"]
    later = {each["claim"] for each in analysis["criteria"] if each.get("post_hoc")}
    for criterion in config["reading"]["criteria"]:
        if criterion["claim"] in later:
            continue
        for field, comparator in _BOUNDS:
            if criterion[field] is not None:
                yield {
                    "metric": _metric(criterion),
                    "comparator": comparator,
                    "threshold": float(criterion[field]),
                    "dataset": config["dataset"]["name"],
                    "dataset_hash": config["dataset_hash"],
                    "seed": config["seed"],
                    "producer": config["author"] or "unnamed",
                    "created_at": sessions[0]["started_at"],
                    "notes": criterion["claim"],
                }


def _metric(criterion: Mapping[str, Any]) -> str:
    name = f"{criterion['metric']} of {criterion['condition']}"
    if not criterion["against"]:
        return name
    word = {"difference": "minus", "ratio": "divided by"}.get(criterion["measure"])
    if word is None:
        return f"{name} against {criterion['against']}, {criterion['measure']}"
    return f"{name} {word} {criterion['against']}"
