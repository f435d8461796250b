"""The data-quality report: missing, malformed, duplicate and lost events."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from .._core import tables
from .._core.catalogue import CATALOGUE, CONVENTIONS
from .._core.safe import on_one_line
from .._experiment.recording import Recording
from .._metrics.requests import blocks
from .checks import CHECKED, Checks


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality:
    """The data-quality report of an experiment.

    Attributes:
        events: The number of events.
        requests: How many of them are finished requests.
        without_duration: Requests without a duration.
        without_cost: Requests on the level ``model`` without a cost.
        without_item: Requests without an item.
        malformed: Events with a measurement of the wrong type.
        misnamed: Attributes that look like a measurement under another name, such as
            ``duration_ms``, with their number of events.
        unknown_names: Event names outside of the catalogue, with their number of events.
        unfinished: Starts whose span has no end.
        duplicates: Events whose id exists already.
        outliers: Requests with an outlying duration (modified z score), by level.
        missed: Events that were not stored, by reason.
        score: The share of requests with a duration and an item; None without requests.
    """

    events: int
    requests: int
    without_duration: int
    without_cost: int
    without_item: int
    malformed: int
    misnamed: Mapping[str, int]
    unknown_names: Mapping[str, int]
    unfinished: int
    duplicates: int
    outliers: Mapping[str, int]
    missed: Mapping[str, int]
    score: float | None

    def _repr_html_(self) -> str:
        return tables.html(("check", "result"), self._rows())

    def to_markdown(self) -> str:
        """One row for each check, as a Markdown table."""
        return tables.markdown(("check", "result"), self._rows())

    def to_json(self) -> str:
        """The report as JSON."""
        return tables.json_text(self.to_dict())

    def _rows(self) -> list[tuple[str, str]]:
        shown: dict[str, object] = {**asdict(self), "score": self._score()}
        return [(name.replace("_", " "), _text(value)) for name, value in shown.items()]

    def _score(self) -> str:
        return "-" if self.score is None else f"{self.score:.1%}"

    def to_dict(self) -> dict[str, object]:
        """The report as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        found = {name: value for name, value in asdict(self).items() if value and name != "score"}
        checks = ", ".join(f"{name} {value}" for name, value in found.items())
        return on_one_line(f"quality {self._score()}: {checks}")


def data_quality(experiment: Recording) -> DataQuality:
    """Check the events of an experiment for missing, malformed, duplicate and lost ones.

    Args:
        experiment: A running or stopped experiment.

    Returns:
        The report.

    Example:
        >>> with recording("pilot") as experiment:
        ...     record("a.stop", {"duration_ns": 5})
        >>> data_quality(experiment).without_item
        1
    """
    checks = Checks()
    for block in blocks(experiment.batches(), CHECKED):
        checks.add(block)
    levels = checks.levels
    count = sum(each.requests for each in levels.values())
    known = CATALOGUE.keys() | CONVENTIONS.keys()
    whole = sum(each.whole for each in levels.values())
    return DataQuality(
        events=checks.names.total(),
        requests=count,
        without_duration=sum(each.without_duration for each in levels.values()),
        without_cost=levels["model"].without_cost if "model" in levels else 0,
        without_item=sum(each.without_item for each in levels.values()),
        malformed=checks.malformed,
        misnamed=dict(checks.misnamed),
        unknown_names={name: n for name, n in checks.names.items() if name not in known},
        unfinished=checks.unfinished(),
        duplicates=checks.duplicates(experiment.batches),
        outliers={name: each.outliers() for name, each in levels.items() if each.durations},
        missed={name: count for name, count in experiment.counters().items() if count},
        score=whole / count if count else None,
    )


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {count}" for name, count in value.items()) or "0"
    return str(value)
