"""How often each test of bench rejects a null hypothesis that is true, nominal 5 %.

    uv run python tests/benchmarks/bench_test_sizes.py                    # all tests
    uv run python tests/benchmarks/bench_test_sizes.py friedman           # tests of one name
    ... --keep sizes.jsonl  # goes on where it was broken off

Each row has a stream of its own. A row above 5.6 % is made again with another seed and more runs:
what stays above then is not the luck of the first.
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from _stats_sizes import worlds
from _stats_sizes_read import p_of, warned

LEVEL, BAR = 0.05, 0.056
Row = dict[str, Any]


def measured(name: str, setting: str, draw: Any, runs: int, again: int) -> Row:
    """One row of the table."""
    row = _simulated(name, setting, draw, runs, seed=23)
    if row["rejected"] / runs > BAR and again:
        row = _simulated(name, setting, draw, again, seed=24)
    return row


def _simulated(name: str, setting: str, draw: Any, runs: int, *, seed: int) -> Row:
    rng = np.random.default_rng([seed, *f"{name} | {setting}".encode()])
    found = [draw(rng) for _ in range(runs)]
    values = [p_of(each) for each in found]
    return {
        "name": name,
        "setting": setting,
        "runs": runs,
        "rejected": sum(value <= LEVEL for value in values),
        "warned": sum(map(warned, found)),
    }


def line(row: Row) -> str:
    """One line of a table in Markdown."""
    runs = row["runs"]
    rate = row["rejected"] / runs
    error = math.sqrt(max(rate, 1 / runs) * (1 - rate) / runs)
    above = " above" if rate - 1.645 * error > BAR else ""
    shown = f"{100 * rate:.1f}{above}"
    warns = f"{100 * row['warned'] / runs:.0f} %"
    return f"| {row['name']} | {row['setting']} | {shown} | {runs} | {warns} |"


def main() -> None:
    """Print one row per test and data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="what the names of the tests begin with")
    parser.add_argument("--runs", type=int, default=500, help="data sets for each row")
    parser.add_argument("--again", type=int, default=4000, help="those of a row above 5.6 %")
    parser.add_argument("--keep", type=Path, help="a file of finished rows, which are made once")
    chosen = parser.parse_args()
    kept: dict[tuple[str, str], Row] = {}
    if chosen.keep is not None and chosen.keep.exists():
        for text in chosen.keep.read_text(encoding="utf-8").splitlines():
            row = json.loads(text)
            kept[row["name"], row["setting"]] = row
    print("| test | data | rejected | runs | with a warning |\n|---|---|---|---|---|")
    for name, setting, draw in worlds():
        if not name.startswith(tuple(chosen.names) or ("",)):
            continue
        found = kept.get((name, setting)) or measured(
            name, setting, draw, chosen.runs, chosen.again
        )
        if chosen.keep is not None and (name, setting) not in kept:
            with chosen.keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")
        print(line(found), flush=True)


if __name__ == "__main__":
    main()
