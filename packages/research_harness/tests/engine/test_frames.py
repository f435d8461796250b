"""A file of lines that a crash has cut is repaired to its last whole line."""

import os
from pathlib import Path

import pytest

from research_harness._engine.frames import cut_torn_line, open_for_append

BLOCK = 65_536


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"\n",
        b"a\n",
        b"a\nb",
        b"x" * BLOCK,
        b"\n" + b"x" * BLOCK,
        b"a\n" + b"x" * (BLOCK - 1),
        b"a\nbc\n" + b"x" * (2 * BLOCK),
    ],
    ids=lambda content: f"{len(content)}-{content.count(b'x')}",
)
def test_what_follows_the_last_newline_is_cut_off(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    file = open_for_append(path)

    cut_torn_line(file)

    os.close(file)
    assert path.read_bytes() == content[: content.rfind(b"\n") + 1]
