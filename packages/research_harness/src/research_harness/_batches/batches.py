"""Which conditions are asked in batch jobs."""

import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """Asks conditions in the batch jobs of their providers: within a day, at half the price.

    The calls of many rows are gathered into one job. Ids of jobs and answers are kept in the run,
    so that a resume waits for the jobs that a session left behind and sends nothing twice.
    Requests that are the same are sent once. Models that are no clients of a provider are asked
    directly.

    Attributes:
        conditions: The names of the conditions that may wait; all when empty.
        max_rows: How many of their rows are under way at the same time.
        gather_ms: A job is sent when no further call has come for this long.
        poll_ms: The time between two looks at a job.
    """

    conditions: Sequence[str] = ()
    max_rows: int = 10_000
    gather_ms: float = 1_000
    poll_ms: float = 60_000

    def includes(self, condition: str) -> bool:
        """Whether a condition is asked in batch jobs."""
        return not self.conditions or condition in self.conditions


def batch_problems(given: object, functions: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with an experiment's batches, in words.

    Args:
        given: The attribute of the experiment.
        functions: The function of each condition.
    """
    if given is None:
        return
    if not isinstance(given, Batches):
        yield f"batches: {given!r} is not a Batches value, or None"
        return
    yield from _number_problems(given)
    if isinstance(given.conditions, str):
        yield f"batches: conditions is {given.conditions!r}; pass a sequence of names"
        return
    for name in given.conditions:
        if name not in functions:
            yield f"batches: there is no condition {name!r}; they are {', '.join(functions)}"
    for name, function in functions.items():
        if given.includes(name) and not inspect.iscoroutinefunction(function):
            yield f"batches: condition {name!r} must be async, so that many of its rows can wait"


def _number_problems(given: Batches) -> Iterator[str]:
    rows: Any = given.max_rows  # Python does not check the types of values
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
        yield f"batches: max_rows is {rows!r}, not a whole number of at least 1"
    for name in ("gather_ms", "poll_ms"):
        value: Any = getattr(given, name)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 0 < value < math.inf
        ):
            yield f"batches: {name} is {value!r}, not a positive number"
