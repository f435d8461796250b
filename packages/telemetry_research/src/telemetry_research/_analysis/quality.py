"""Whether the events of an experiment can be trusted: what is missing, odd or lost."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .._core.catalogue import CATALOGUE, CONVENTIONS, event_info
from .._experiment.experiment import Experiment
from .detectors import detect_anomalies


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality:
    """What is to be said about the data of an experiment.

    Attributes:
        events: How many there are.
        requests: How many of them are finished requests.
        without_duration: Requests that have none.
        without_cost: Requests on the level of models that have none.
        without_item: Requests without an item.
        malformed: Events with a measurement of the wrong kind.
        unknown_names: Names in no catalogue, and how many of each.
        unfinished: Starts whose span has no end.
        duplicates: Events whose id is there twice.
        outliers: Requests whose duration does not fit, by level (modified z).
        missed: What was not stored, by reason.
        score: The share of requests with nothing missing; None without requests.
    """

    events: int
    requests: int
    without_duration: int
    without_cost: int
    without_item: int
    malformed: int
    unknown_names: Mapping[str, int]
    unfinished: int
    duplicates: int
    outliers: Mapping[str, int]
    missed: Mapping[str, int]
    score: float | None

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        found = {name: value for name, value in asdict(self).items() if value and name != "score"}
        score = "-" if self.score is None else f"{self.score:.1%}"
        return f"quality {score}: " + ", ".join(f"{name} {value}" for name, value in found.items())


def data_quality(experiment: Experiment) -> DataQuality:
    """Look for what is missing, odd or lost in the events of an experiment."""
    events = list(experiment)
    requests = [event for event in events if event_info(event.name).counts]
    known = CATALOGUE.keys() | CONVENTIONS.keys()
    unknown: dict[str, int] = {}
    for event in events:
        if event.name not in known:
            unknown[event.name] = unknown.get(event.name, 0) + 1
    ended = {event.span_id for event in events if event.name.endswith((".stop", ".exception"))}
    starts = [event for event in events if event.name.endswith(".start")]
    durations: dict[str, list[float]] = {}
    for event in requests:
        if event.latency_ms is not None:
            durations.setdefault(event.level, []).append(event.latency_ms)
    whole = [event for event in requests if event.duration_ns is not None and event.item_id]
    return DataQuality(
        events=len(events),
        requests=len(requests),
        without_duration=sum(event.duration_ns is None for event in requests),
        without_cost=sum(event.cost_usd is None for event in requests if event.level == "model"),
        without_item=sum(event.item_id is None for event in requests),
        malformed=sum("malformed" in event.attributes for event in events),
        unknown_names=unknown,
        unfinished=sum(event.span_id not in ended for event in starts),
        duplicates=len(events) - len({event.event_id for event in events}),
        outliers={
            level: len(detect_anomalies(values, simulations=0).places)
            for level, values in durations.items()
        },
        missed={name: count for name, count in experiment.counters().items() if count},
        score=len(whole) / len(requests) if requests else None,
    )
