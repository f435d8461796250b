"""What a replay begins with: the run, its options, and whether the experiment is the same."""

from pathlib import Path
from typing import Any

from .._artifacts.folder import RunFolder, find_run, stored_options
from .._core.errors import ReplayRefusedError
from .._core.files import read_json
from .._definition.experiment import Experiment
from .._plan.fingerprint import changes
from .._plan.preparation import PreparedExperiment
from .recorded import RecordedRun


def replay_source(options: Any) -> tuple[RunFolder | None, Any]:
    """The run to replay, and the options with those that it was begun with.

    Args:
        options: The options of ``run``.

    Raises:
        RunNotFoundError: There is no such run.
    """
    if options.get("replay") is None:
        return None, options
    source = find_run(options["replay"], Path(options.get("output_dir", "results")))
    state = read_json(source.state)
    selection = state.get("selection", {})
    chosen = {key: value for key, value in selection.items() if value}
    found = {key: value for key, value in options.items() if value is not None and value != ()}
    settings = {**state.get("settings", {}), **(options.get("settings") or {})}
    before = stored_options(source, state) | chosen
    return source, {**before, **found, "settings": settings, "ceilings": None}


def replayed_run(prepared: PreparedExperiment, source: RunFolder, *, force: bool) -> RecordedRun:
    """The recorded answers for an experiment, whose outages and retries are over.

    Args:
        prepared: The experiment.
        source: The run that recorded them.
        force: Accept an experiment that differs from that of the run.

    Raises:
        ReplayRefusedError: It differs, or the run has no keys of requests.
    """
    found = changes(read_json(source.file("config.json")), prepared.config)
    if found and not force:
        raise ReplayRefusedError(source.id, found)
    without_outages(prepared.experiment)
    return RecordedRun(source)


def without_outages(experiment: Experiment) -> None:
    """Keep failures as they were recorded: to ask again would change nothing."""
    for name in ("outage_ms", "retries"):
        object.__setattr__(experiment, name, None)
