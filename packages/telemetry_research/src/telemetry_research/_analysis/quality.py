"""The data-quality report: missing, malformed, duplicate and lost events."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from .._core import tables
from .._core.catalogue import CATALOGUE, CONVENTIONS
from .._core.rows import MISNAMED
from .._core.safe import printable
from .._experiment.recording import Recording
from .._metrics.requests import blocks, count_names, matching, read_requests
from .detectors import outlier_count

_COLUMNS = ["name", "source", "sequence", "span_id", "attributes"]
_ENDS = (".stop", ".exception")
_SUSPECTS = f'"({"|".join(["malformed", *MISNAMED])})":'
_decode = msgspec.json.Decoder(dict[str, Any]).decode


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
        return printable(f"quality {self._score()}: {checks}")


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
    checks = _Checks()
    for block in blocks(experiment.batches(), _COLUMNS):
        checks.add(block)
    requests = read_requests(experiment.batches(), ("duration_ns", "cost_usd", "item_id"))
    levels = {level: requests.table(level) for level in requests.blocks}
    count = sum(table.num_rows for table in levels.values())
    known = CATALOGUE.keys() | CONVENTIONS.keys()
    whole = sum(_both(table["duration_ns"], table["item_id"]) for table in levels.values())
    return DataQuality(
        events=checks.names.total(),
        requests=count,
        without_duration=sum(table["duration_ns"].null_count for table in levels.values()),
        without_cost=levels["model"]["cost_usd"].null_count if "model" in levels else 0,
        without_item=sum(table["item_id"].null_count for table in levels.values()),
        malformed=checks.malformed,
        misnamed=dict(checks.misnamed),
        unknown_names={name: n for name, n in checks.names.items() if name not in known},
        unfinished=checks.unfinished,
        duplicates=checks.duplicates,
        outliers={
            level: outlier_count(table["duration_ns"].drop_null().combine_chunks())
            for level, table in levels.items()
            if table["duration_ns"].null_count < table.num_rows
        },
        missed={name: count for name, count in experiment.counters().items() if count},
        score=whole / count if count else None,
    )


def _both(first: Any, second: Any) -> int:
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    return int(pc.sum(pc.and_(first.is_valid(), second.is_valid())).as_py() or 0)


class _Checks:
    """What the checks find, block by block."""

    def __init__(self) -> None:
        self.names: Counter[str] = Counter()
        self.malformed = 0
        self.misnamed: Counter[str] = Counter()
        self.starts: list[Any] = []
        self.ends: list[Any] = []
        self.sequences: dict[str, list[Any]] = {}

    def add(self, block: Any) -> None:
        """Add a block of events."""
        names, sources = block.column("name"), block.column("source")
        count_names(names, self.names)
        self._read(block.column("attributes"))
        spans = block.column("span_id")
        self.starts.append(spans.filter(matching(names, lambda name: name.endswith(".start"))))
        self.ends.append(spans.filter(matching(names, lambda name: name.endswith(_ENDS))))
        for source in sources.dictionary.to_pylist():
            own = block.column("sequence").filter(matching(sources, source.__eq__))
            if len(own):
                self.sequences.setdefault(source, []).append(own)

    def _read(self, attributes: Any) -> None:
        """Search the attributes for names of measurements; only those that may have one."""
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        found = attributes.filter(pc.match_substring_regex(attributes, _SUSPECTS))
        for each in pc.value_counts(found).to_pylist() if len(found) else ():
            keys = _decode(each["values"]).keys()
            self.malformed += each["counts"] * ("malformed" in keys)
            for key in keys & MISNAMED.keys():
                self.misnamed[key] += each["counts"]

    @property
    def unfinished(self) -> int:
        """How many starts have no end."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        if not self.starts:
            return 0
        starts, ends = pa.concat_arrays(self.starts), pa.concat_arrays(self.ends)
        return len(starts) - int(pc.sum(pc.is_in(starts, value_set=ends)).as_py() or 0)

    @property
    def duplicates(self) -> int:
        """How many events have the id of another."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        columns = [pa.concat_arrays(each) for each in self.sequences.values()]
        return sum(
            len(each) - int(pc.count_distinct(each).as_py())
            for each in columns
            if not pc.all(pc.greater(each[1:], each[:-1])).as_py()
        )


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {count}" for name, count in value.items()) or "0"
    return str(value)
