"""Permutation tests of means: exact when the arrangements are few, simulated otherwise.

The two-sided p-value is the share of arrangements at least as far from zero as the observed
difference; scipy doubles the smaller tail, which ``details`` has as well. A simulated p-value is
(b + 1)/(B + 1), never 0 (Phipson and Smyth 2010).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from ..._core.arithmetic import (
    difference_of_means,
    is_constant,
    mean,
    pair_noise,
    same_differences,
    unit_of,
)
from ..._core.deprecated import renamed_arguments
from ..._core.lazy import FloatArray, np
from ..._core.notes import constant_notes, note
from ..._core.options import ALTERNATIVES, Alternative, MissingPolicy, check_choice, checked_options
from ..._core.results import Comparison
from ..._core.streams import stream
from ..._core.tails import tail_of
from ..._data.groups import TwoGroups, clean_two
from ..._data.pairs import Pairs, clean_pairs
from ..._data.summaries import DataSummary, of_pairs, of_two
from ..._data.values import Labels, Values, ValuesByItem
from ..constructors import comparison

_MAX_EXACT = 100_000
_MAX_SIGNS = 16
_BATCH = 2_000_000
_NOISE = 1e-14  # of a sum, relative to the sum of the sizes


@renamed_arguments(nan="missing", studentised="studentized")
@checked_options
def permutation_test(
    control: Values,
    treatment: Values,
    *,
    alternative: Alternative = "two-sided",
    studentized: bool = False,
    resamples: int = 10_000,
    seed: int = 0,
    missing: MissingPolicy = "error",
) -> Comparison:
    """Whether two groups could have been shuffled together.

    Args:
        control: One value per item.
        treatment: One value per item.
        alternative: ``greater``: the treatment is larger.
        studentized: Permute Welch's t rather than the difference of means: valid for equal means
            with unequal spreads (Janssen 1997).
        resamples: How many shuffles when there are more than 100,000 arrangements.
        seed: The same seed gives the same result.
        missing: ``omit`` leaves missing values out and says how many.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        NotEnoughDataError: Fewer than two values in a group.

    Example:
        >>> bench.permutation_test([1, 2, 3], [4, 5, 6]).p_value
        0.1
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    groups = clean_two(control, treatment, missing=missing, min_count=2)
    first, second = groups.control, groups.treatment
    n1, every = len(second), np.concatenate([second, first])
    arrangements = math.comb(len(every), n1)
    exact = arrangements <= _MAX_EXACT
    # The median, not the mean: one huge value must not cost the others their digits.
    shifted = every - float(np.median(every))
    shifted = shifted / unit_of(shifted) if studentized else shifted
    slack = _NOISE * float(np.abs(shifted).sum()) / min(n1, len(every) - n1)
    observed = _statistic(shifted[None, :n1], shifted, studentized)[0]
    flat = is_constant(every) or math.isnan(observed)
    counts = np.zeros(3)
    total = 0
    if not flat:
        batches = _splits(shifted, n1) if exact else _shuffles(shifted, n1, resamples, seed)
        for batch in batches:
            found = _statistic(batch, shifted, studentized)
            near = 1e-9 * abs(observed) if studentized and math.isfinite(observed) else slack
            counts += _extreme(found, observed, near)
            total += len(found)
    return _result(
        "permutation" + ("_studentised" if studentized else ""),
        "permutation test" + (" (studentised)" if studentized else ""),
        groups,
        of_two(groups),
        counts=counts,
        total=total,
        exact=exact,
        flat=flat,
        statistic=observed if studentized else difference_of_means(first, second),
        alternative=alternative,
        seed=None if exact else seed,
    )


