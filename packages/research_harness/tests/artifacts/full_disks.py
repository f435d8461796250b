"""Runs on a disk that is full at some moment, resumed once there is room.

    python full_disks.py MOUNTED [FIRST LAST STEP]      a real file system, of so many kilobytes
    python full_disks.py injected [EVERY]               each n-th call that touches a file fails

A run must end with an error that names the file and how to go on, or be complete. A row that was on
the disk stays there. Once there is room, a resume ends with the results of a run that never met a
full disk. The first way needs the right to mount; MOUNTED is an empty folder. The last line is the
number of runs that met a full disk.
"""

import asyncio
import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from ensemble import FunctionModel, ask
from research_harness import Experiment, condition, resume_sync, run_sync, verify
from research_harness._core.errors import HarnessError
from research_harness._engine.journal import Journal

steps: Any = import_module("killed_steps")  # this folder is the first on the path of a script
ID = "x"
ITEMS, CONDITIONS = 200, 2
_CALLS = ("open", "write", "fsync", "fdatasync", "replace", "ftruncate", "mkdir")


async def known(query: Any) -> str:
    """The answer of the model."""
    return f"is {query} " + "x" * 300


class Asking(Experiment):
    """Calls are recorded, and chains are kept."""

    name = "Full"
    metrics = ("accuracy",)
    formats = ("markdown",)
    scorer = "exact_match"
    concurrency = 4
    traces = True

    def dataset(self) -> list[dict[str, str]]:
        """Its items."""
        return [{"id": f"q{n}", "input": f"{n}?", "expected": f"is {n}?"} for n in range(ITEMS)]

    async def setup(self) -> None:
        """Make the model."""
        self.model = FunctionModel("known", known)

    @condition
    async def a(self, item: Any) -> Any:
        """Asks."""
        answer = await ask(item.input, model=self.model)
        await asyncio.sleep(0.002)
        return answer.text.split(" x")[0]

    @condition
    async def b(self, item: Any) -> str:
        """Knows."""
        return str(item.expected)


def tried(work: Callable[[], object]) -> bool:
    """Whether work met a full disk; it may raise no other error than one that says so."""
    try:
        work()
    except HarnessError as error:
        text = str(error)
        assert "No space left" in text, text
        assert str(ID) in text or "output" in text, text
        return True
    return False


def check(output: Path) -> None:
    """All rows are there once, right, and fit together."""
    rows = Counter(row.index for row in Journal(output / ID / "checkpoints/journal.jsonl"))
    assert len(rows) == ITEMS * CONDITIONS
    assert set(rows.values()) == {1}, "rows were made twice"
    assert all(line[-2].lower() == "true" and not line[-1] for line in steps.table(output))
    found = verify(ID, output_dir=output)
    assert found.agree, str(found)


def run(output: Path) -> bool:
    """Run, and note in a file beside the output whether the disk was full."""
    full = tried(lambda: run_sync(Asking, output_dir=output, run_id=ID))
    (output.parent / "full").write_text(str(int(full)))
    return full


def go_on(output: Path) -> None:
    """Resume what is there; a run that had not begun is begun again."""
    journal = output / ID / "checkpoints/journal.jsonl"
    before = {row.index for row in Journal(journal)}
    try:
        resume_sync(ID, Asking, output_dir=output)
    except HarnessError:
        assert not before, "a run with rows cannot be resumed"
        run_sync(Asking, output_dir=output, run_id=ID, overwrite=True)
    assert before <= {row.index for row in Journal(journal)}, "rows were lost"
    check(output)


def fail_at_call(number: int) -> None:
    """Let the n-th call that touches a file, and all that follow, find a full disk."""
    count = 0

    def counted(real: Callable[..., Any], *args: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count >= number:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **options)

    for name in _CALLS:
        setattr(os, name, partial(counted, getattr(os, name)))


def mounted(where: Path, sizes: range) -> int:
    """Run on real file systems of these sizes in kilobytes; how many of them were full."""
    full = 0
    for size in sizes:
        options = f"size={size}k,nr_inodes=500"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "full", str(where)], check=True)
        try:
            with tempfile.TemporaryDirectory() as other:
                Path(other, "results").symlink_to(where)
                steps.in_fork(partial(run, Path(other, "results")))
                was_full = Path(other, "full").read_text() == "1"
            full += was_full
            subprocess.run(["mount", "-o", "remount,size=64m", str(where)], check=True)
            if was_full:
                steps.in_fork(lambda: go_on(where))
        finally:
            subprocess.run(["umount", str(where)], check=True)
    return full


def injected(every: int) -> int:
    """Fail at each n-th call, in a run of its own; how many runs met it."""
    full, number = 0, 1
    while True:
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder, "results")
            output.mkdir()
            note = Path(folder, "full")
            steps.in_fork(partial(_injected, output, note, number))
            if note.read_text() != "1":
                return full
            full += 1
            steps.in_fork(partial(go_on, output))
        number += every


def _injected(output: Path, note: Path, number: int) -> None:
    file = note.open("wb", buffering=0)
    fail_at_call(number)
    file.write(b"1" if tried(lambda: run_sync(Asking, output_dir=output, run_id=ID)) else b"0")


def main() -> None:
    """Fill the disk again and again."""
    with tempfile.TemporaryDirectory() as folder:  # for the imports, which no fork is to make
        steps.in_fork(partial(_prepare, Path(folder)))
        steps.import_all(Path(folder, "modules"))
    if sys.argv[1] == "injected":
        found = injected(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    else:
        first, last, step = [int(each) for each in sys.argv[2:]] or (64, 2_048, 32)
        found = mounted(Path(sys.argv[1]), range(first, last, step))
    sys.stdout.write(f"{found}\n")


def _prepare(folder: Path) -> None:
    run_sync(Asking, output_dir=folder, run_id=ID)
    check(folder)
    shutil.copytree(folder / ID, folder / "copy")
    (folder / "modules").write_text("\n".join(sys.modules))


if __name__ == "__main__":
    main()
