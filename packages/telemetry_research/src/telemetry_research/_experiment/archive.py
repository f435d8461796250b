"""Archives of experiments: one Parquet file with description, counters and events."""

import os
from pathlib import Path
from typing import Any

import msgspec

from .._core.chunk import schema
from .._core.errors import DamagedFileError
from .._stores.memory import TableStore
from .continuation import stored
from .recording import Recording


def archive_experiment(experiment: Recording, path: str | os.PathLike[str]) -> Path:
    """Write an experiment, its description, counters and events, to one Parquet file.

    Args:
        experiment: A stopped experiment.
        path: The file; an existing one is replaced.

    Returns:
        The path that was written.

    Raises:
        StillRunningError: The experiment has not stopped.

    Example:
        >>> with recording("pilot") as experiment:
        ...     record("a.stop", {"duration_ns": 5})
        >>> archive_experiment(experiment, "pilot.parquet").name
        'pilot.parquet'
    """
    import pyarrow.parquet as pq  # noqa: PLC0415  # only an archive needs it

    experiment.require_stopped("stop it before archiving it")
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    about = {"description": experiment.description(), "counters": experiment.counters()}
    packed = msgspec.json.encode(about, enc_hook=repr)
    # A random name, so that no link can wait in its place.
    temporary = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}.part")
    fields = schema().with_metadata({"crucible_experiment": packed})
    try:
        with (
            temporary.open("xb") as file,
            pq.ParquetWriter(file, fields, compression="zstd") as writer,
        ):
            for batch in experiment.batches():
                writer.write_batch(batch.replace_schema_metadata(fields.metadata))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    experiment.archived = True
    return target


def restore_experiment(path: str | os.PathLike[str]) -> Recording:
    """Read an archived experiment: the same id, events and metrics.

    Args:
        path: The file of ``archive_experiment``.

    Returns:
        The stopped experiment.

    Raises:
        DamagedFileError: The file is not an archive.
        FileNotFoundError: The file does not exist.

    Example:
        >>> with recording("pilot") as experiment:
        ...     record("a.stop", {"duration_ns": 5})
        >>> restored = restore_experiment(archive_experiment(experiment, "study.parquet"))
        >>> restored.id == experiment.id, restored.status
        (True, 'archived')
    """
    import pyarrow as pa  # noqa: PLC0415  # only an archive needs it
    import pyarrow.parquet as pq  # noqa: PLC0415  # same

    try:
        file = pq.ParquetFile(Path(path), read_dictionary=_texts())
        packed = file.schema_arrow.metadata[b"crucible_experiment"]
    except (pa.ArrowInvalid, KeyError, TypeError) as error:
        raise DamagedFileError(f"{path} is not an archive of an experiment: {error}") from error
    about: dict[str, Any] = msgspec.json.decode(packed)
    batches = [batch.cast(schema()) for batch in file.iter_batches(batch_size=65_536)]
    experiment = stored(about["description"], TableStore(batches))
    experiment.restore_counters(about["counters"])
    experiment.archived = True
    return experiment


def _texts() -> list[str]:
    import pyarrow as pa  # noqa: PLC0415  # only an archive needs it

    return [field.name for field in schema() if pa.types.is_dictionary(field.type)]
