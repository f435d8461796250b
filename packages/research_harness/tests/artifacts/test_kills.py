"""A process that is killed while it analyses or verifies a run: nothing is lost or mixed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# One process imports the library; each kill happens in a fork of it, before threads are started.
SCRIPT = """
import contextlib, importlib, json, os, shutil, signal, sys
from pathlib import Path
from typing import Any
from research_harness import Experiment, condition, reanalyze, run_sync, verify
from research_harness._core import parts
from research_harness._engine.journal import Journal

parts.LEAST_BYTES = 1  # logs are closed and compressed too
WHAT, TARGET = sys.argv[1], Path(sys.argv[2])

class First(Experiment):
    name = "Kills"
    dataset = [{"id": f"q{n}", "input": f"{n}?", "expected": f"is {n}"} for n in range(6)]
    metrics = ("accuracy",)
    formats = ("markdown",)
    scorer = "exact_match"

    @condition
    def a(self, item: Any) -> str:
        return str(item.expected).upper()

class Second(First):
    scorer = "text"

def in_fork(work, kill_at=None, after=False):
    pid = os.fork()
    if pid == 0:
        count = 0
        def replace(self, target, real=Path.replace):
            nonlocal count
            count += 1
            if count == kill_at and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            found = real(self, target)
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return found
        Path.replace = replace
        try:
            work()
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        sys.exit(f"a fork failed with {os.WEXITSTATUS(status)}")
    return os.WIFSIGNALED(status)

def content(folder):
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}

def check(expression):
    if not expression():
        raise AssertionError

def prepare():
    run_sync(First, output_dir=source, run_id="x")
    shutil.copytree(source, wanted)
    reanalyze("x", Second, output_dir=wanted)
    check(lambda: verify("x", output_dir=wanted).agree)
    (TARGET / "modules").write_text("\\n".join(sys.modules))

source, wanted = TARGET / "source", TARGET / "wanted"
in_fork(prepare)
for name in (TARGET / "modules").read_text().splitlines():  # no fork imports anything
    with contextlib.suppress(Exception):
        importlib.import_module(name)
names = ("results.csv", "analysis.json", "config.json")
expected = {name: (wanted / "x" / name).read_bytes() for name in names}
kills = 0
for number in range(1, 99):
    folder, after = TARGET / str(number), number % 2 == 0
    shutil.copytree(source, folder)
    before = content(folder)
    if WHAT == "verify":
        killed = in_fork(lambda: verify("x", output_dir=folder), number, after)
        assert content(folder) == before, number
    else:
        killed = in_fork(lambda: reanalyze("x", Second, output_dir=folder), number, after)
        journal = Journal(folder / "x/checkpoints/journal.jsonl")
        marks = {row.index: row.correct for row in journal}
        assert len(marks) == 6 and len(set(marks.values())) == 1, (number, marks)
        if number % 3 == 0 or not killed:
            in_fork(lambda: reanalyze("x", Second, output_dir=folder))
        for name in names if number % 3 == 0 else ():
            assert (folder / "x" / name).read_bytes() == expected[name], (number, name)
    if not killed:
        break
    kills += 1
if WHAT == "reanalyze":
    in_fork(lambda: check(lambda: verify("x", output_dir=folder).agree))
print(json.dumps(kills))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize(("what", "least"), [("reanalyze", 10), ("verify", 1)])
def test_a_kill_at_any_file_leaves_a_run_that_can_be_analysed_and_verified(
    what: str, least: int, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, what, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) >= least


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize("step", ["finish", "resume"])
def test_a_kill_at_any_moment_of_a_step_leaves_a_run_that_goes_on_to_its_end(
    step: str, tmp_path: Path
) -> None:
    script = Path(__file__).with_name("killed_steps.py")
    done = subprocess.run(
        [sys.executable, str(script), step, "3", "1", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout.splitlines()[-1]) >= 3
