"""A pipe in place of a database, or of what SQLite keeps beside it, is not waited for."""

import os
from pathlib import Path

import pytest

import causal_trace
from causal_trace import TraceError


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
@pytest.mark.parametrize("ending", ["", "-journal", "-wal", "-shm"])
def test_a_pipe_in_place_of_a_file_of_sqlite_is_refused(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "given.sqlite"
    os.mkfifo(f"{path}{ending}")

    with pytest.raises(TraceError, match="not a plain file"):
        causal_trace.SearchIndex(path)
