"""Logs that real tools write, in all kinds, read by ``read_log``.

Run by hand: it installs the tools into environments of their own (uv, from the package index).

    uv run python tests/benchmarks/bench_logs_of_tools.py [--inspect VERSION ...] [--keep FOLDER]
        [--tools inspect lm-eval promptfoo helm openai-evals programs]

Each log is a row: what was read, and whether rescoring gives its own scores. It ends with 1 where a
log cannot be read, where both forms of a run differ, or where something that it was made for is not
in what was read.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
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
    # Two prompts, two models, six tests, each twice; four of 24 calls fail.
    "repeats": lambda log: (
        len(log.rows) == 48
        and log.epochs == (1, 2)
        and len({row.id for row in log.rows}) == 6
        and sum(row.error is not None for row in log.rows) == 8
        and "Paris" in {row.expected for row in log.rows}
    ),
    "human-eval": lambda log: [row.score for row in log.rows] == [1, 0, 0, 1, 1, 0, 0, 0],
    "evalplus": lambda log: (
        [row.scores["base"] for row in log.rows] == [1, 0, 0, 1, 1, 0, 0, 0]
        and [row.scores["plus"] for row in log.rows] == [1, 0, 0, 0, 1, 0, 0, 0]
    ),
    "match": lambda log: _samples(log) == [1, 1, 0] and log.status == "success",
    "includes": lambda log: _samples(log) == [1, 1, 0] and log.status == "success",
    "fuzzy": lambda log: "f1_score" in log.score_names and len(_samples(log)) == 3,
    "ends-early": lambda log: log.status == "started" and len(log.rows) == 3,
    "helm-joint": lambda log: len(log.rows) == 6 and log.epochs == (1, 2),
    # Of choices with equal likelihoods none is the answer.
    "helm-separate": lambda log: len(log.rows) == 3 and any("likeliest" in r for r in log.remarks),
}
OTHERS = {
    "promptfoo": "make_promptfoo_logs.py",
    "helm": "make_helm_logs.py",
    "openai-evals": "make_openai_evals_logs.py",
    "programs": "make_program_logs.py",
}
OLD = 100
ATTACHED = "kept as an attachment"


def _samples(log: PredictionLog) -> list[float | None]:
    """The scores in the order of the data."""
    return [row.score for row in log.rows]


def make(script: str, *arguments: str, packages: Sequence[str] = ()) -> None:
    """Run the script that makes logs, in an environment of its own."""
    versions = [part for package in packages for part in ("--with", package)]
    command = ["uv", "run", "--quiet", *versions, "--script", str(MAKERS / script), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def logs_in(folder: Path) -> list[tuple[str, Path]]:
    """The logs below a folder with the names of their kinds."""
    found = []
    for path in sorted(
        [*folder.rglob("*.eval"), *folder.rglob("*.json"), *folder.rglob("*.jsonl")]
    ):
        named = path.name
        if path.name == "scenario_state.json":  # of HELM, whose folders have the names
            named = str(path.relative_to(folder))
        kind = next((name for name in reversed(SEEN) if f"_{name}_" in named), None)
        if kind is not None and not path.name.startswith("results_"):
            found.append((kind, path))
    # The programs beside their results.
    return [each for each in found if not _has_results(each[1])]


def _has_results(path: Path) -> bool:
    return any(
        path.with_name(path.name.removesuffix(end) + results).exists()
        for end, results in (("", "_results.jsonl"), (".jsonl", "_eval_results.json"))
        if path.name.endswith(end)
    )


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
    lost = (
        log.format == "inspect" and not attached and len(log.rows) > 2
    )  # those without an attachment
    mark = "" if seen and not lost else "LOST "
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
    parser.add_argument("--tools", nargs="*", default=["inspect", "lm-eval", *OTHERS])
    parser.add_argument("--keep", type=Path, default=None)
    chosen = parser.parse_args()
    root = chosen.keep or Path(tempfile.mkdtemp())
    fine = True
    for version in chosen.inspect if "inspect" in chosen.tools else ():
        forms = (root / f"inspect-{version}-eval", root / f"inspect-{version}-json")
        for form, folder in zip(("eval", "json"), forms, strict=True):
            if not folder.is_dir():
                packages = [f"inspect-ai=={version}"]
                # What it shows runs with the release of its time only.
                packages += ["textual<1"] if int(version.rpartition(".")[2]) < OLD else []
                make("make_inspect_logs.py", form, str(folder), packages=packages)
            fine &= shown(f"Inspect {version}, {form}", folder)
        fine &= forms_agree(forms)
    for tool, script in {"lm-eval": "make_lm_eval_logs.py", **OTHERS}.items():
        if tool not in chosen.tools:
            continue
        if not (root / tool).is_dir():
            make(script, str(root / tool))
        fine &= shown(tool, root / tool)
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
