"""How far a scorer agrees with people, and the rates of the conditions without its errors."""

from collections.abc import Mapping
from pathlib import Path

from .._artifacts.folder import find_run
from .._control.lock import RunLock
from .._core.errors import LabelsError
from .._core.files import read_json
from .._engine.journal import Journal
from .._outcome.row import Row
from .labels import read_labels
from .rates import Evidence, corrected_differences, judged_condition
from .results import JudgeCheck


def check_judge(
    run: str | Path,
    labels: Mapping[int, bool] | str | Path,
    *,
    scorer: str | None = None,
    chosen: bool = False,
    output_dir: str | Path = "results",
    level: float = 0.95,
) -> JudgeCheck:
    """Check a scorer of a run, such as a model as judge, against labels of people.

    The corrected rates are prediction-powered means (Angelopoulos and others, 2023, Science 382,
    669), with the repeats of an item as a cluster. Rows that were chosen are corrected by how often
    the judge errs on right and on wrong answers (Lang and Reiczigel, 2014). No condition and no
    judge is asked, and the run is not changed.

    Args:
        run: The run's id, or the path of its folder.
        labels: Whether a row is right, by its number; or a CSV file with the columns ``row`` and
            ``right``.
        scorer: One of the experiment's further ``scorers``; None takes its scorer.
        chosen: The labelled rows were chosen rather than drawn at random.
        output_dir: The folder of all runs.
        level: The level of the intervals.

    Returns:
        The agreement and the corrected rate of each condition, and the corrected differences.

    Raises:
        RunNotFoundError: There is no such run.
        RunLockedError: Another process is working on the run.
        LabelsError: A label is of no row, or the run has no marks of the scorer.
    """
    folder = find_run(run, Path(output_dir))
    given = read_labels(labels)
    with RunLock(folder.path):
        config = read_json(folder.file("config.json"))
        rows = {row.index: row for row in Journal(folder.journal)}
    marks = _marks(rows, scorer)
    unknown = sorted(set(given) - set(marks))
    if unknown:
        raise LabelsError(
            f"row {unknown[0]} has a label but no mark; crucible show RUN lists the rows"
        )
    names = [str(each["name"]) for each in config["conditions"]]
    evidence = Evidence(
        rows=rows,
        marks=marks,
        labels=given,
        of_conditions={
            name: [index for index, row in rows.items() if row.condition == name and index in marks]
            for name in names
        },
        level=level,
    )
    control = str(config["control"])
    return JudgeCheck(
        run=folder.id,
        scorer=scorer or str(config["scorer"]),
        chosen=chosen,
        conditions=tuple(judged_condition(evidence, name, chosen=chosen) for name in names),
        differences=() if chosen else corrected_differences(evidence, control),
    )


def _marks(rows: Mapping[int, Row], scorer: str | None) -> dict[int, float]:
    """The judge's mark of each row; a row without an answer has none."""
    if scorer is None:
        return {index: float(row.correct) for index, row in rows.items() if not row.failed}
    found = {index: row.values[scorer] for index, row in rows.items() if scorer in row.values}
    if not found:
        names = sorted({name for row in rows.values() for name in row.values})
        raise LabelsError(
            f"the rows have no mark of {scorer!r}; they have {', '.join(names) or 'none'} beside"
            " those of the experiment's scorer"
        )
    return found
