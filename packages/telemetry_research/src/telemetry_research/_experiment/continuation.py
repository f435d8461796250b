"""Continues or reads a stored experiment, after the process that wrote it has ended."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Unpack, cast

import msgspec

from .._core.deprecated import renamed_arguments
from .._core.errors import DamagedFileError
from .._core.renamed import durations_in_ms
from .._stores.contents import Damaged, inspect
from .._stores.file import FileStore
from .._stores.postgres import PostgresStore
from .._stores.store import Store
from .options import ContinuationOptions
from .recording import Recording
from .registry import adopt, recording


@renamed_arguments(place="source")
@durations_in_ms(flush_interval_s="flush_interval_ms")
def continue_experiment(
    source: str | os.PathLike[str] | PostgresStore,
    experiment_id: str | None = None,
    *,
    damaged: Damaged = "error",
    **options: Unpack[ContinuationOptions],
) -> recording:
    """Continue to capture under the id of a stored experiment.

    Args:
        source: The path of a ``FileStore``, or a ``PostgresStore``.
        experiment_id: The id in the database; a file has only one experiment.
        damaged: ``error`` refuses a damaged file; ``skip`` leaves out what is damaged, and warns.
        options: Those of ``start_experiment``, except the store and the id. The stored name,
            condition, tags and metadata are kept unless given.

    Returns:
        A block like that of ``recording``.

    Raises:
        ExperimentNotFoundError: The database does not have it.
        DamagedFileError: The file cannot be read, or was changed.
        FileNotFoundError: The file does not exist.

    Example:
        >>> with recording("long", store=FileStore("run.arrows")):
        ...     record("a.stop")
        >>> with continue_experiment("run.arrows") as experiment:
        ...     record("b.stop")
        >>> [event.name for event in experiment]
        ['a.stop', 'b.stop']
    """
    described, store = _find(source, experiment_id, damaged)
    given = cast("dict[str, Any]", options)
    return recording(store=store, **{**_kept(described), **given})


@renamed_arguments(place="source")
def open_experiment(
    source: str | os.PathLike[str] | PostgresStore,
    experiment_id: str | None = None,
    *,
    damaged: Damaged = "error",
) -> Recording:
    """Read a stored experiment; events cannot be added to it.

    Args:
        source: The path of a ``FileStore``, or a ``PostgresStore``.
        experiment_id: The id in the database; a file has only one experiment.
        damaged: ``error`` refuses a damaged file; ``skip`` leaves out what is damaged, and warns.

    Returns:
        The stopped experiment with its events.

    Raises:
        ExperimentNotFoundError: The database does not have it.
        DamagedFileError: The file cannot be read, or was changed.
        FileNotFoundError: The file does not exist.

    Example:
        >>> with recording("short", store=FileStore("short.arrows")):
        ...     record("a.stop")
        >>> open_experiment("short.arrows").name
        'short'
    """
    described, store = _find(source, experiment_id, damaged)
    return stored(described, store)


def stored(described: Mapping[str, Any], store: Store) -> Recording:
    """A stopped experiment from its description."""
    experiment = Recording(store=store, **_kept(described))
    experiment.restore_times(described)
    adopt(experiment)
    return experiment


class _Description(msgspec.Struct):
    """What a stored description has, which others may have written."""

    id: str
    name: Annotated[str, msgspec.Meta(pattern=r"\S")]  # not of blanks alone
    condition: str
    tags: list[str]
    metadata: dict[str, Any]
    started_at: datetime
    duration_ns: int
    paused_ns: int
    pause_count: int
    hypothesis: str | None
    sample_size: Annotated[int, msgspec.Meta(ge=0)] | None
    stopped_at: datetime | None


def checked(described: Any, place: object) -> Mapping[str, Any]:
    """A stored description whose values have their types.

    Args:
        described: As it was read.
        place: Where, for the error.

    Raises:
        DamagedFileError: A value is missing, or has another type.
    """
    try:
        msgspec.convert(described, _Description)
    except (msgspec.ValidationError, OverflowError) as error:
        problem = f"{place} has no whole description of an experiment: {error}"
        raise DamagedFileError(problem) from error
    return cast("Mapping[str, Any]", described)


def _find(
    source: str | os.PathLike[str] | PostgresStore, experiment_id: str | None, damaged: Damaged
) -> tuple[Mapping[str, Any], Store]:
    if isinstance(source, PostgresStore):
        described = checked(source.describe(experiment_id or ""), "the database")
        return described, source.bound_to(described["id"])
    found = checked(inspect(Path(source), damaged).experiment, source)
    return found, FileStore(source, damaged=damaged)


def _kept(described: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "hypothesis", "condition", "tags", "metadata", "sample_size")
    return {**{name: described[name] for name in names}, "experiment_id": described["id"]}
