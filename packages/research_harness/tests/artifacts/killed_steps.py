"""Kills a process in the middle of a finish, a resume, an analysis or a verification.

    python killed_steps.py STEP KILLS SEED FOLDER

One process imports the library; each kill happens in a fork of it, before threads are started. Half
of the kills come at a random call that opens, writes, syncs, renames or removes a file, the others
after a random amount of CPU time, so that the load of the machine does not matter. A run is killed
up to three times before it may end. The last line is the number of kills.
"""

import contextlib
import csv
import importlib
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from research_harness import Experiment, condition, reanalyze, resume_sync, run_sync, verify
from research_harness._core import parts
from research_harness._engine.journal import Journal
from research_harness._run import job

parts.LEAST_BYTES = 1  # logs are closed and compressed too
STEPS = ("finish", "resume", "analyse", "verify")
ITEMS, CONDITIONS, BEFORE = 20, 2, 13
ID = "x"
_CALLS = ("open", "write", "fsync", "fdatasync", "replace", "unlink", "ftruncate", "mkdir")
_MOST_KILLS = 3


class First(Experiment):
    """What is run; its rows say where they are from."""

    name = "Killed"
    metrics = ("accuracy",)
    formats = ("markdown",)
    scorer = "exact_match"
    virtual_time = True
    concurrency = 4

    def dataset(self) -> list[dict[str, str]]:
        """Its items."""
        return [{"id": f"q{n}", "input": f"{n}?", "expected": f"is {n}"} for n in range(ITEMS)]

    @condition
    async def a(self, item: Any) -> str:
        """Right but for the case of its letters."""
        return str(item.expected).upper()

    @condition
    async def b(self, item: Any) -> str:
        """Right."""
        return str(item.expected)


class Second(First):
    """The same answers, read in another way."""

    scorer = "text"


def in_fork(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> bool:
    """Whether work in a fork was killed.

    Args:
        work: What is done.
        before: What is done at first, such as to see to it that the fork is killed.
    """
    pid = os.fork()
    if pid == 0:
        try:
            before()
            work()
        except BaseException:  # noqa: BLE001  # a fork must not go on as its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        sys.exit(f"a fork failed with {os.WEXITSTATUS(status)}")
    return False


def import_all(names: Path) -> None:
    """Import modules, so that no fork does.

    Args:
        names: The file with their names, one a line.
    """
    for module in names.read_text().splitlines():
        with contextlib.suppress(Exception):
            importlib.import_module(module)


def kill_at_call(number: int, *, after: bool) -> None:
    """Kill this process at its n-th call that touches a file, before or after it is made."""
    count = 0

    def counted(real: Callable[..., Any], *args: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count == number and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        found = real(*args, **options)
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    for name in _CALLS:
        setattr(os, name, partial(counted, getattr(os, name)))


def kill_at_time(seconds: float) -> None:
    """Have this process killed after so much CPU time; the signal is not handled."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def content(folder: Path) -> dict[str, bytes]:
    """The bytes of all files of a folder."""
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def table(folder: Path) -> list[tuple[str, ...]]:
    """What the results say of each row."""
    with (folder / ID / "results.csv").open(encoding="utf-8", newline="") as file:
        names = ("condition", "item_id", "repeat", "prediction", "correct", "error")
        return [tuple(row[name] for name in names) for row in csv.DictReader(file)]


class Step:
    """One of the commands, on copies of a run that is prepared for it.

    Args:
        name: One of ``STEPS``.
        folder: Where the runs are made.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.source, self.wanted = folder / "source", folder / "wanted"
        in_fork(self._prepare)
        import_all(folder / "modules")
        self.expected = table(self.wanted)
        self.calls, self.seconds = json.loads((folder / "cost").read_text())

    def work(self, output: Path) -> None:
        """Do the step."""
        if self.name in ("finish", "resume"):
            resume_sync(ID, First, output_dir=output)
        elif self.name == "analyse":
            reanalyze(ID, Second, output_dir=output)
        else:
            verify(ID, output_dir=output)

    def check(self, output: Path, *, ended: bool) -> None:
        """What holds after a kill, and what holds when the step has ended."""
        if self.name == "verify":
            assert content(output) == {
                str(output / Path(name).relative_to(self.source)): data
                for name, data in content(self.source).items()
            }
        rows = Counter(row.index for row in Journal(output / ID / "checkpoints/journal.jsonl"))
        marks = {
            row.index: row.correct
            for row in Journal(output / ID / "checkpoints/journal.jsonl")
            if row.condition == "a"
        }
        least = BEFORE if self.name == "resume" else ITEMS * CONDITIONS
        assert len(rows) >= least, "rows were lost"
        assert self.name == "analyse" or set(rows.values()) == {1}, "rows were made twice"
        assert len(set(marks.values())) == 1, "rows are of two analyses"
        if ended:
            assert len(rows) == ITEMS * CONDITIONS
            assert table(output) == self.expected
            assert verify(ID, output_dir=output).agree

    def _prepare(self) -> None:
        in_fork(partial(self._run, finished=self.name in ("analyse", "verify")))
        if self.name == "resume":
            journal = self.source / ID / "checkpoints/journal.jsonl"
            journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:BEFORE]))
        shutil.copytree(self.source, self.wanted)
        pid = os.fork()
        if pid == 0:  # once for the imports, and once to count
            self.work(self.wanted)
            verify(ID, output_dir=self.wanted)
            (self.folder / "modules").write_text("\n".join(sys.modules))
            self._count()
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0

    def _run(self, *, finished: bool) -> None:
        """Run the experiment; the process may end after its last row."""
        if not finished:
            job._finish = lambda *_: os._exit(0)
        run_sync(First, output_dir=self.source, run_id=ID)

    def _count(self) -> None:
        """Write down how many calls the step makes, and how much CPU time it takes."""
        output, count = self.folder / "counted", 0

        def counted(real: Callable[..., Any], *args: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            return real(*args, **options)

        shutil.copytree(self.source, output)
        for name in _CALLS:
            setattr(os, name, partial(counted, getattr(os, name)))
        began = time.process_time()
        self.work(output)
        seconds = time.process_time() - began
        (self.folder / "cost").write_text(json.dumps([count, seconds]))


def main() -> None:
    """Kill a step again and again, and go on with it."""
    name, kills, seed, where = sys.argv[1:]
    step, done = Step(name, Path(where)), 0
    chance = random.Random(int(seed))
    while done < int(kills):
        output = Path(where) / "copy"
        shutil.copytree(step.source, output)
        for _ in range(_MOST_KILLS):
            if chance.random() < 0.5:
                number, after = chance.randint(1, step.calls), chance.random() < 0.5
                before = partial(kill_at_call, number, after=after)
            else:
                before = partial(kill_at_time, chance.uniform(0.001, step.seconds))
            killed = in_fork(partial(step.work, output), before)
            done += killed
            in_fork(partial(step.check, output, ended=not killed))
            if not killed:
                break
        in_fork(partial(step.work, output))
        in_fork(partial(step.check, output, ended=True))
        shutil.rmtree(output)
    sys.stdout.write(f"{done}\n")


if __name__ == "__main__":
    main()
