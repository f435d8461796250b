"""Methods, results and reproducibility of a paper, filled from a finished run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._artifacts.folder import find_run, read_as_run
from .._artifacts.reports import report, run_report, run_values
from .._core.files import write_text
from .._report.closing import limitations_section
from .facts import facts_of

# What the paper says, by the facts of the run that it is made of.
_PARTS = {
    "hypotheses": ("hypothesis",),
    "design": ("design", "sample", "repeats", "baseline"),
    "dataset": ("data", "license"),
    "models": ("models", "model_versions"),
    "metrics": ("metrics", "scorer"),
    "analysis": ("uncertainty", "tests", "missing"),
    "software": ("environment",),
}


def write_paper(
    run: str | Path, *, output_dir: str | Path, out: str | None, facts: Mapping[str, str]
) -> Path:
    r"""Write a skeleton whose numbers are macros of the run's report, with the files it inputs.

    Args:
        run: The run, by id or path.
        output_dir: The folder of all runs.
        out: The folder to write to; None takes ``<id>_reports`` beside the run.
        facts: Texts that stand in place of those of the run, by the names of
            ``reporter.PAPER_FACTS``.

    Returns:
        The skeleton, to ``\input`` into a paper.

    Raises:
        RunNotFoundError: No run has this id or path, or it is not finished.
        OutputError: A file of the run is damaged.
        reporter.ReportError: The run and ``facts`` lack something that a paper has to say, a fact
            is unknown, or the run has no result.
    """
    import reporter

    folder = find_run(run, Path(output_dir))
    with read_as_run(folder):
        known = {**paper_facts(*run_values(folder), run_id=folder.id), **facts}
    missing = [name for name in reporter.PAPER_FACTS if not known.get(name, "").strip()]
    if missing:
        raise reporter.ReportError(
            f"paper: the run does not say {', '.join(missing)}; give each with --fact NAME=TEXT"
        )
    written = report(folder.path, formats=("latex",), out=out)["latex"]
    text = reporter.paper_skeleton(run_report(folder), known, stem=written.stem)
    path = written.with_name(f"{folder.id}_paper.tex")
    write_text(path, text)
    return path


def paper_facts(
    config: Mapping[str, Any], analysis: Any, environment: Mapping[str, Any], *, run_id: str
) -> dict[str, str]:
    """What a paper says about a run, as far as the run knows it."""
    found = facts_of(config, analysis, environment)
    known = {
        part: " ".join(found[name][0] for name in names if name in found)
        for part, names in _PARTS.items()
    }
    (limits,) = limitations_section(config, analysis).blocks
    return {
        **known,
        "research_question": str(config.get("description") or ""),
        "seed": str(config["seed"]),
        "commands": f"crucible verify {run_id} checks the run.",
        "limitations": " ".join(str(each) for each in limits.items),
    }
