"""Going on with a stored experiment, and reading one, after the process that wrote it is gone."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._stores.file import FileStore
from .._stores.postgres import PostgresStore
from .._stores.streams import inspect
from .experiment import Experiment
from .registry import adopt, recording


def continue_experiment(
    place: str | os.PathLike[str] | PostgresStore,
    experiment_id: str | None = None,
    **options: Any,
) -> recording:
    """Go on capturing under the id of an experiment that a file or database has.

    Args:
        place: The path of a ``FileStore``, or a ``PostgresStore``.
        experiment_id: Which one of the database.
        options: As for ``start_experiment``.

    Returns:
        A block as of ``recording``.

    Raises:
        ExperimentNotFoundError: The database does not have it.
        DamagedFileError: The file cannot be read.
    """
    described, store = _find(place, experiment_id)
    return recording(store=store, **{**_kept(described), **options})


def open_experiment(
    place: str | os.PathLike[str] | PostgresStore, experiment_id: str | None = None
) -> Experiment:
    """Read an experiment that a file or database has; nothing can be added to it.

    Args:
        place: The path of a ``FileStore``, or a ``PostgresStore``.
        experiment_id: Which one of the database.

    Raises:
        ExperimentNotFoundError: The database does not have it.
        DamagedFileError: The file cannot be read.
    """
    described, store = _find(place, experiment_id)
    return stored(described, store)


def stored(described: Mapping[str, Any], store: Any) -> Experiment:
    """A stopped experiment from its description."""
    experiment = Experiment(store=store, **_kept(described))
    experiment.restore_times(described)
    adopt(experiment)
    return experiment


def _find(
    place: str | os.PathLike[str] | PostgresStore, experiment_id: str | None
) -> tuple[Mapping[str, Any], Any]:
    if isinstance(place, PostgresStore):
        return place.describe(experiment_id or ""), place
    return inspect(Path(place)).experiment, FileStore(place)


def _kept(described: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "hypothesis", "condition", "tags", "metadata", "sample_size")
    return {**{name: described[name] for name in names}, "experiment_id": described["id"]}
