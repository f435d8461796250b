"""How often each test of bench rejects a null hypothesis that is true, nominal 5 %.

    uv run python tests/benchmarks/bench_test_sizes.py                    # all tests
    uv run python tests/benchmarks/bench_test_sizes.py friedman           # tests of one name
    ... --keep sizes.jsonl  # goes on where it was broken off

Each row has a stream of its own. It ends as soon as its data sets are ten times likelier under a
size of 5 % than under one of 6.5 % (Wald's sequential test), at the latest after ``--most``. A row
that is above 5.6 % then is made again with another seed and ``--again`` data sets: what stays above
is not the luck of the first.
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
TOO_MANY, CERTAIN = 0.065, math.log(10)
FEWEST = 200
REJECTED, KEPT = math.log(TOO_MANY / LEVEL), math.log((1 - TOO_MANY) / (1 - LEVEL))
Row = dict[str, Any]


def measured(name: str, setting: str, draw: Any, most: int, again: int) -> Row:
    """One row of the table."""
    row = _simulated(name, setting, draw, most, seed=23, may_stop=True)
    if row["rejected"] / row["runs"] > BAR and again:
        row = _simulated(name, setting, draw, again, seed=24, may_stop=False)
    return row


def _simulated(name: str, setting: str, draw: Any, most: int, *, seed: int, may_stop: bool) -> Row:
    rng = np.random.default_rng([seed, *f"{name} | {setting}".encode()])
    runs = rejected = warnings = unwarned = 0
    while runs < most:
        found = draw(rng)
        hit, has_warning = p_of(found) <= LEVEL, warned(found)
        runs, rejected, warnings = runs + 1, rejected + hit, warnings + has_warning
        unwarned += hit and not has_warning
        if may_stop and runs >= FEWEST and _is_held(runs, rejected):
            break
    return {
        "name": name,
        "setting": setting,
        "runs": runs,
        "rejected": rejected,
        "warned": warnings,
        "unwarned": unwarned,
    }


def _is_held(runs: int, rejected: int) -> bool:
    return rejected * REJECTED + (runs - rejected) * KEPT <= -CERTAIN


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
    parser.add_argument("--most", type=int, default=4000, help="most data sets of a row")
    parser.add_argument("--again", type=int, default=4000, help="those of a row above 5.6 %%")
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
            name, setting, draw, chosen.most, chosen.again
        )
        if chosen.keep is not None and (name, setting) not in kept:
            with chosen.keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")
        print(line(found), flush=True)


if __name__ == "__main__":
    main()
