"""Retries of rows: which failures are asked again, how often, and for how long."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal, get_args

Cause = Literal["world", "time", "answer", "score"]
_CAUSES: tuple[Cause, ...] = get_args(Cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """When a row that failed is asked again.

    Models repeat their own requests; this is about rows whose models gave up. Pauses grow and have
    full jitter, and are never shorter than the service asks for (``Retry-After``). Each attempt is
    recorded in ``checkpoints/attempts.jsonl``.

    Attributes:
        max_retries: How often a row is asked again at most.
        causes: The failures that are asked again: ``world``, ``time``, ``answer`` or ``score``, as
            ``Row.failure`` has them.
        first_pause_ms: The longest pause before the first retry; each further one is doubled.
        max_pause_ms: The longest pause of all.
        max_time_ms: How long after its first attempt a row may be asked again.
        max_identical: The number of attempts of a row with the same error after which it is not
            asked again.
        quarantine_after: The number of rows of a condition that fail with the same error in
            succession, after which no further row of it is begun; None never closes one.
    """

    max_retries: int = 3
    causes: tuple[Cause, ...] = ("world", "time")
    first_pause_ms: float = 500.0
    max_pause_ms: float = 30_000.0
    max_time_ms: float = 300_000.0
    max_identical: int = 3
    quarantine_after: int | None = None

    def to_dict(self) -> dict[str, object]:
        """The settings as plain values."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**found, "causes": list(self.causes)}


def retry_problems(given: object) -> Iterator[str]:
    """What is wrong with an experiment's retries, in words.

    Args:
        given: The attribute ``retries`` of the experiment.
    """
    if given is None:
        return
    if not isinstance(given, Retries):
        yield f"retries: {given!r} is not a Retries value, such as Retries(max_retries=3), or None"
        return
    for name, least in (("max_retries", 0), ("max_identical", 1), ("quarantine_after", 1)):
        value = getattr(given, name)
        if value is None and name == "quarantine_after":
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            yield f"retries: {name} is {value!r}, not a whole number of at least {least}"
    for name in ("first_pause_ms", "max_pause_ms", "max_time_ms"):
        value = getattr(given, name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value < math.inf:
            yield f"retries: {name} is {value!r}, not a number of milliseconds"
    causes: object = given.causes
    if isinstance(causes, str) or any(each not in _CAUSES for each in given.causes):
        yield f"retries: causes is {given.causes!r}; give some of {', '.join(_CAUSES)}"
