"""A file store writes to its own file, not through a link in its place."""

from pathlib import Path

import pytest

from telemetry_research import FileStore


@pytest.mark.parametrize("there", [True, False], ids=["file", "nothing"])
def test_a_link_in_place_of_the_file_is_refused(tmp_path: Path, there: bool) -> None:
    theirs = tmp_path / "theirs"
    if there:
        theirs.write_bytes(b"")
    (tmp_path / "run.arrows").symlink_to(theirs)

    with pytest.raises(OSError, match="symbolic link"):
        FileStore(tmp_path / "run.arrows").open({"id": "a"})

    assert theirs.exists() == there
    assert not there or not theirs.read_bytes()
