"""A finish, a resume, an analysis and a verification that are killed (kill -9) at random moments.

    uv run python tests/benchmarks/bench_harness_kills.py [kills a step] [seed]

After each kill the rows that were there before are there, once, and all by one scorer; what is
verified is not changed. After at most three kills the step is done to its end: the results are then
those of a run that was not killed, and the run is verified.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

KILLED = Path(__file__).parents[2] / "packages/research_harness/tests/artifacts/killed_steps.py"
KILLS = 30


def main() -> None:
    """Kill each step so many times; print what was found."""
    kills = sys.argv[1] if len(sys.argv) > 1 else str(KILLS)
    seed = sys.argv[2] if len(sys.argv) > 2 else "1"
    bad = 0
    for step in ("finish", "resume", "analyse", "verify"):
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, str(KILLED), step, kills, seed, folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            bad += 1
            print(f"{step}: {done.stderr[-3000:]}")
        else:
            seconds = time.perf_counter() - began
            print(
                f"{step}: {done.stdout.split()[-1]} kills, nothing lost or doubled, {seconds:.0f} s"
            )
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
