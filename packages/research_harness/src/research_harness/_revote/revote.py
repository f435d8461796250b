"""Count the votes of a run again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._artifacts.folder import RunFolder, find_run, read_as_run
from .._core.errors import EditRefusedError, OutputError, RevoteError
from .._core.files import read_json
from .._definition.condition import Condition
from .._definition.experiment import Experiment
from .._editing.edits import read_edits
from .._engine.journal import Journal
from .._engine.response_log import ResponseLog
from .._run.result import RunResult
from .._run.run import run_sync
from .votes import CountedVote, RecordedVotes, Recount


def revote(
    run: str | Path,
    votes: Mapping[str, Recount],
    *,
    condition: str,
    scorer: str | None = None,
    output_dir: str | Path = "results",
    run_id: str | None = None,
    overwrite: bool = False,
) -> RunResult:
    """Count the votes of a condition again, from recorded answers and without a call.

    The vote as it was is the control; all votes are scored by one scorer.

    Args:
        run: The run's id, or the path of its folder.
        votes: The votes to count, by a name for each.
        condition: The condition whose members are recorded.
        scorer: The scorer of all votes; None takes that of the run.
        output_dir: The folder of all runs, for ids and for the new run.
        run_id: The id of the new run; that of the run with ``_revote`` when left out.
        overwrite: Replace a run that has this id.

    Returns:
        A run whose conditions are the votes, with comparisons and report.

    Raises:
        RunNotFoundError: There is no such run.
        RevoteError: The condition has no recorded votes, or a member is not in them.
        EditRefusedError: People changed scores of the run, which the new votes could not keep.
        RunExistsError: There is a run of this id.
        OutputError: A file of the run is damaged.
    """
    import dataset_manager

    folder = find_run(run, Path(output_dir))
    if read_edits(folder.edits):
        raise EditRefusedError(
            f"people changed scores of {folder.id!r}; votes counted again have marks of a scorer,"
            " and both together would be a mixture. Use a copy without checkpoints/edits.jsonl"
        )
    recorded = _recorded(folder, condition, votes)
    named = {condition: Recount(), **votes}
    with read_as_run(folder):
        config = read_json(folder.file("config.json"))
        experiment = _experiment(folder, config, named, recorded, scorer)
    try:
        return run_sync(
            experiment,
            output_dir=folder.path.parent,
            run_id=run_id or f"{folder.id}_revote",
            overwrite=overwrite,
        )
    except dataset_manager.DatasetFileError as error:
        raise OutputError(
            folder.path, f"its data set is damaged ({error})", reading=True
        ) from error


def _recorded(folder: RunFolder, condition: str, votes: Mapping[str, Recount]) -> RecordedVotes:
    """The recorded votes.

    Raises:
        RevoteError: There are none, or a member is not in them.
    """
    recorded = RecordedVotes(ResponseLog(folder.responses), condition)
    rows = [row for row in Journal(folder.journal) if row.condition == condition]
    members = sorted({each.model for row in rows for each in recorded.of(row.item_id, row.repeat)})
    if not members:
        raise RevoteError(f"run {folder.id!r} has no recorded votes of condition {condition!r}")
    unknown = sorted({name for vote in votes.values() for name in vote.members} - set(members))
    if unknown:
        raise RevoteError(
            f"no member is called {', '.join(map(repr, unknown))}; the members of {condition!r}"
            f" are {', '.join(members)}"
        )
    if condition in votes:
        raise RevoteError(f"{condition!r} is the vote as it was; give the new one another name")
    return recorded


def _experiment(
    folder: RunFolder,
    config: Mapping[str, Any],
    votes: Mapping[str, Recount],
    recorded: RecordedVotes,
    new_scorer: str | None,
) -> type[Experiment]:
    """The experiment whose conditions are the votes."""

    class Revoted(Experiment):
        name = f"{config['name']}: votes counted again"
        description = f"The votes of the run {folder.id}, from recorded answers."
        dataset = str(folder.file("dataset.jsonl"))
        metrics = ("accuracy", "cost_per_query", "consensus")
        conditions = tuple(
            Condition(name=key, function=CountedVote(vote, recorded).answer, description=str(vote))
            for key, vote in votes.items()
        )
        repeat = config["repeat"]
        seed = config["seed"]
        alpha = config["alpha"]
        clusters = config["clusters"]
        scorer = new_scorer or config["scorer"]
        virtual_time = True
        outage_ms = None

    return Revoted
