"""Arrow batches of different columns in one temporary file, one stream behind the other."""

from collections.abc import Iterator
from typing import Any, Literal


def append_batch(file: Any, batch: Any, compression: Literal["lz4"] | None = None) -> None:
    """Write a batch at the end of the file."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(file, batch.schema, options=options) as stream:
        stream.write_batch(batch)


def spooled(file: Any) -> Iterator[Any]:
    """The batches of the file, each as it was written."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    end, at = file.seek(0, 2), 0
    while at < end:
        file.seek(at)
        with pa.ipc.open_stream(file) as stream:
            (batch,) = stream
        at = file.tell()
        yield batch
