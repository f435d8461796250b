"""How often each test of bench rejects a null hypothesis that is true, nominal 5 %.

    uv run python tests/benchmarks/bench_test_sizes.py                    # all tests
    uv run python tests/benchmarks/bench_test_sizes.py friedman           # tests of one name
    ... --keep sizes.jsonl  # goes on where it was broken off

Rows with a formula (``_stats_sizes_formulas``) have ``--batch`` data sets at once; the function of
bench has to decide the first of them alike. Each other row is simulated by calls. It ends as soon
as its data sets are ten times likelier under a size of 5 % than under one of 7.5 % (Wald's
sequential test), at the latest after ``--most``. A row of either kind that is above 5.6 % then is
made again with another seed and ``--again`` data sets: what stays above is not the luck of the
first.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from _stats_sizes import worlds
from _stats_sizes_batches import Batches, batches
from _stats_sizes_read import p_of, warned

LEVEL, BAR = 0.05, 0.056
TOO_MANY, CERTAIN = 0.075, math.log(10)
FEWEST, ALIKE = 200, 20
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
    runs = rejected = warnings = 0
    while runs < most:
        found = draw(rng)
        hit = p_of(found) <= LEVEL
        runs, rejected, warnings = runs + 1, rejected + hit, warnings + warned(found)
        if may_stop and runs >= FEWEST and _is_held(runs, rejected):
            break
    return {
        "name": name,
        "setting": setting,
        "runs": runs,
        "rejected": rejected,
        "warned": warnings,
    }


def batched(row: Batches, runs: int, again: int) -> Row:
    """One row of the table by its formula."""
    found = _by_formula(row, runs, seed=23)
    if found["rejected"] / runs > BAR and again:
        found = _by_formula(row, max(runs, again), seed=24)
    return found


def _by_formula(row: Batches, runs: int, seed: int) -> Row:
    rng = np.random.default_rng([seed, *f"{row.name} | {row.setting}".encode()])
    groups = row.sample(rng, runs)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = row.formula(groups)
    results = [row.public([each[place] for each in groups]) for place in range(ALIKE)]
    for place, found in enumerate(results):
        p, own = p_of(found), float(p_values[place])
        if (p <= LEVEL) != (own <= LEVEL) or (
            0 < own < 1 and not math.isclose(p, own, rel_tol=1e-7)
        ):
            raise AssertionError(f"{row.name}, {row.setting}: {p} of bench, {own} by the formula")
    return {
        "name": row.name,
        "setting": row.setting,
        "runs": runs,
        "rejected": int((p_values <= LEVEL).sum()),
        "warned": runs * sum(map(warned, results)) // ALIKE,
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
    parser.add_argument("--most", type=int, default=1000, help="most data sets of a row")
    parser.add_argument("--batch", type=int, default=20_000, help="data sets of a formula")
    parser.add_argument("--again", type=int, default=4000, help="those of a row above 5.6 %%")
    parser.add_argument("--keep", type=Path, help="a file of finished rows, which are made once")
    chosen = parser.parse_args()
    kept: dict[tuple[str, str], Row] = {}
    if chosen.keep is not None and chosen.keep.exists():
        for text in chosen.keep.read_text(encoding="utf-8").splitlines():
            row = json.loads(text)
            kept[row["name"], row["setting"]] = row
    print("| test | data | rejected | runs | with a warning |\n|---|---|---|---|---|")
    for name, setting, make in rows(chosen):
        if not name.startswith(tuple(chosen.names) or ("",)):
            continue
        found = kept.get((name, setting)) or make()
        if chosen.keep is not None and (name, setting) not in kept:
            with chosen.keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")
        print(line(found), flush=True)


def rows(chosen: argparse.Namespace) -> Iterator[tuple[str, str, Callable[[], Row]]]:
    """What to make: each row by its formula or by calls."""
    for row in batches():
        yield row.name, row.setting, partial(batched, row, chosen.batch, chosen.again)
    for name, setting, draw in worlds():
        yield name, setting, partial(measured, name, setting, draw, chosen.most, chosen.again)


if __name__ == "__main__":
    main()
