"""The metrics of a reliability profile, item by item."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations
from typing import Any

from .._core.errors import InvalidDataError, UnequalLengthsError
from .._core.lazy import FloatArray, np
from .._data.scores import Scores, score_rows
from .._intervals.shares import Share, area_share, mean_share, ratio_share, summed

_SMOOTH = 1e-8
_BINS = 10


def check_within(name: str, rows: Sequence[Sequence[float]]) -> None:
    for place, row in enumerate(rows):
        if any(not 0.0 <= value <= 1.0 for value in row):
            raise InvalidDataError(name, f"item {place} has {row}, expected values from 0 to 1")


def matched_rows(
    name: str, given: Scores, ids: Sequence[Hashable] | None, size: int
) -> list[list[float]]:
    """The rows of another column in the order of the items."""
    read = score_rows(given, name)
    rows = read.rows
    if ids is not None and read.ids is not None:
        known = dict(zip(read.ids, rows, strict=True))
        absent = [item for item in ids if item not in known]
        if absent:
            raise InvalidDataError(name, f"no values for item {absent[0]!r}")
        rows = [known[item] for item in ids]
    if len(rows) != size:
        raise UnequalLengthsError(size, len(rows), f"{name} must be of the same items")
    check_within(name, rows)
    return rows


def same_items(name: str, given: Sequence[Any], rows: Sequence[Sequence[float]]) -> list[Any]:
    if len(given) != len(rows):
        raise InvalidDataError(name, f"{len(given)} items, but {len(rows)} have answers")
    return list(given)


def outcome_consistency(rows: Sequence[Sequence[float]]) -> FloatArray:
    found = []
    for row in rows:
        p, k = math.fsum(row) / len(row), len(row)
        spread = math.fsum((value - p) ** 2 for value in row) / (k - 1) if k > 1 else math.nan
        found.append(min(1.0, max(0.0, 1 - spread / (p * (1 - p) + _SMOOTH))))
    return np.array(
        [value if len(row) > 1 else math.nan for value, row in zip(found, rows, strict=True)]
    )


def likeness(runs: Sequence[Sequence[Hashable]], far: Callable[..., float]) -> float:
    pairs = [1 - far(a, b) for a, b in combinations(runs, 2)]
    return math.fsum(pairs) / len(pairs) if pairs else math.nan


def divergence(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Jensen and Shannon's, in bits, between the distributions of the actions."""
    if not first or not second:
        return float(bool(first) != bool(second))
    a, b = Counter(first), Counter(second)
    total = 0.0
    for name in a | b:
        p, q = a[name] / len(first), b[name] / len(second)
        middle = (p + q) / 2
        total += sum(each / 2 * math.log2(each / middle) for each in (p, q) if each > 0)
    return min(1.0, total)


def edit_distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Levenshtein's distance over the longer length."""
    before = list(range(len(second) + 1))
    for row, a in enumerate(first, start=1):
        here = [row]
        for column, b in enumerate(second, start=1):
            here.append(min(before[column] + 1, here[-1] + 1, before[column - 1] + (a != b)))
        before = here
    longest = max(len(first), len(second))
    return before[-1] / longest if longest else 0.0


def resource_consistency(
    resources: Mapping[str, Sequence[Sequence[float]]], rows: Sequence[Sequence[float]]
) -> FloatArray:
    """exp(-CV) per item, with the mean coefficient of variation of all resources."""
    found = np.zeros(len(rows))
    for name, given in resources.items():
        for place, runs in enumerate(same_items(name, given, rows)):
            values = np.array(list(runs), dtype=float)
            if len(values) < 2 or not bool(np.isfinite(values).all()) or float(values.min()) < 0:
                raise InvalidDataError(name, f"item {place} needs two runs of numbers from 0 up")
            largest = float(values.max())
            values = values / largest if largest > 0 else values
            middle = float(values.mean())
            found[place] += float(values.std(ddof=1)) / middle if middle > 0 else 0.0
    return np.exp(-found / max(1, len(resources)))


def predictability(
    stated: Sequence[Sequence[float]], rows: Sequence[Sequence[float]]
) -> dict[str, Share]:
    for place, (one, other) in enumerate(zip(stated, rows, strict=True)):
        if len(one) != len(other):
            raise InvalidDataError("confidences", f"item {place}: {len(one)} for {len(other)} runs")
    sizes = np.array([len(row) for row in rows])
    item = np.repeat(np.arange(len(rows)), sizes)
    said = np.concatenate([np.array(row, dtype=float) for row in stated])
    right = np.concatenate([np.array(row, dtype=float) for row in rows])
    codes = np.clip(np.ceil(said * _BINS).astype(int) - 1, 0, _BINS - 1)
    error = float(np.abs(np.bincount(codes, weights=said - right, minlength=_BINS)).sum())
    squares = summed(item, 1 - (said - right) ** 2, len(rows))
    return {
        # Its interval is that of the ECE, which takes the part of noise out.
        "calibration": ratio_share(np.array([len(said) - error]), np.array([float(len(said))])),
        "discrimination": area_share(said, right, item, len(rows)),
        "Brier": ratio_share(squares, sizes.astype(float)),
    }


def safety(
    broken: Sequence[Sequence[float]], harm: Sequence[Sequence[float]] | None
) -> dict[str, Share]:
    shares = np.array([math.fsum(row) / len(row) for row in broken])
    found = {"compliance": mean_share(1 - shares)}
    if harm is None:
        return found
    for place, (one, other) in enumerate(zip(harm, broken, strict=True)):
        if len(one) != len(other):
            raise InvalidDataError("severity", f"item {place}: {len(one)} for {len(other)} runs")
    weighted = np.array(
        [
            math.fsum(a * (1 - b) for a, b in zip(one, two, strict=True))
            for one, two in zip(broken, harm, strict=True)
        ]
    )
    totals = np.array([math.fsum(row) for row in broken])
    none: FloatArray = np.zeros(len(totals))
    without = Share(value=1.0, parts=none, weights=none)  # no violation, so no harm
    return found | {"harm": ratio_share(weighted, totals) if totals.any() else without}
