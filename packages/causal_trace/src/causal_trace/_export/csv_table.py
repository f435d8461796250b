"""Events as CSV, one row for each."""

import io
import re
from collections.abc import Sequence

from .._core.shown import printable
from .._model.chain import Chain

_NAMES = (
    "id",
    "timestamp",
    "type",
    "decision",
    "alternatives",
    "reasoning",
    "confidence",
    "code_section",
    "spec_reference",
    "evidence",
)


# What a spreadsheet takes for a formula (OWASP, CSV injection).
_FORMULA = re.compile(r"\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n]")


def to_csv(chain: Chain | Sequence[Chain], *, exact: bool = False) -> str:
    """Return the events of one chain, or of many with the keys of each chain, as CSV.

    Args:
        chain: The chain, or several.
        exact: Whether every text stands as it is. Otherwise the table is for people: a text that a
            spreadsheet would take for a formula begins with an apostrophe, and control and
            direction characters are visible escapes.

    Returns:
        A header and one line for each event. Alternatives are joined by semicolons.

    Example:
        >>> to_csv(Chain(name="c")).startswith("id,timestamp,type,decision")
        True
    """
    keys: tuple[str, ...] = ()
    if not isinstance(chain, Chain):
        keys = ("chain_id", "experiment", "condition", "item", "repeat")
    import csv  # noqa: PLC0415  # slow to import

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*keys, *_NAMES])
    for each in [chain] if isinstance(chain, Chain) else chain:
        shared = [each.id, each.experiment, each.condition, each.item, each.repeat] if keys else []
        for event in each:
            values = {**event.to_dict(), "alternatives": "; ".join(event.alternatives)}
            cells = [*shared, *(values[name] for name in _NAMES)]
            writer.writerow(cells if exact else map(_cell, cells))
    return out.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if _FORMULA.match(value) else text
