"""Events as CSV, one row for each."""

import io
from collections.abc import Sequence

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


def to_csv(chain: Chain | Sequence[Chain]) -> str:
    """Return the events of one chain, or of many with the keys of each chain, as CSV.

    Texts stand as they are. A spreadsheet can take one that begins with ``=`` for a formula: import
    such files as text.

    Args:
        chain: The chain, or several.

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
            writer.writerow([*shared, *(values[name] for name in _NAMES)])
    return out.getvalue()
