"""Score and analyse the rows of a run again, without a call to any model."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._artifacts.finish import finish
from .._artifacts.folder import RunFolder, find_run, stored_options
from .._control.lock import RunLock
from .._core.errors import EditRefusedError, ResumeRefusedError
from .._core.files import PART, is_there, read_json, write_json
from .._definition.experiment import Experiment
from .._editing.edits import ScoreEdit, append_edits, edited, read_edits, require_one_scorer
from .._editing.marking import marked_again
from .._engine.scoring import Scoring
from .._engine.staging import stage_changed, take_staged
from .._logs.imported import LOGGED, experiment_of_import
from .._outcome.row import Row
from .._plan.fingerprint import NOT_COMPARED, RECORDED, changes, notes
from .._plan.preparation import PreparedExperiment, prepare
from .._plan.selection import Selection
from .._rows.store import JournalRows
from .options import SETTINGS
from .result import RunResult
from .trust import trusted_experiment

# What a row belongs to; with another of these, the rows are those of another experiment.
_PLAN = ("conditions", "dataset_hash", "design", "randomize", "repeat", "sample_size", "seed")
# What was so when the answers were made, whatever the class says now.
_MADE_BY = ("code", NOT_COMPARED, "timeout_ms", "virtual_time", *RECORDED)


def reanalyze(
    run: str | Path,
    experiment: Experiment | type[Experiment] | None = None,
    *,
    output_dir: str | Path = "results",
    trust: bool = False,
    edits: Mapping[int, bool] | None = None,
    by: str = "",
    why: str = "",
) -> RunResult:
    """Score and analyse the finished rows of a run again; no condition is called.

    Scorer, metrics, criteria and texts are those of the experiment as it now is. A row keeps its
    answer and gets the new score. An error leaves the run as it was.

    Args:
        run: The run's id, or the path of its folder.
        experiment: The experiment; loaded from the file the run was started from when left out.
        output_dir: The folder of all runs.
        trust: Import the file that the folder names, although the run was not begun here; its hash
            must be the recorded one.
        edits: Rows whose score a person changes, by their number in the plan: whether the answer is
            right. They are recorded in ``checkpoints/edits.jsonl`` and hold in later analyses too.
        by: Who changes them.
        why: The reason.

    Returns:
        The run with its new analysis.

    Raises:
        RunNotFoundError: There is no such run.
        ResumeRefusedError: The conditions, the data or the plan are others than those of the rows.
        MetricError: The function of a metric failed; names the metric and the row.
        EditRefusedError: An edit is of no row, has no name or reason, or is mixed with another
            scorer.
        ScorerError: The scorer failed; names the scorer and the row.
        RunLockedError: Another process is working on the run.
    """
    started = time.monotonic()
    folder = find_run(run, Path(output_dir))
    with RunLock(folder.path):
        state, before = read_json(folder.state), read_json(folder.file("config.json"))
        if experiment is None and state.get("imported"):
            experiment = experiment_of_import(folder.path)
        elif experiment is None:
            experiment = trusted_experiment(folder.path, state, trust=trust)
        chosen = {key: each for key, each in state.get("settings", {}).items() if key in SETTINGS}
        part = Selection.from_dict(state.get("selection", {}))
        prepared = prepare(experiment, **stored_options(folder, state), selection=part, **chosen)
        found = _accepted(before, prepared.config)
        prepared.config.update({key: before[key] for key in _MADE_BY if key in before})
        stopped = _stopped(folder)
        with _staging(folder) as staged:
            own = _Edits(correct=edits or {}, by=by, why=why)
            revision = _Revision(prepared, folder, staged, state=state, accepted=found, edits=own)
            analysis, reports = finish(prepared, folder, stopped, revision=revision)
    return RunResult(
        id=folder.id,
        folder=folder.path,
        rows=len(prepared.plan),
        resumed_rows=len(prepared.plan),
        failures=analysis["failures"],
        duration_ms=round((time.monotonic() - started) * 1000, 3),
        analysis=analysis,
        reports=reports,
    )


@contextmanager
def _staging(folder: RunFolder) -> Iterator[Path]:
    """A file for rows with new marks, beside the journal while they are not a part of it."""
    path = folder.journal.with_name(f".marks{PART}")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edits:
    """The scores that a person changes.

    Attributes:
        correct: Whether the answer of a row is right, by the row's number in the plan.
        by: Who changes them.
        why: The reason.
    """

    correct: Mapping[int, bool]
    by: str
    why: str

    def of_rows(self, rows: JournalRows, *, scorer: str) -> list[ScoreEdit]:
        """The edits of this analysis.

        Raises:
            EditRefusedError: There is no such row, or the name or the reason is missing.
        """
        if self.correct and not (self.by.strip() and self.why.strip()):
            raise EditRefusedError(
                "an edit needs who made it and why: pass by= and why= (--by, --why)"
            )
        unknown = [str(index) for index in self.correct if not rows.has(index)]
        if unknown:
            raise EditRefusedError(
                f"no finished row has the number {', '.join(unknown)}; crucible show RUN lists them"
            )
        now = time.time_ns() // 1000
        return [
            ScoreEdit(
                index=index, correct=correct, by=self.by, why=self.why, scorer=scorer, edited_us=now
            )
            for index, correct in self.correct.items()
        ]


class _Revision:
    """The marks that scorers and people give the rows now, beside the run until they are taken."""

    def __init__(
        self,
        prepared: PreparedExperiment,
        folder: RunFolder,
        staged: Path,
        *,
        state: dict[str, Any],
        accepted: Sequence[str],
        edits: _Edits,
    ) -> None:
        self._prepared, self._folder, self._staged = prepared, folder, staged
        self._state, self._accepted = state, accepted
        self._edits, self._made = edits, list[ScoreEdit]()

    def marked(self, rows: JournalRows) -> Iterator[Row]:
        """Each row as it is marked now; those whose mark changes are written beside the journal.

        Raises:
            EditRefusedError: An edit is of no row, has no name or reason, or is mixed with another
                scorer.
            ScorerError: The scorer failed.
            OutputError: The rows cannot be written.
        """
        scorer = str(self._prepared.experiment.scorer or self._prepared.items.scorer)
        self._made = self._edits.of_rows(rows, scorer=scorer)
        known = read_edits(self._folder.edits) | {each.index: each for each in self._made}
        require_one_scorer(known, scorer=scorer)
        changes = (
            (old, edited(marked, known.get(old.index)))
            for old, marked in _scored(self._prepared, rows)
        )
        yield from stage_changed(self._staged, changes)
        rows.add(self._staged)

    def take(self) -> None:
        """Make the marks a part of the run, and note why its analysis may differ."""
        folder, state = self._folder, self._state
        if self._made:
            append_edits(folder.edits, self._made)
        take_staged(folder.journal, self._staged)
        notes = [*self._accepted, *map(_edit_text, self._made)]
        state["notes"] = [*state.get("notes", []), *(f"analysed again: {each}" for each in notes)]
        write_json(folder.state, state)
        write_json(folder.file("config.json"), self._prepared.config)


def _edit_text(edit: ScoreEdit) -> str:
    mark = "right" if edit.correct else "wrong"
    return f"row {edit.index} is {mark} in the judgement of {edit.by}: {edit.why}"


def _accepted(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs and is accepted, in words.

    Raises:
        ResumeRefusedError: The rows belong to another plan.
    """
    planned = [{key: each.get(key) for key in _PLAN} for each in (before, now)]
    refused = changes(*planned)
    if refused:
        raise ResumeRefusedError(refused)
    return [*changes(before, now), *notes(before, now)]


def _scored(prepared: PreparedExperiment, rows: JournalRows) -> Iterator[tuple[Row, Row]]:
    """Each row, and the row with the mark that the scorers give its answer now."""
    experiment = prepared.experiment
    if (experiment.scorer or prepared.items.scorer) == LOGGED:
        return ((row, row) for row in rows)
    scoring = Scoring(
        experiment.scorer or prepared.items.scorer,
        further=experiment.scorers,
        timeout_ms=experiment.scoring_timeout_ms,
        concurrency=experiment.scoring_concurrency or experiment.concurrency,
    )
    return marked_again(((row, prepared.items[rows.item_number(row)]) for row in rows), scoring)


def _stopped(folder: RunFolder) -> str:
    path = folder.file("analysis.json")
    return str(read_json(path).get("stopped", "")) if is_there(path) else ""
