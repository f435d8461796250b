"""Archives of experiments: one Parquet file with description, counters and events."""

import os
from pathlib import Path
from typing import Any

import msgspec

from .._core.chunk import schema
from .._core.errors import DamagedFileError
from .._core.parquet_pages import bounded_rows
from .._stores.memory import TableStore
from .._stores.plain_files import open_plain
from .continuation import checked, stored
from .recording import Recording

_ABOUT = b"crucible_experiment"
_COUNTERS = {"handler_errors", "late_events", "paused_events", "filtered_events", "dropped_events"}
_FREE_BYTES = 64 << 20
_RATIO = 50  # a hundred thousand events of one kind pack to a tenth
_BYTES_OF_VALUE = 8


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
    fields = schema().with_metadata({_ABOUT: packed})
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

    source = Path(path)
    try:
        about, batches = _read(source)
    except NoArchiveError:
        text = f"{path} is a Parquet file, but not an archive of an experiment"
        raise NoArchiveError(f"{text}; read an export with pyarrow or duckdb") from None
    except (FileNotFoundError, DamagedFileError):
        raise
    except (
        *(OSError, pa.ArrowException, KeyError, TypeError, ValueError, OverflowError),
        *(UnicodeDecodeError, RecursionError, MemoryError),
    ) as error:
        raise DamagedFileError(f"{path} is not an archive of an experiment: {error}") from error
    experiment = stored(checked(about.description, path), TableStore(batches))
    experiment.restore_counters(about.counters)
    experiment.archived = True
    return experiment


class NoArchiveError(DamagedFileError):
    """A whole Parquet file without the description of an experiment, such as an export."""


class _About(msgspec.Struct):
    """What an archive says about its experiment."""

    description: dict[str, Any]
    counters: dict[str, int]


def _read(path: Path) -> tuple[_About, list[Any]]:
    import pyarrow.parquet as pq  # noqa: PLC0415  # only an archive needs it

    with open_plain(path) as opened, pq.ParquetFile(opened, read_dictionary=_texts()) as file:
        described = (file.schema_arrow.metadata or {}).get(_ABOUT)
        if described is None:
            raise NoArchiveError
        about = msgspec.json.decode(described, type=_About)
        if missing := _COUNTERS - set(about.counters):
            raise ValueError(f"it has no counter {min(missing)}")
        most = _check_size(file.metadata, os.fstat(opened.fileno()).st_size)
        rows = bounded_rows(opened, ratio=_RATIO)
        batches = []
        for batch in file.iter_batches(batch_size=rows):
            most -= _texts_of(batch)
            if most < 0:
                raise ValueError("its texts are larger than those of a file of its size may be")
            batch.validate(full=True)  # others may have written it; to use it unchecked may crash
            batches.append(batch.cast(schema()))
        return about, batches


def _texts_of(batch: Any) -> int:
    """The bytes of the columns that are not a dictionary, of which each row has its own."""
    import pyarrow as pa  # noqa: PLC0415  # only an archive needs it

    plain = (each for each in batch.columns if not pa.types.is_dictionary(each.type))
    return sum(each.nbytes for each in plain)


def _check_size(metadata: Any, packed: int) -> int:
    """How many bytes the table may have; refuses a small file that becomes a large one.

    Raises:
        ValueError: It does.
    """
    groups = range(metadata.num_row_groups)
    table = metadata.num_rows * len(schema()) * _BYTES_OF_VALUE
    texts = sum(metadata.row_group(each).total_byte_size for each in groups)
    most = max(_FREE_BYTES, _RATIO * packed)
    if table + texts > most:
        raise ValueError(
            f"it has {packed:,} bytes and unpacks to {table + texts:,}; {most:,} at most are read"
        )
    return most


def _texts() -> list[str]:
    import pyarrow as pa  # noqa: PLC0415  # only an archive needs it

    return [field.name for field in schema() if pa.types.is_dictionary(field.type)]
