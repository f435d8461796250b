"""Which items of several systems are the same: by id, else by the text of the question."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .._core.errors import ComparisonError, MismatchError
from .._logs.answers import Answers, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The items that all systems answered.

    Attributes:
        answers: The answers of each system.
        orders: For each system the positions of the items in ``answers``, in one common order.
        matched_by: ``id`` or ``text``, for each system against the first.
        unmatched: The ids of each system that some other system lacks.
        unscored: How many of the common items each system has without any score.
        other_text: How many of the common items have another question than the first system's.
        other_prompt: How many have the same question in another prompt.
    """

    answers: tuple[Answers, ...]
    orders: tuple[IntArray, ...]
    matched_by: tuple[str, ...]
    unmatched: tuple[tuple[str, ...], ...]
    unscored: tuple[int, ...]
    other_text: tuple[int, ...] = field(default=())
    other_prompt: tuple[int, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.orders[0])


def align(task: str, answers: Sequence[Answers], *, max_unmatched: float) -> Alignment:
    """Match the items of several systems.

    Two systems match by id, unless more questions agree by their text; so logs of two tools with
    ids of their own meet. An item counts where every system has a score for it.

    Args:
        task: The name of the task, for messages.
        answers: The answers of each system.
        max_unmatched: The largest share of items that may be missing from a system, in [0, 1].

    Raises:
        MismatchError: More items are missing.
        ComparisonError: No item is in all of them.
    """
    first = answers[0]
    found = [_positions(first, other) for other in answers]
    matched_by = [how for _, how in found]
    places = np.stack([each for each, _ in found])
    common = np.flatnonzero((places >= 0).all(axis=0))
    orders = list(places[:, common])
    unmatched = [_left_over(each, order) for each, order in zip(answers, orders, strict=True)]
    _require(task, answers, unmatched, matched=len(common), max_unmatched=max_unmatched)
    missing = [np.isnan(each.means())[order] for each, order in zip(answers, orders, strict=True)]
    unscored = [int(gaps.sum()) for gaps in missing]
    keep = ~np.logical_or.reduce(missing)
    if not keep.any():
        raise ComparisonError(f"{task}: no item is scored in all logs")
    if 1 - keep.mean() > max_unmatched:
        counts = ", ".join(
            f"{each.system}: {count:,}" for each, count in zip(answers, unscored, strict=True)
        )
        raise ComparisonError(
            f"{task}: of {len(common):,} common items too many have no score ({counts}), because"
            " their answers failed or were not scored; finish the runs, score them again"
            " (scorer=, --scorer), or accept it with max_unmatched= (--max-unmatched)"
        )
    orders = [order[keep] for order in orders]
    return Alignment(
        answers=tuple(answers),
        orders=tuple(orders),
        matched_by=tuple(matched_by),
        unmatched=tuple(unmatched),
        unscored=tuple(unscored),
        other_text=tuple(
            _other_text(first, orders[0], other, order)
            for other, order in zip(answers, orders, strict=True)
        ),
        other_prompt=tuple(
            _other_prompt(first, orders[0], other, order)
            for other, order in zip(answers, orders, strict=True)
        ),
    )


def matches(first: Answers, other: Answers) -> tuple[dict[int, int], str]:
    """The position in ``other`` of each item of ``first``, and how they were matched.

    Args:
        first: The answers of a system.
        other: Those of another one.

    Returns:
        The positions, and ``id`` or ``text``.
    """
    places, how = _positions(first, other)
    return {int(here): int(places[here]) for here in np.flatnonzero(places >= 0)}, how


def _positions(first: Answers, other: Answers) -> tuple[IntArray, str]:
    """For each item of ``first`` its position in ``other``, or -1; and how they were matched."""
    n = len(first)
    same = np.arange(n, dtype=np.int64)
    if other is first:
        return same, "id"
    if first.ids == other.ids and np.array_equal(first.digests, other.digests):
        return same, "id"
    by_id = {identifier: index for index, identifier in enumerate(other.ids)}
    ids = np.fromiter((by_id.get(each, -1) for each in first.ids), dtype=np.int64, count=n)
    known = np.flatnonzero(ids >= 0)
    ours, theirs = first.digests[known], other.digests[ids[known]]
    consistent = int(((ours == theirs) | (ours == 0)).sum())
    if consistent == n:
        return ids, "id"
    texts = _by_text(first, other)
    if len(texts) <= consistent:
        return ids, "id"
    places = np.full(n, -1, dtype=np.int64)
    places[list(texts)] = list(texts.values())
    return places, "text"


def _by_text(first: Answers, other: Answers) -> dict[int, int]:
    """Matches by the question's text; the n-th of equal questions meets the n-th."""
    places = dict(_numbered(other))
    return {index: places[key] for key, index in _numbered(first) if key in places}


def _numbered(answers: Answers) -> list[tuple[tuple[int, int], int]]:
    seen: dict[int, int] = {}
    found = []
    for index, digest in enumerate(answers.digests.tolist()):
        if digest:
            seen[digest] = seen.get(digest, 0) + 1
            found.append(((digest, seen[digest]), index))
    return found


def _left_over(answers: Answers, order: IntArray) -> tuple[str, ...]:
    free = np.ones(len(answers), dtype=bool)
    free[order] = False
    return tuple(answers.ids[index] for index in np.flatnonzero(free).tolist())


def _require(
    task: str,
    answers: Sequence[Answers],
    unmatched: Sequence[Sequence[str]],
    *,
    matched: int,
    max_unmatched: float,
) -> None:
    largest = max(len(each) for each in answers)
    if matched and max(len(left) for left in unmatched) <= max_unmatched * largest:
        return
    lacks: dict[str, list[str]] = {each.system: [] for each in answers}
    for each, left in zip(answers, unmatched, strict=True):
        for other in answers:
            known = set(other.ids)
            if other is not each:
                lacks[other.system] += [name for name in left if name not in known]
    found = {name: tuple(dict.fromkeys(ids)) for name, ids in lacks.items() if ids}
    total = matched + max(len(left) for left in unmatched)
    raise MismatchError(task, found, matched=matched, total=total)


def _other_text(first: Answers, here: IntArray, other: Answers, there: IntArray) -> int:
    ours, theirs = first.digests[here], other.digests[there]
    return int(((ours != theirs) & (ours != 0) & (theirs != 0)).sum())


def _other_prompt(first: Answers, here: IntArray, other: Answers, there: IntArray) -> int:
    same = first.digests[here] == other.digests[there]
    ours, theirs = first.prompts[here], other.prompts[there]
    return int((same & (ours != theirs) & (ours != 0) & (theirs != 0)).sum())
