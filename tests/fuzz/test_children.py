"""A child that waits for a lock that no thread releases does not keep its parent."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from children import StuckError, said

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="the time of a process is read on Linux"
)


def child(*words: bytes, waits: bool) -> tuple[int, int]:
    reading, writing = os.pipe()
    never, no_reader = os.pipe()
    process = os.fork()
    if process == 0:
        for each in words:
            os.write(writing, each)
        if waits:
            os.read(never, 1)
        os._exit(0)
    for number in (writing, never, no_reader):
        os.close(number)
    return process, reading


def test_what_a_child_says_is_given_to_its_end() -> None:
    process, reading = child(b"one ", b"two", waits=False)

    assert b"".join(said(process, reading)) == b"one two"
    os.waitpid(process, 0)


def test_a_child_that_waits_for_ever_is_ended() -> None:
    process, reading = child(b"one", waits=True)
    pieces = said(process, reading, patience_s=0.05)

    assert next(pieces) == b"one"
    with pytest.raises(StuckError):
        next(pieces)
    with pytest.raises(ChildProcessError):
        os.waitpid(process, 0)
