"""The table of hostile worlds, for bench_stats_coverage.py.

Each row has a stream of its own, so rows can be made alone, in any order and in several processes,
and a table that was broken off goes on where it stopped.
"""

import argparse
import json
import math
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from _stats_worlds import exact_worlds, worlds
from _stats_worlds_clusters import cluster_worlds
from _stats_worlds_effects import effect_worlds
from _stats_worlds_evals import evaluation_worlds
from _stats_worlds_models import model_worlds

Row = dict[str, Any]
_SLOW = "generalized_accuracy, random"  # half a second for each of its results


@cache
def every_world() -> dict[str, Any]:
    """All simulated worlds, by the name of the function and of the world."""
    found = (
        *worlds(),
        *cluster_worlds(),
        *effect_worlds(),
        *evaluation_worlds(),
        *model_worlds(),
    )
    return {f"{name} | {setting}": draw for name, setting, draw in found}


def options(description: str) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("part", nargs="?", default="all", choices=("all", "usual", "hostile"))
    parser.add_argument("names", nargs="*", help="what the names of the rows begin with")
    parser.add_argument("--runs", type=int, default=300, help="data sets for each hostile row")
    parser.add_argument("--jobs", type=int, default=1, help="processes for hostile rows")
    parser.add_argument("--keep", type=Path, help="a file of hostile rows, which are made once")
    return parser.parse_args()


def hostile(wanted: tuple[str, ...], *, runs: int, jobs: int, keep: Path | None) -> None:
    """Print the table of hostile worlds: coverage, mean width, and how many results warn.

    Args:
        wanted: What the names of the functions begin with; all where empty.
        runs: Data sets for each row.
        jobs: How many processes.
        keep: A file that holds the finished rows; those in it are not made again.
    """
    print("| interval | world | coverage | mean width | with a warning |\n|---|---|---|---|---|")
    for name, setting, held, width in exact_worlds():
        if name.startswith(wanted):
            print(f"| {name} | {setting} | {100 * held:.1f} (exact) | {width:.3g} | |", flush=True)
    done = {row["name"]: row for row in _kept(keep) if row["runs"] == _runs(row["name"], runs)}
    names = [name for name in every_world() if name.startswith(wanted)]
    waiting = [name for name in names if name not in done]
    for row in _simulations(waiting, runs, jobs):
        done[row["name"]] = row
        if keep is not None:
            with keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
    for name in names:
        print(_line(done[name]), flush=True)


def _simulations(names: list[str], runs: int, jobs: int) -> Iterator[Row]:
    if jobs == 1:
        yield from (simulated(name, runs) for name in names)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for each in as_completed([pool.submit(simulated, name, runs) for name in names]):
            yield each.result()


def _kept(keep: Path | None) -> list[Row]:
    if keep is None or not keep.exists():
        return []
    return [json.loads(line) for line in keep.read_text(encoding="utf-8").splitlines()]


def _runs(name: str, runs: int) -> int:
    return runs // 3 if name.startswith(_SLOW) else runs


def simulated(name: str, runs: int) -> Row:
    """One row of the table."""
    runs = _runs(name, runs)
    draw, rng = every_world()[name], np.random.default_rng([19, *name.encode()])
    held = warned = 0
    widths = []
    for _ in range(runs):
        found, truth = draw(rng)
        interval = getattr(found, "interval", found)
        held += truth in interval
        warned += bool(_warnings(found) or _warnings(interval))
        if math.isfinite(interval.width):
            widths.append(interval.width)
    width = math.fsum(widths) / len(widths) if widths else None
    return {"name": name, "runs": runs, "held": held, "warned": warned, "width": width}


def _warnings(found: Any) -> Any:
    return getattr(getattr(found, "comparison", found), "warnings", ())


def _line(row: Row) -> str:
    held, warned = (100 * row[key] / row["runs"] for key in ("held", "warned"))
    width = "∞" if row["width"] is None else f"{row['width']:.3g}"
    return f"| {row['name']} | {held:.1f} | {width} | {warned:.0f} % |"