def _statistic(chosen: FloatArray, every: FloatArray, studentized: bool) -> FloatArray:
    """Treatment minus control for every row of values chosen as treatment."""
    n1 = chosen.shape[1]
    n2 = len(every) - n1
    sums = chosen.sum(axis=1)
    rest = float(every.sum()) - sums
    gaps: FloatArray = sums / n1 - rest / n2
    if not studentized:
        return gaps
    squares = (chosen**2).sum(axis=1)
    other = float((every**2).sum()) - squares
    v1 = (squares - sums**2 / n1) / (n1 - 1)
    v2 = (other - rest**2 / n2) / (n2 - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: FloatArray = gaps / np.sqrt(np.maximum(v1, 0) / n1 + np.maximum(v2, 0) / n2)
    return found


def _extreme(found: FloatArray, observed: float, slack: float) -> FloatArray:
    """How many are as far, as high and as low; with slack, or ties with the observed are lost."""
    return np.array(
        [
            (np.abs(found) >= abs(observed) - slack).sum(),
            (found >= observed - slack).sum(),
            (found <= observed + slack).sum(),
        ],
        dtype=float,
    )


def _splits(every: FloatArray, size: int) -> Iterator[FloatArray]:
    indices = np.array(list(combinations(range(len(every)), size)))
    step = max(1, _BATCH // size)
    for start in range(0, len(indices), step):
        yield every[indices[start : start + step]]


def _shuffles(every: FloatArray, size: int, resamples: int, seed: int) -> Iterator[FloatArray]:
    generator = stream(seed, "permutation", "independent")
    rows = max(1, min(resamples, _BATCH // len(every)))
    for start in range(0, resamples, rows):
        count = min(rows, resamples - start)
        keys = generator.random((count, len(every)), dtype=np.float32)
        yield every[np.argpartition(keys, size - 1, axis=1)[:, :size]]


@renamed_arguments(nan="missing")
@checked_options
def sign_flip_test(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    alternative: Alternative = "two-sided",
    resamples: int = 10_000,
    seed: int = 0,
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
) -> Comparison:
    """The permutation test of pairs: each difference could have had the other sign.

    Exact up to 16 pairs; beyond that random signs, drawn as bits and summed by tables of eight.

    Args:
        control: One value per item.
        treatment: The same items in the same order.
        alternative: ``two-sided``, ``less``, or ``greater``: the treatment is larger.
        resamples: How many random arrangements.
        seed: The same seed gives the same result.
        missing: ``omit`` leaves missing values out and counts them.
        ids: The item ids of both sides, to pair by id rather than by position.

    Returns:
        The test with its estimate, interval and effect sizes, treatment minus control.

    Raises:
        UnequalLengthsError: The two sides do not match.
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    pairs = clean_pairs(control, treatment, missing=missing, ids=ids)
    gaps, size = pairs.gaps, len(pairs.gaps)
    exact = size <= _MAX_SIGNS
    observed = math.fsum(gaps.tolist())
    flat = bool((gaps == 0).all())
    counts, total = np.zeros(3), 0
    if not flat:
        noise = pair_noise(pairs.control, pairs.treatment).sum() + _NOISE * np.abs(gaps).sum()
        base = math.fsum(gaps.tolist())
        tables = _byte_sums(gaps)
        for batch in _all_signs(size) if exact else _random_signs(size, resamples, seed):
            # Sum of signed differences = 2 * (sum of the positive ones) - sum of all.
            found = 2.0 * _positive_sums(tables, batch) - base
            counts += _extreme(found, observed, float(noise))
            total += len(found)
    return _result(
        "sign_flip",
        "sign-flip permutation test",
        pairs,
        of_pairs(pairs),
        counts=counts,
        total=total,
        exact=exact,
        flat=flat,
        statistic=observed / size,
        alternative=alternative,
        seed=None if exact else seed,
    )


def _all_signs(size: int) -> Iterator[Any]:
    """Every arrangement, eight signs a byte."""
    numbers = np.arange(2**size)
    yield np.stack([(numbers >> (8 * at)) & 255 for at in range((size + 7) // 8)], axis=1)


def _random_signs(size: int, resamples: int, seed: int) -> Iterator[Any]:
    generator = stream(seed, "permutation", "signs")
    width = (size + 7) // 8
    rows = max(1, min(resamples, _BATCH // width))
    for start in range(0, resamples, rows):
        count = min(rows, resamples - start)
        yield np.frombuffer(generator.bytes(count * width), dtype=np.uint8).reshape(count, width)


def _byte_sums(gaps: FloatArray) -> FloatArray:
    """For every eight differences the sum of those that a byte picks, for all 256 bytes."""
    padded = np.append(gaps, np.zeros(-len(gaps) % 8)).reshape(-1, 8)
    picked = (np.arange(256)[:, None] >> np.arange(8)) & 1
    found: FloatArray = padded @ picked.T.astype(float)
    return found


def _positive_sums(tables: FloatArray, signs: Any) -> FloatArray:
    total = np.zeros(len(signs))
    for table, column in zip(tables, signs.T, strict=True):
        total += table[column]
    return total


def _result(
    test: str,
    title: str,
    sides: TwoGroups | Pairs,
    data: DataSummary,
    *,
    counts: FloatArray,
    total: int,
    exact: bool,
    flat: bool,
    statistic: float,
    alternative: Alternative,
    seed: int | None,
) -> Comparison:
    first, second = sides.control, sides.treatment
    if flat:
        same = math.isclose(mean(first), mean(second), rel_tol=1e-12, abs_tol=1e-300)
        shares = [1.0, 1.0, 1.0] if same or same_differences(first, second) else [math.nan] * 3
    elif exact:
        shares = [float(count) / total for count in counts]
    else:
        shares = [(float(count) + 1) / (total + 1) for count in counts]
    tail = tail_of(shares[("two-sided", "greater", "less").index(alternative)])
    estimate = difference_of_means(first, second)
    error = 0.0 if exact or flat else math.sqrt(tail[0] * (1 - tail[0]) / total)
    notes = [note("ALL_TIED")] if flat else constant_notes(first, second)
    if not exact and not flat:
        notes.append(note("MC_ERROR", f"{error:.2g}"))
    return comparison(
        test,
        title,
        data,
        method="exact permutation" if exact else "random permutation",
        statistic=statistic,
        statistic_name="t" if test.endswith("studentised") else "difference",
        tail=tail,
        alternative=alternative,
        estimate=estimate,
        estimate_name="mean difference",
        details={
            "p_two_sided": shares[0],
            "p_greater": shares[1],
            "p_less": shares[2],
            "p_doubled": min(1.0, 2 * min(shares[1], shares[2])),
            "mc_error": error,
            "arrangements": total,
        },
        warnings=notes,
        seed=seed,
        resamples=None if exact else total,
    )
