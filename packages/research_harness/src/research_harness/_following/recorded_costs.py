"""What the rows of a finished session cost, from its tables, without its journal."""

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .._artifacts.folder import RunFolder
from .._artifacts.responses import RESPONSES
from .._rows.parquet_files import parquet_rows
from .run_state import signature

_Signature = tuple[int, int, int] | None


class RecordedCosts:
    """The cost of a run's rows; it is read again only when the tables have changed.

    Args:
        folder: The run.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._paths = folder.file("results.parquet"), folder.file(RESPONSES)
        self._known: list[_Signature] | None = None
        self._found: dict[str, float] = {}

    @property
    def stale(self) -> bool:
        """Whether the tables have changed since they were read."""
        return self._signatures() != self._known

    @property
    def found(self) -> dict[str, float]:
        """``cost_usd``, and in ``unknown_costs`` the rows that have no known cost.

        Where there are such rows, ``cost_usd`` is a bound: it has what is known of them, too. The
        values are those of the last ``read``; empty when the tables cannot be read.
        """
        return self._found

    def read(self) -> None:
        """Read the tables."""
        # The state of before: tables that are replaced meanwhile are then read twice, not never.
        self._known = self._signatures()
        self._found = {}
        try:
            self._found = _costs(*self._paths)
        except Exception:  # noqa: BLE001  # others may have written the tables, with other types
            return

    def _signatures(self) -> list[_Signature]:
        return [signature(path) for path in self._paths]


class CostsOfRuns:
    """The costs of many runs, read some at a time."""

    def __init__(self) -> None:
        self._costs: dict[str, RecordedCosts] = {}

    def add_to(
        self, lines: Iterable[dict[str, Any]], folders: Mapping[str, RunFolder], seconds: float
    ) -> None:
        """Add the cost to each line of a list that has rows and no cost yet.

        Args:
            lines: The lines, each with the ``id`` of its run; the first ones are read first.
            folders: The folders of all runs that are there, by their ids.
            seconds: For how long tables may be read; what is left comes with the next list.
        """
        self._costs = {run: each for run, each in self._costs.items() if run in folders}
        end = time.monotonic() + seconds
        for line in lines:
            run = str(line["id"])
            if "rows" not in line or "cost_usd" in line or run not in folders:
                continue
            costs = self._costs.setdefault(run, RecordedCosts(folders[run]))
            if costs.stale and time.monotonic() < end:
                costs.read()
            line |= costs.found  # noqa: PLW2901  # the line itself


def _costs(results: Path, responses: Path) -> dict[str, float]:
    import numpy as np

    total, unknown = 0.0, [np.empty(0, np.int64)]
    for index, cost in _columns(results, ["index", "cost_usd"]):
        missing = np.isnan(cost)
        total += float(cost[~missing].sum())
        unknown.append(index[missing])
    of_rows = np.concatenate(unknown)
    if len(of_rows) and responses.is_file():
        for index, cost, role in _columns(responses, ["index", "cost_usd", "role"]):
            fits = np.isin(index, of_rows) & (role != "scorer") & np.isfinite(cost) & (cost >= 0)
            total += float(cost[fits].sum())
    return {"cost_usd": max(0.0, total), "unknown_costs": len(of_rows)}


def _columns(path: Path, names: list[str]) -> Iterator[list[Any]]:
    import pyarrow.parquet as pq

    at_once = parquet_rows(path)
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(at_once, columns=names):
            yield [batch.column(name).to_numpy(zero_copy_only=False) for name in names]
