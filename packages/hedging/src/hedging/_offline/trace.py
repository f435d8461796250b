"""Recorded requests: from files, from telemetry, or from lists."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .._core.errors import DataError
from .._core.plain import plain
from .door import checked_numbers, checked_where_known

if TYPE_CHECKING:
    from pathlib import Path

Unit = Literal["ms", "s", "us", "ns"]
_UNITS = {"ms": 1.0, "s": 1000.0, "us": 1e-3, "ns": 1e-6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The measurements of recorded requests, in their order.

    Attributes:
        latency_ms: The whole time of each, in milliseconds.
        first_token_ms: The time to the first token; None where it is unknown, empty when all are.
        output_tokens: The number of tokens in each answer; None and empty as above.
        items: What each asked, such as the id of its question; equal ones are copies of a request.
            Empty when unknown.
    """

    latency_ms: tuple[float, ...]
    first_token_ms: tuple[float | None, ...] = ()
    output_tokens: tuple[float | None, ...] = ()
    items: tuple[str, ...] = ()

    def check_lengths(self) -> None:
        """Check that each measurement is there for all requests, or for none.

        Raises:
            DataError: There are some, and not one for each latency.
        """
        count = len(self.latency_ms)
        for name in ("first_token_ms", "output_tokens", "items"):
            values = getattr(self, name)
            if len(values) and len(values) != count:
                raise DataError(
                    f"{name} has {len(values)} values and latency_ms {count}; give one for each"
                    " latency, or none"
                )

    def repeats(self) -> list[tuple[float, float]]:
        """Pairs of latencies of the same item, in their order; each latency is in one pair at most.

        Raises:
            DataError: There are items, and not one for each latency, or they are not texts.
        """
        self.check_lengths()
        if not all(issubclass(kind, Hashable) for kind in set(map(type, self.items))):
            raise DataError("items: give each a text, such as the id of its question")
        waiting: dict[str, float] = {}
        pairs: list[tuple[float, float]] = []
        other = waiting.pop
        for item, latency in zip(self.items, self.latency_ms, strict=False):
            first = other(item, None)
            if first is None:
                waiting[item] = latency
            else:
                pairs.append((first, latency))
        return pairs

    def to_dict(self) -> dict[str, object]:
        """The measurements as plain values."""
        return plain(self)

    def parts(self) -> list[tuple[float, float, float]]:
        """For each request its time to the first token, the time per further one, and tokens.

        Requests with an unknown one are left out.

        Raises:
            DataError: There are such times or tokens, and not one for each latency.
        """
        self.check_lengths()
        if not self.first_token_ms or not self.output_tokens:
            return []
        columns = zip(self.latency_ms, self.first_token_ms, self.output_tokens, strict=True)
        return [
            (first, max(whole - first, 0.0) / (tokens - 1), tokens)
            for whole, first, tokens in columns
            if first is not None and tokens is not None and tokens > 1
        ]


def read_trace(
    path: "str | Path",
    *,
    latency: str = "latency_ms",
    ttft: str | None = None,
    output_tokens: str | None = None,
    item: str | None = None,
    unit: Unit = "ms",
    where: Mapping[str, str] | None = None,
) -> Trace:
    """Requests from a file: ``.csv``, ``.jsonl`` or ``.parquet`` (needs the extra ``parquet``).

    Rows without a latency, or without a time to the first token or tokens that are asked for, are
    left out: a failed request has none.

    Args:
        path: The file.
        latency: The column with the whole time.
        ttft: The column with the time to the first token.
        output_tokens: The column with the number of tokens.
        item: The column with what was asked. Equal texts are copies of one request for ``analyze``,
            so leave only the rows of one model with ``where``.
        unit: The unit of the times: ``ms``, ``s``, ``us`` or ``ns``.
        where: Column to the text that a row must have there to count.

    Returns:
        The requests, in the order of the file.

    Raises:
        DataError: The file cannot be read, or a column, also one of ``where``, is missing or does
            not hold numbers.
        MissingExtraError: A Parquet file without the extra ``parquet``.
    """
    from .columns import Columns  # noqa: PLC0415  # few need files

    factor = _factor(unit)
    _check_where(where)
    factors = {latency: factor}
    factors |= {} if ttft is None else {ttft: factor}
    factors |= {} if output_tokens is None else {output_tokens: 1.0}
    columns = Columns(path, factors, item, where or {})
    columns.read()
    return Trace(
        latency_ms=columns.of(latency),
        first_token_ms=() if ttft is None else columns.of(ttft),
        output_tokens=() if output_tokens is None else columns.of(output_tokens),
        items=tuple(columns.items),
    )


def _factor(unit: object) -> float:
    if not isinstance(unit, str) or unit not in _UNITS:
        raise DataError(f"unit is {unit!r}; give one of {', '.join(_UNITS)}")
    return _UNITS[unit]


def _check_where(where: object) -> None:
    if where is not None and not isinstance(where, Mapping):
        raise DataError(f"where is {where!r:.60}; give columns with their texts, such as a dict")


def trace_of_events(
    events: Iterable[Mapping[str, Any]], *, name: str = "ensemble.model.stop"
) -> Trace:
    """Requests from captured telemetry: events as mappings with ``name`` and ``measurements``.

    Args:
        events: The events, such as rows that telemetry has exported.
        name: The name of the events that end a request.

    Returns:
        The requests, in the order of the events. A measurement that an event lacks is None, and
        one that all of them lack is left out.

    Raises:
        DataError: No event has this name and a duration, or a measurement is not a number.
    """
    whole: list[float] = []
    first: list[float | None] = []
    tokens: list[float | None] = []
    given: object = events
    each: object
    for each in given if isinstance(given, Iterable) else ():
        event = each if isinstance(each, Mapping) else {}
        if event.get("name") != name:
            continue
        measured = event.get("measurements") or event
        if measured.get("duration_ns") is None:
            continue
        whole.append(measured["duration_ns"])
        first.append(measured.get("ttft_ns"))
        tokens.append(measured.get("output_tokens"))
    if not whole:
        raise DataError(
            f"events has no event {name!r} with a duration_ns; give name= of the events to use"
        )
    return Trace(
        latency_ms=tuple(
            each / 1e6 for each in checked_numbers(whole, name="duration_ns", kind="nanoseconds")
        ),
        first_token_ms=tuple(
            None if each is None else each / 1e6
            for each in _known(first, name="ttft_ns", kind="nanoseconds")
        ),
        output_tokens=_known(tokens, name="output_tokens", kind="tokens"),
    )


def _known(values: Sequence[float | None], *, name: str, kind: str) -> tuple[float | None, ...]:
    """The numbers, None where one is unknown; empty when all are."""
    found = checked_where_known(values, name=name, kind=kind)
    return found if any(each is not None for each in found) else ()
