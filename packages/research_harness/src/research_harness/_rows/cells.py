"""The columns of the tables of results, made from rows in batches.

Columns that are the same in every run with the same seed come first; ``latency_ms``, which is
measured unless the run's time is simulated, comes last.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, TypeAlias

from .._core.text import encodable
from .._design.designs import Between, Blocks, LatinSquare, Within
from .._design.stored import is_known
from .._outcome.row import Row
from .._plan.plan import Plan
from .store import JournalRows

_FIRST = (
    "index",
    "condition",
    "repeat",
    "seed",
    "item_id",
    "prediction",
    "expected",
    "correct",
    "score",
    "extraction",
    "cost_usd",
    "confidence",
    "consensus",
)
_LAST = ("metadata", "source", "attempts", "error_type", "failure", "error", "latency_ms")
_DESIGN = ("arm", "block", "period")
OWN_COLUMNS = frozenset({*_FIRST, *_DESIGN, *_LAST})
BATCH_ROWS = 10_000
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
# The cells of a batch of rows, column by column.
Cells: TypeAlias = list[Sequence[Any]]


class ResultColumns:
    """The columns of the results of a plan.

    Args:
        plan: The plan.
        rows: The rows of its journal.

    Attributes:
        names: The names of the columns.
        returned: The names of the numbers that conditions returned.
    """

    def __init__(self, plan: Plan, rows: JournalRows) -> None:
        self._plan, self._item_number = plan, rows.item_number
        self.returned = rows.returned
        extra = {_column(name): name for name in self.returned}
        self.names = (*_FIRST, *design_columns(plan), *sorted(extra), *_LAST)
        self._expected = [_written(as_text(item.expected)) for item in plan.items]
        made: dict[str, Callable[[Sequence[Row]], Sequence[Any]]] = {
            "seed": lambda rows: [plan.seed + row.repeat for row in rows],
            "prediction": lambda rows: [as_text(row.prediction) for row in rows],
            "expected": lambda rows: [self._expected[self._item_number(row)] for row in rows],
            "metadata": lambda rows: [
                as_text(row.metadata) if row.metadata else None for row in rows
            ],
            "error": lambda rows: [row.error and _ADDRESS.sub("0x...", row.error) for row in rows],
        }
        self._made = made | {name: _returned(key) for name, key in extra.items()}
        self._plain = tuple(name for name in self.names if name not in self._made)
        self._read = attrgetter(*self._plain)

    def of(self, rows: Sequence[Row]) -> Cells:
        """The cells of some rows, at least one, column by column.

        Args:
            rows: The rows.
        """
        plain = dict(zip(self._plain, zip(*map(self._read, rows), strict=True), strict=True))
        return [plain[name] if name in plain else self._made[name](rows) for name in self.names]


def in_batches(rows: Iterable[Row], size: int = BATCH_ROWS) -> Iterator[list[Row]]:
    """Rows in lists of one size; the last may be shorter.

    Args:
        rows: The rows.
        size: How many rows a list has.
    """
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def design_columns(plan: Plan) -> tuple[str, ...]:
    """The columns of the design that a plan has: group, block and period.

    Args:
        plan: The plan.
    """
    design = getattr(plan.design, "assignment", plan.design)
    if not is_known(design):
        return _DESIGN
    if isinstance(design, Within):
        return ()
    if isinstance(design, Between):
        return ("arm", "block") if design.stratify_by else ("arm",)
    if isinstance(design, Blocks):
        return ("block",)
    return ("arm", "period") if isinstance(design, LatinSquare) else ("period",)


def as_text(value: Any) -> str | None:
    """A cell: text stays as it is, None stays None, anything else becomes JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr)


def _written(text: str | None) -> str | None:
    return None if text is None else encodable(text)


def _returned(name: str) -> Callable[[Sequence[Row]], Sequence[Any]]:
    return lambda rows: [row.values.get(name) for row in rows]


def _column(name: str) -> str:
    """The column of a number that conditions return; the results' own columns keep their names."""
    return f"returned_{name}" if name in OWN_COLUMNS else name
