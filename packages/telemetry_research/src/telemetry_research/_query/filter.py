"""Selects rows by columns, before an event is made of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import reduce
from typing import Any

from .._core.columns import scalar
from .._metrics.requests import matching


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What rows must have; see ``Queries.events``.

    Attributes:
        name: A name, or a pattern with ``*``.
        success: Only successes (True) or only failures (False); None is any.
        condition: Only events of this condition; None is any.
        since_us: Not before this time, in microseconds since the epoch.
        until_us: Not after this time.
        fields: Required values; those of columns with texts are checked here.
    """

    name: str
    success: bool | None
    condition: str | None
    since_us: int | None
    until_us: int | None
    fields: Mapping[str, object]

    def of(self, batch: Any) -> Any:
        """The rows of a batch that can match.

        Args:
            batch: Events.
        """
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        masks = self._masks(batch)
        return batch.filter(reduce(pc.and_, masks)) if masks else batch

    def _masks(self, batch: Any) -> list[Any]:
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        masks: list[Any] = []
        times = batch.column("timestamp_us").cast("float64", safe=False)  # exact below 2**53 µs
        if self.name != "*":
            masks.append(matching(batch.column("name"), lambda n: fnmatchcase(n, self.name)))
        if self.success is not None:
            masks.append(pc.equal(batch.column("success"), scalar(self.success)))
        if self.since_us is not None:
            masks.append(pc.greater_equal(times, scalar(float(self.since_us))))
        if self.until_us is not None:
            masks.append(pc.less_equal(times, scalar(float(self.until_us))))
        texts = {key: value for key, value in self.fields.items() if isinstance(value, str)}
        if self.condition is not None:
            texts["condition"] = str(self.condition)
        return masks + [
            matching(batch.column(key), texts[key].__eq__) for key in texts.keys() & _TEXTS
        ]


_TEXTS = frozenset(
    ("condition", "item_id", "model", "error_type", "host", "thread", "task", "source")
)
