"""A pipe in place of a database, or of what SQLite keeps beside it, is not waited for."""

import os
from pathlib import Path

import pytest

from ensemble import BatchJobs, CacheFileError, ResponseCache


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
@pytest.mark.parametrize("ending", ["", "-journal", "-wal", "-shm"])
def test_a_pipe_in_place_of_a_file_of_sqlite_is_refused(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "given.sqlite"
    os.mkfifo(f"{path}{ending}")

    with pytest.raises(CacheFileError, match="not a plain file"):
        ResponseCache(path)


@pytest.mark.parametrize("kind", [BatchJobs, ResponseCache])
def test_a_folder_in_place_of_a_database_is_refused(
    kind: type[BatchJobs] | type[ResponseCache], tmp_path: Path
) -> None:
    with pytest.raises(CacheFileError, match="unable to open"):
        kind(tmp_path)
