"""Checklists of venues and standards, filled from a finished run."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from .._artifacts.folder import find_run, read_as_run
from .._artifacts.reports import run_values
from .facts import facts_of


def fill_checklist(
    run: str | Path,
    name: Any,
    *,
    facts: Mapping[str, Any] | None = None,
    output_dir: str | Path = "results",
) -> Any:
    """Fill a checklist, such as that of NeurIPS, from the files of a finished run.

    Args:
        run: The run, by id or path.
        name: ``neurips``, ``llm-guidelines``, ``nist-ai-800-2``, ``reforms``, ``acm-badges`` or
            ``disclosure``.
        facts: Facts that the run cannot know, as ``reporter.Fact`` by name; they come before those
            of the run.
        output_dir: The folder of all runs.

    Returns:
        A ``reporter.Checklist``.

    Raises:
        RunNotFoundError: No run has this id or path, or it is not finished.
        OutputError: A file of the run is damaged.
        reporter.ReportError: The checklist or a fact is unknown.
    """
    import reporter

    folder = find_run(run, Path(output_dir))
    with read_as_run(folder):
        found = facts_of(*run_values(folder))
    known = {
        key: reporter.Fact(text=text, where=where, answer=cast("Any", answer))
        for key, (text, where, answer) in found.items()
    }
    return reporter.checklist(name, {**known, **(facts or {})})


def write_checklists(
    run: str | Path,
    names: Sequence[str],
    *,
    formats: Sequence[str],
    out: str | None,
    output_dir: str | Path,
) -> Iterator[tuple[Any, list[Path]]]:
    """Write filled checklists as texts of their own.

    Args:
        run: The run, by id or path.
        names: The checklists.
        formats: The formats, as of ``reporter.format_names()``.
        out: The folder to write to; None takes ``<id>_reports`` beside the run.
        output_dir: The folder of all runs.

    Yields:
        Each ``reporter.Checklist`` and the files it was written to.
    """
    import reporter

    folder = find_run(run, Path(output_dir))
    target = Path(out) if out is not None else folder.beside("reports")
    for name in names:
        filled = fill_checklist(run, name, output_dir=output_dir)
        page = reporter.Report(title=f"{filled.title}: {folder.id}", sections=[filled.section()])
        paths = []
        for each in formats:
            path = target / f"{folder.id}_checklist_{name}{reporter.extension(each)}"
            paths.append(reporter.write(page, path, each))
        yield filled, paths
