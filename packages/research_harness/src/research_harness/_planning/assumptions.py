"""What is assumed of the answers to come, from rows of a pilot or of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from .._outcome.row import Row

Origin = Literal["rows", "assumed"]

# With fewer items, shares of variance are hardly more than chance.
_LEAST_ITEMS = 20
_RATE, _ITEM_SHARE, _AGREEMENT = 0.5, 0.5, 0.8
_LOW, _HIGH = 0.02, 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignAssumptions:
    """What a simulation of a design assumes of right and wrong answers.

    Each item has a probability of being answered right under each condition.

    Attributes:
        rate: The accuracy of the control.
        rate_from: ``rows`` where it was seen, ``assumed`` where too few items were.
        item_share: The share of the variance of answers that is between items. The rest is between
            repeats of one item.
        item_share_from: The same for it.
        agreement: The correlation of the items' difficulty between two conditions.
        agreement_from: The same for it.
    """

    rate: float = _RATE
    rate_from: Origin = "assumed"
    item_share: float = _ITEM_SHARE
    item_share_from: Origin = "assumed"
    agreement: float = _AGREEMENT
    agreement_from: Origin = "assumed"

    def to_dict(self) -> dict[str, object]:
        """The assumptions as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        named = (
            ("accuracy of the control", self.rate, self.rate_from),
            ("variance between items", self.item_share, self.item_share_from),
            ("agreement of conditions", self.agreement, self.agreement_from),
        )
        return ", ".join(
            f"{name} {value:.2f}{' (assumed)' if origin == 'assumed' else ''}"
            for name, value, origin in named
        )


def assumptions_of(rows: Sequence[Row], control: str) -> DesignAssumptions:
    """What rows say about right and wrong answers, by the method of moments.

    Args:
        rows: Rows of a pilot or of a run.
        control: The condition that the others are compared with.
    """
    marks = _marks(rows)
    seen = marks.get(control, {})
    if len(seen) < _LEAST_ITEMS:
        return DesignAssumptions()
    rate = _within(float(np.mean([np.mean(each) for each in seen.values()])))
    found: dict[str, float | Origin] = {"rate": rate, "rate_from": "rows"}
    share = _item_share(marks)
    shared = _shared(marks)
    if share is not None:
        found |= {"item_share": _within(share), "item_share_from": "rows"}
    if shared is not None and share is not None:
        found |= {"agreement": _within(shared / max(share, _LOW)), "agreement_from": "rows"}
    elif shared is not None:  # one answer an item: what conditions share bounds what items have
        found |= {"item_share": _within(shared / _AGREEMENT), "item_share_from": "rows"}
    return DesignAssumptions(**found)  # type: ignore[arg-type]  # the fields by name


def _marks(rows: Sequence[Row]) -> dict[str, dict[str, list[float]]]:
    marks: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        items = marks.setdefault(row.condition, {})
        items.setdefault(row.item_id, []).append(float(row.correct))
    return marks


def _item_share(marks: Mapping[str, Mapping[str, Sequence[float]]]) -> float | None:
    """The intraclass correlation of repeats, pooled over the conditions; None without repeats."""
    within: list[float] = []
    spread: list[float] = []
    for items in marks.values():
        repeated = [each for each in items.values() if len(each) > 1]
        if len(repeated) < _LEAST_ITEMS:
            continue
        run = float(np.mean([np.var(each, ddof=1) for each in repeated]))
        means = [float(np.mean(each)) for each in repeated]
        between = float(np.var(means, ddof=1)) - run / float(np.mean([len(e) for e in repeated]))
        within.append(run)
        spread.append(max(0.0, between))
    total = sum(within) + sum(spread)
    return sum(spread) / total if total else None


def _shared(marks: Mapping[str, Mapping[str, Sequence[float]]]) -> float | None:
    """The covariance of two conditions over items, as a share of the variance of an answer."""
    names = list(marks)
    found: list[float] = []
    for number, first in enumerate(names):
        for second in names[number + 1 :]:
            common = [item for item in marks[first] if item in marks[second]]
            if len(common) < _LEAST_ITEMS:
                continue
            sides = [
                [float(np.mean(marks[name][item])) for item in common] for name in (first, second)
            ]
            rates = [float(np.mean(side)) for side in sides]
            scale = np.prod([rate * (1 - rate) for rate in rates]) ** 0.5
            if scale > 0:
                found.append(float(np.cov(sides[0], sides[1])[0, 1] / scale))
    return max(0.0, float(np.mean(found))) if found else None


def _within(value: float) -> float:
    return min(_HIGH, max(_LOW, value))
