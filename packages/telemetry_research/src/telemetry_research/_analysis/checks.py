"""What the checks of data quality find, block by block."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import pairwise
from typing import Any

from .._core.catalogue import CATALOGUE, Level
from .._core.columns import integer_scalar
from .._core.event import attributes_of
from .._core.rows import MISNAMED
from .._metrics.requests import blocks, count_names, matching, requests_in
from .detectors import outlier_count

_REQUESTS = ["duration_ns", "cost_usd", "item_id"]
CHECKED = ["name", "source", "sequence", "span_id", "attributes", "probability", *_REQUESTS]
_ENDS = (".stop", ".exception")
_SUSPECTS = f'"({"|".join(["malformed", *MISNAMED])})":'
_IDS_AT_ONCE = 65_536


class LevelChecks:
    """What the requests of one level lack.

    Attributes:
        requests: How many there are.
        without_duration: Those without a duration.
        without_cost: Those without a cost.
        without_item: Those without an item.
        whole: Those with a duration and an item.
        durations: The known durations, block by block.
    """

    def __init__(self) -> None:
        self.requests = self.without_duration = self.without_cost = self.without_item = 0
        self.whole = 0
        self.durations: list[Any] = []

    def add(self, batch: Any) -> None:
        """Add the requests of a block."""
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        duration, cost, item = (batch.column(name) for name in _REQUESTS)
        self.requests += batch.num_rows
        self.without_duration += duration.null_count
        self.without_cost += cost.null_count
        self.without_item += item.null_count
        self.whole += int(pc.sum(pc.and_(duration.is_valid(), item.is_valid())).as_py() or 0)
        if duration.null_count < len(duration):
            self.durations.append(duration.drop_null())

    def outliers(self) -> int:
        """How many durations are outlying; the durations are released."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        whole = pa.concat_arrays(self.durations)
        self.durations.clear()
        return outlier_count(whole)


class Checks:
    """What the checks find.

    Attributes:
        names: The number of events of each name.
        malformed: How many events have a measurement of the wrong type.
        misnamed: How many events have an attribute that looks like a measurement, by its name.
        levels: What the requests of each level lack.
    """

    def __init__(self) -> None:
        self.names: Counter[str] = Counter()
        self.malformed = 0
        self.misnamed: Counter[str] = Counter()
        self.levels: dict[Level, LevelChecks] = {}
        self._starts: list[Any] = []
        self._ends: list[Any] = []
        self._runs: dict[str, list[tuple[int, int]]] = {}
        self._ordered = True

    def add(self, block: Any) -> None:
        """Add a block of events."""
        names = block.column("name")
        count_names(names, self.names)
        self._read(names, block.column("attributes"))
        spans = block.column("span_id")
        self._starts.append(spans.filter(matching(names, lambda name: name.endswith(".start"))))
        self._ends.append(spans.filter(matching(names, lambda name: name.endswith(_ENDS))))
        for source, own in _sequences(block):
            self._note(source, own)
        for level, requests in requests_in(block, _REQUESTS):
            self.levels.setdefault(level, LevelChecks()).add(requests)

    def _read(self, names: Any, attributes: Any) -> None:
        """Search the attributes for names of measurements; only those that may have one."""
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        suspected = pc.match_substring_regex(attributes, _SUSPECTS)
        found = attributes.filter(suspected)
        if not len(found):
            return
        # A library's own event may have one beside another event that metrics read.
        known = matching(names.filter(suspected), CATALOGUE.__contains__).fill_null(False)
        self._count(found.filter(known), frozenset())
        self._count(found.filter(pc.invert(known)), MISNAMED.keys())

    def _count(self, attributes: Any, misnamed: Container[str]) -> None:
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        for each in pc.value_counts(attributes).to_pylist():
            keys = attributes_of(each["values"]).keys()
            self.malformed += each["counts"] * ("malformed" in keys)
            for key in filter(misnamed.__contains__, keys):
                self.misnamed[key] += each["counts"]

    def _note(self, source: str, sequences: Any) -> None:
        """Note the first and the last number of a block, when its numbers ascend."""
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        if pc.all(pc.greater(sequences[1:], sequences[:-1])).as_py() is False:
            self._ordered = False
        run = (sequences[0].as_py(), sequences[-1].as_py())
        self._runs.setdefault(source, []).append(run)

    def unfinished(self) -> int:
        """How many starts have no end."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        count, ended = sum(map(len, self._starts)), 0
        if not count:
            return 0
        # A part of the ids at a time: the hash table of all of them is several times as large.
        parts = 1 << (sum(map(len, self._ends)) // _IDS_AT_ONCE).bit_length()
        for part in range(parts):
            starts, ends = (_part(each, part, parts) for each in (self._starts, self._ends))
            if ends:
                found = pc.is_in(pa.concat_arrays(starts), value_set=pa.concat_arrays(ends))
                ended += int(pc.sum(found).as_py() or 0)
        return count - ended

    def duplicates(self, batches: Callable[[], Iterable[Any]]) -> int:
        """How many events have the id of another.

        Args:
            batches: The events, read again when their numbers do not ascend.
        """
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        runs = [pairwise(sorted(each)) for each in self._runs.values()]
        if self._ordered and all(one[1] < other[0] for each in runs for one, other in each):
            return 0
        every: dict[str, list[Any]] = {}
        for block in blocks(batches(), ["source", "sequence"]):
            for source, own in _sequences(block):
                every.setdefault(source, []).append(own)
        columns = map(pa.concat_arrays, every.values())
        return sum(len(each) - int(pc.count_distinct(each).as_py()) for each in columns)


def _sequences(block: Any) -> Iterator[tuple[str, Any]]:
    """The sequence numbers of each source of a block."""
    sources = block.column("source")
    for source in sources.dictionary.to_pylist():
        own = block.column("sequence").filter(matching(sources, source.__eq__))
        if len(own):
            yield source, own


def _part(arrays: list[Any], part: int, parts: int) -> list[Any]:
    """The ids whose last bits are a number."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    bits, wanted = (integer_scalar(each, pa.int64()) for each in (parts - 1, part))
    return [each.filter(pc.equal(pc.bit_wise_and(each, bits), wanted)) for each in arrays]
