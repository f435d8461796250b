"""Logs that the real Inspect and lm-eval write, compared by ``compare`` and by hand with numpy.

Run by hand: it installs the tools into environments of their own (uv, from the package index).

    uv run python tests/benchmarks/bench_compare_tools.py [--inspect VERSION ...] [--keep FOLDER]

Both tools ask the same 60 questions of two models. Every comparison, within a tool and between two,
must find all 60 items and give the numbers of the computation by hand; logs of other items must be
refused. It ends with 1 where one does not.
"""

import argparse
import subprocess
import sys
import tempfile
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy import stats

from research_harness import MismatchError, compare, import_logs, verify

MAKER = Path(__file__).parent / "log_makers" / "make_same_questions.py"
WRONG = {"a": 3, "b": 5}
ITEMS = 60


def make(tool: str, package: str, folder: Path) -> None:
    """Write the logs of a tool, in an environment of its own."""
    if folder.is_dir():
        return
    command = ["uv", "run", "--quiet", "--no-project", "--with", package, "python"]
    subprocess.run([*command, str(MAKER), tool, str(folder)], check=True, capture_output=True)


def logs_of(folder: Path) -> dict[str, Path]:
    """The log of each model."""
    if list(folder.glob("*.eval")):
        return dict(zip(WRONG, sorted(folder.glob("*.eval")), strict=True))
    return {name: next((folder / name).rglob("samples_*.jsonl")) for name in WRONG}


def by_hand(first: str, second: str) -> tuple[float, float, float, float]:
    """The two means, the standard error of the first, and McNemar's mid-p."""
    scores = {
        name: np.array([number % each > 0 for number in range(ITEMS)], dtype=float)
        for name, each in WRONG.items()
    }
    one, two = scores[first], scores[second]
    gained, lost = int(((two - one) > 0).sum()), int(((two - one) < 0).sum())
    low, n = min(gained, lost), gained + lost
    p = 2 * stats.binom.cdf(low, n, 0.5) - stats.binom.pmf(low, n, 0.5)
    se = float(one.std(ddof=1) / np.sqrt(ITEMS))
    return float(one.mean()), float(two.mean()), se, min(1.0, float(p))


def agrees(title: str, first: tuple[str, Path], second: tuple[str, Path]) -> bool:
    """Whether a comparison is that by hand."""
    found = compare([first[1], second[1]])
    pair = found.pairs[0]
    one, two, se, p = by_hand(first[0], second[0])
    seen = (found.scores[0].score, found.scores[1].score, found.scores[0].se, pair.p_value)
    fine = pair.items == ITEMS and np.allclose(
        [0.0 if each is None else each for each in seen], [one, two, se, p], atol=1e-12
    )
    print(f"{title:<50} {pair.items} of {ITEMS} items, p {pair.p_value:.6g}: {fine}")
    return bool(fine)


def imported(title: str, logs: dict[str, Path], root: Path) -> bool:
    """Whether an import of the logs verifies and gives their comparison."""
    (run,) = import_logs(list(logs.values()), output_dir=root / "results", formats=())
    again, direct = compare([run.folder]), compare(list(logs.values()))
    fine = verify(run.folder).agree and [p.p_value for p in again.pairs] == [
        p.p_value for p in direct.pairs
    ]
    print(f"{title:<50} imported: {fine}")
    return fine


def refused(log: Path, folder: Path) -> bool:
    """Whether a log of other items is refused with the items."""
    other = folder / "other.csv"
    lines = [f"x{number},Another {number}?,x,1" for number in range(ITEMS)]
    other.write_text("\n".join(["id,question,prediction,score", *lines]), encoding="utf-8")
    try:
        compare([log, other])
    except MismatchError as error:
        return "x0" in str(error)
    return False


def main() -> int:
    """Make the logs and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inspect", nargs="*", default=["0.3.285", "0.3.100"])
    parser.add_argument("--lm-eval", default="lm-eval[hf]")
    parser.add_argument("--keep", type=Path, default=None)
    chosen = parser.parse_args()
    root = chosen.keep or Path(tempfile.mkdtemp())
    folders = {f"Inspect {version}": root / f"same-inspect-{version}" for version in chosen.inspect}
    for version, folder in zip(chosen.inspect, folders.values(), strict=True):
        make("inspect", f"inspect-ai=={version}", folder)
    folders["lm-eval"] = root / "same-lm-eval"
    make("lm-eval", chosen.lm_eval, folders["lm-eval"])
    logs = {tool: logs_of(folder) for tool, folder in folders.items()}
    fine = True
    for tool, each in logs.items():
        fine &= agrees(f"{tool}, a and b", ("a", each["a"]), ("b", each["b"]))
        fine &= imported(tool, each, Path(tempfile.mkdtemp()))
    for one, two in combinations(logs, 2):
        fine &= agrees(f"{one}, a; {two}, b", ("a", logs[one]["a"]), ("b", logs[two]["b"]))
    first = next(iter(logs.values()))["a"]
    other = refused(first, Path(tempfile.mkdtemp()))
    print(f"{'logs of other items':<50} refused with the items: {other}")
    return 0 if fine and other else 1


if __name__ == "__main__":
    sys.exit(main())
