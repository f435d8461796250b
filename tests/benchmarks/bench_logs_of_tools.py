"""Logs that the real Inspect and lm-eval write, in all kinds, read by ``read_log``.

Run by hand: it installs the tools into environments of their own (uv, from the package index).

    uv run python tests/benchmarks/bench_logs_of_tools.py [--inspect VERSION ...] [--keep FOLDER]

Each log is a row: what was read, and whether rescoring gives its own scores. It ends with 1 where a
log cannot be read, where both forms of a run differ, or where something that it was made for is not
in what was read.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from dataset_manager import DatasetError, PredictionLog, read_log

MAKERS = Path(__file__).parent / "log_makers"
# What a reader of each kind of run must see.
SEEN: dict[str, Callable[[PredictionLog], bool]] = {
    "generation": lambda log: log.status == "success" and len(log.rows) == 3,
    "choice": lambda log: all(row.extracted in {"A", "B"} for row in log.rows),
    "several-scorers": lambda log: {"match", "two_parts.a", "two_parts.b"} <= {*log.score_names},
    "epochs": lambda log: log.epochs == (1, 2, 3) and len(log.rows) == 9,
    "error-ends-it": lambda log: log.status == "error" and log.complete is False,
    "error-goes-on": lambda log: sum(row.error is not None for row in log.rows) == 1,
    "first-sample": lambda log: log.dataset_size == 3 and log.planned == 1,
    "message-limit": lambda log: all(row.limit for row in log.rows),
    "filtered": lambda log: {row.stop_reason for row in log.rows} == {"content_filter"},
    "not-scored": lambda log: all(row.score is None for row in log.rows),
    # A run that is ended from outside leaves its log as it was begun.
    "cancelled": lambda log: log.status in {"cancelled", "started", "error"} and not log.complete,
    "kind_generation": lambda log: len(log.rows) == 18,  # items, repeats, filters
    "kind_targets": lambda log: len(log.rows) == 2,
    "kind_choice": lambda log: len(log.rows) == 2,
    "kind_likelihood": lambda log: all(row.prediction is None for row in log.rows),
    "kind_rolling": lambda log: all(row.prediction is None for row in log.rows),
}
ATTACHED = "kept as an attachment"


def make(script: str, *arguments: str, package: str | None = None) -> None:
    """Run the script that makes logs, in an environment of its own."""
    version = ["--with", package] if package else []
    command = ["uv", "run", "--quiet", *version, "--script", str(MAKERS / script), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def logs_in(folder: Path) -> list[tuple[str, Path]]:
    """The logs below a folder with the names of their kinds."""
    found = []
    for path in sorted(
        [*folder.rglob("*.eval"), *folder.rglob("*.json"), *folder.rglob("*.jsonl")]
    ):
        kind = next((name for name in reversed(SEEN) if f"_{name}_" in path.name), None)
        if kind is not None and not path.name.startswith("results_"):
            found.append((kind, path))
    return found


def looked_at(kind: str, path: Path) -> tuple[bool, str]:
    """Whether a log was read without loss, and a line about it."""
    try:
        log = read_log(path)
    except DatasetError as error:
        return False, f"{kind:<16} NOT READ: {error}"
    seen = SEEN[kind](log)
    try:
        again = log.rescore()
        rescored = f"{again.compared} compared, {len(again.changes)} changed"
    except DatasetError as error:
        rescored = f"not rescored: {str(error)[:60]}"
    attached = (
        path.suffix == ".jsonl" or ATTACHED in "".join(map(str, log.rows)) or kind == "choice"
    )
    mark = "" if seen and (attached or len(log.rows) < 3) else "LOST "
    about = f"{len(log.rows)} rows, status {log.status}, {len(log.remarks)} remarks"
    return not mark, f"{kind:<16} {mark}{about}; {rescored}"


def forms_agree(folders: tuple[Path, Path]) -> bool:
    """Whether both forms of every run have one content hash."""
    hashes = [
        {kind: read_log(path).dataset().content_hash for kind, path in logs_in(folder)}
        for folder in folders
    ]
    differ = sorted(kind for kind in SEEN if hashes[0].get(kind) != hashes[1].get(kind))
    print(f"  forms with another content: {', '.join(differ) or 'none'}")
    return not differ


def main() -> int:
    """Make the logs and look at each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inspect", nargs="*", default=["0.3.285", "0.3.60"])
    parser.add_argument("--keep", type=Path, default=None)
    chosen = parser.parse_args()
    root = chosen.keep or Path(tempfile.mkdtemp())
    fine = True
    for version in chosen.inspect:
        forms = (root / f"inspect-{version}-eval", root / f"inspect-{version}-json")
        for form, folder in zip(("eval", "json"), forms, strict=True):
            if not folder.is_dir():
                package = f"inspect-ai=={version}"
                make("make_inspect_logs.py", form, str(folder), package=package)
            fine &= shown(f"Inspect {version}, {form}", folder)
        fine &= forms_agree(forms)
    if not (root / "lm-eval").is_dir():
        make("make_lm_eval_logs.py", str(root / "lm-eval"))
    fine &= shown("lm-eval", root / "lm-eval")
    return 0 if fine else 1


def shown(title: str, folder: Path) -> bool:
    """Print a line for each log; whether all were read without loss."""
    print(title)
    lines = [looked_at(kind, path) for kind, path in logs_in(folder)]
    for _, line in lines:
        print(f"  {line}")
    return bool(lines) and all(good for good, _ in lines)


if __name__ == "__main__":
    sys.exit(main())
