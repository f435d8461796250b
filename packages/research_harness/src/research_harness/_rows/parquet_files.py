"""How much of a table of others is read at once."""

from pathlib import Path

from .._core.errors import OutputError
from .parquet_pages import bounded_rows

_RATIO = 150  # prompts with the same examples pack to a hundredth


def parquet_rows(path: Path, *, at_once: int = 65_536) -> int:
    """How many rows of a Parquet file of others can be read at once.

    Args:
        path: The file.
        at_once: The most rows.

    Raises:
        OutputError: It is not Parquet, or unpacks to more than a file of its size may.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_metadata(path)
        return bounded_rows(path, metadata, ratio=_RATIO, at_once=at_once)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise OutputError(path, f"it is not Parquet ({error})", reading=True) from error
