"""Items of which some carry a human label and all, or all others, a judgement of a model."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import InvalidDataError, MissingValuesError, NotEnoughDataError
from .._core.lazy import FloatArray, np
from .groups import two_labels
from .intake import Column, aligned, column, column_of_labels
from .refusals import refuse_alike
from .values import ItemClusters, ValuesByItem, check_squares, clean, too_few

MIN_LABELS, MIN_REST = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Labels and judgements of the labelled items, judgements of the others, and the clusters."""

    labels: FloatArray
    judged: FloatArray
    rest: FloatArray
    clusters: tuple[list[Any], list[Any]] | None = None


def labelled_apart(
    labels: ValuesByItem,
    judged: ValuesByItem,
    unlabelled: ValuesByItem,
    clusters: ItemClusters | None,
) -> Labelled:
    """Labelled items, matched by id, and the judgements of the other items beside them."""
    sides = {"labels": column(labels, "labels"), "judged": column(judged, "judged")}
    (y, f), order = aligned(sides, omit=False)
    others = column(unlabelled, "unlabelled")
    for name, values, least in (
        ("labels", y, MIN_LABELS),
        ("judged", f, MIN_LABELS),
        ("unlabelled", others.values, MIN_REST),
    ):
        clean(values, name, min_count=least)
        check_squares(values, name)
    found = _marks(clusters, len(y), order, others)
    return Labelled(labels=y, judged=f, rest=others.values, clusters=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A judge's verdicts on labelled items and on others, with the clusters of each part."""

    labels: FloatArray
    judged: FloatArray
    rest: FloatArray
    marks: tuple[list[Any], list[Any]] | None

    @property
    def parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The verdicts on the other items, on those that are right, and on the wrong ones."""
        return self.rest, self.judged[self.labels == 1.0], self.judged[self.labels == 0.0]

    @property
    def clusters(self) -> tuple[list[Any], list[Any], list[Any]] | None:
        """The clusters of these parts."""
        if self.marks is None:
            return None
        ours, theirs = self.marks
        truths = list(zip(ours, self.labels.tolist(), strict=True))
        right = [mark for mark, truth in truths if truth == 1.0]
        return theirs, right, [mark for mark, truth in truths if truth == 0.0]


def judged_apart(
    labels: ValuesByItem,
    judged: ValuesByItem,
    unlabelled: ValuesByItem,
    clusters: ItemClusters | None,
) -> Judged:
    """Labelled items, matched by id, and the verdicts on the other items beside them."""
    sides = {"labels": column(labels, "labels"), "judged": column(judged, "judged")}
    (y, f), order = aligned(sides, omit=False)
    others = column(unlabelled, "unlabelled")
    for name, values, least in (
        ("labels", y, 2),
        ("judged", f, 2),
        ("unlabelled", others.values, 1),
    ):
        clean(values, name, min_count=least)
    marks = _marks(clusters, len(y), order, others)
    return Judged(labels=y, judged=f, rest=others.values, marks=marks)


def _marks(
    clusters: ItemClusters | None, size: int, order: Sequence[Hashable] | None, others: Column
) -> tuple[list[Any], list[Any]] | None:
    """The clusters of the labelled items and of the others."""
    if clusters is None:
        return None
    ours, theirs = two_labels(clusters, "of the labelled items and of the others")
    found = (
        column_of_labels(ours, size, "clusters of labels", ids=order),
        column_of_labels(theirs, len(others.values), "clusters of unlabelled", ids=others.ids),
    )
    refuse_alike([*found[0], *found[1]], "clusters")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledTable:
    """Labels (NaN where an item has none) and judgements of several systems, item by item."""

    labels: dict[str, FloatArray]
    judged: dict[str, FloatArray]
    clusters: list[Any] | None

    def of(self, name: str, minus: str | None = None) -> Labelled:
        """One system, or its difference to another on the items that are labelled for both."""
        y, f = self.labels[name], self.judged[name]
        if minus is not None:
            y, f = y - self.labels[minus], f - self.judged[minus]
        known = ~np.isnan(y)
        if int(known.sum()) < MIN_LABELS:
            raise too_few(f"labels of {name}", MIN_LABELS, int(known.sum()))
        if int((~known).sum()) < MIN_REST:
            raise NotEnoughDataError(
                f"items of {name} without a label", needed=MIN_REST, got=int((~known).sum())
            )
        split = None
        if self.clusters is not None:
            marks = list(zip(self.clusters, known.tolist(), strict=True))
            split = (
                [label for label, mark in marks if mark],
                [label for label, mark in marks if not mark],
            )
        return Labelled(labels=y[known], judged=f[known], rest=f[~known], clusters=split)


def labelled_together(
    labels: Mapping[str, ValuesByItem],
    judged: Mapping[str, ValuesByItem],
    clusters: ItemClusters | None,
) -> LabelledTable:
    """Judgements of all items by system, and the labels of those that have one.

    Raises:
        InvalidDataError: Systems that only one side has, or a label of an item without judgement.
        MissingValuesError: An item without a judgement.
    """
    if set(labels) != set(judged):
        raise InvalidDataError(
            "judged", f"has the systems {sorted(judged)}, labels has {sorted(labels)}"
        )
    sides: dict[str, Column] = {}
    for name in judged:
        sides[f"judged {name}"] = column(judged[name], f"judged of {name}")
        sides[f"labels {name}"] = column(labels[name], f"labels of {name}")
    arrays, order = aligned(sides, omit=True)
    found = dict(zip(sides, arrays, strict=True))
    table = LabelledTable(
        labels={name: found[f"labels {name}"] for name in judged},
        judged={name: found[f"judged {name}"] for name in judged},
        clusters=None,
    )
    for name, values in table.judged.items():
        absent = int(np.isnan(values).sum())
        if absent:
            raise MissingValuesError(f"judged of {name}", absent)
        clean(values, f"judged of {name}")
        check_squares(values, f"judged of {name}")
        clean(table.labels[name][~np.isnan(table.labels[name])], f"labels of {name}", min_count=0)
    if clusters is None:
        return table
    size = len(arrays[0])
    marks = column_of_labels(clusters, size, "clusters", ids=order)
    return LabelledTable(labels=table.labels, judged=table.judged, clusters=marks)
