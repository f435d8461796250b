"""Each experiment of docs/experiments twice, with other hash seeds: CPU seconds and equal bytes.

Run: ``python tests/benchmarks/bench_experiments_twice.py [h1 ...] [--quick]``. Recorded data are
read from the folder that ``CRUCIBLE_MIRROR`` names.
"""

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

EXPERIMENTS = Path(__file__).parents[2] / "docs" / "experiments"


def files(name: str, folder: Path, *, seed: str, quick: bool) -> dict[str, str]:
    """The SHA-256 of each file of an experiment, run in a process of its own."""
    command = [sys.executable, str(EXPERIMENTS / "run.py"), name, "--output-dir", str(folder)]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run(
        [*command, *(["--quick"] if quick else [])],
        check=True,
        env=environment,
        capture_output=True,
    )
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def cpu_seconds() -> float:
    """The CPU seconds of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print a line for each experiment.

    Returns:
        0, or 1 when a file differs or an experiment wrote none.
    """
    known = sorted(path.stem for path in (EXPERIMENTS / "registrations").glob("*.md"))
    parser = argparse.ArgumentParser()
    parser.add_argument("experiments", nargs="*", default=known)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    failed = 0
    for name in options.experiments:
        began = cpu_seconds()
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            one = files(name, Path(first), seed="1", quick=options.quick)
            seconds = cpu_seconds() - began
            two = files(name, Path(second), seed="2", quick=options.quick)
        differing = sorted(
            each for each in one.keys() | two.keys() if one.get(each) != two.get(each)
        )
        failed += bool(differing) or not one
        print(f"{name}: {seconds:.0f} s CPU, {len(one)} files, differing: {differing or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
