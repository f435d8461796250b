"""Accuracy on items like these: a logistic model with a random effect of the item.

The items at hand are a sample; the accuracy on all such items is the mean over the distribution of
their difficulty (NIST AI 800-3). The likelihood is integrated by adaptive quadrature, and the
covariance is the sandwich over items or their clusters, so that repeats of one item, and items that
are hard for one system only, widen the intervals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .._core.errors import InvalidDataError, NotEnoughDataError, UnknownRowError
from .._core.lazy import FloatArray, IntArray, np, optimize, special
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.tails import t_quantile
from .._core.wording import number
from .._data.intake import column_of_labels
from .._data.scores import Scores, score_rows
from .._data.values import ClusterLabels, cluster_codes
from .._intervals.clusters import FEW
from .._intervals.paired_rates import PairedRates
from .._intervals.rates import interval_of_rates
from .crossed_accuracy import crossed_accuracy
from .item_likelihood import ItemLikelihood, mean_accuracies, split

_FEW = 5
_STEP = 1e-4
_MOST_LOGIT = 12.0
_LOG_SDS = (-5.0, 3.0)
_FLAT_SD = 0.05  # the likelihood hardly changes below
_FAR_APART = 2.5  # measured: differences between systems are covered in 0 to 98 % above


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralizedAccuracy(Result):
    """The accuracy of each system on items like these, and their differences.

    Attributes:
        accuracy: By system, the mean over the difficulty of all such items.
        differences: Every system minus the first one, by name.
        item_sd: The spread of the items' difficulty, on the scale of log odds.
        overall: The accuracy of systems like these on items like these, where asked for.
        system_sd: The spread of the systems, on the scale of log odds, where asked for.
    """

    accuracy: Mapping[str, Interval]
    differences: Mapping[str, Interval]
    log_odds: Mapping[str, float]
    item_sd: float
    log_likelihood: float
    n_items: int
    n_clusters: int
    overall: Interval | None = None
    system_sd: float | None = None
    warnings: tuple[Note, ...] = ()

    def system(self, name: str) -> Interval:
        """The accuracy of one system with its interval.

        Raises:
            UnknownRowError: The model has no such system.
        """
        if name not in self.accuracy:
            raise UnknownRowError(name, self.accuracy)
        return self.accuracy[name]

    @shown
    def __str__(self) -> str:
        parts = "; ".join(
            f"{name} {number(each.estimate)}, {each}" for name, each in self.accuracy.items()
        )
        if self.overall is not None:
            parts += f"; systems like these {number(self.overall.estimate)}, {self.overall}"
        return (
            f"accuracy on items like these: {parts}; items differ by {number(self.item_sd)} log"
            f" odds (SD), {self.n_items} items."
        )

    def table(self) -> ResultTable:
        rows = [(name, each) for name, each in self.accuracy.items()]
        first = next(iter(self.accuracy))
        rows += [(f"{name} - {first}", each) for name, each in self.differences.items()]
        if self.overall is not None:
            rows.append(("systems like these", self.overall))
        return ResultTable(
            title="Accuracy on items like these",
            columns=("System", "Accuracy", "Low", "High"),
            rows=tuple((name, number(each.estimate), *map(number, each)) for name, each in rows),
            notes=(str(self), *map(str, self.warnings)),
        )


@checked_options
def generalized_accuracy(
    systems: Mapping[str, Scores],
    *,
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
    system_effects: Literal["fixed", "random"] = "fixed",
) -> GeneralizedAccuracy:
    """The accuracy of systems on items like the ones asked, by a logistic mixed model.

    Args:
        systems: Right and wrong answers by system: one per item or its repeats, in order or by item
            id. Items crossed with systems; an item that one system lacks is left out there.
        clusters: The cluster of every item, in order or by item id.
        level: The level of the intervals: t with one less than the items or clusters.
        system_effects: ``random`` takes the systems as a sample too: ``overall`` is then the
            accuracy of systems like these (other seeds, prompts or models of a family), with
            crossed effects of items and systems. The accuracy of each system stays as it is.

    Returns:
        The accuracy of every system, the differences to the first one, and the items' spread.

    Raises:
        InvalidDataError: Answers that are not 0 or 1, or systems of different items in order.
        NotEnoughDataError: Fewer than three items, or two systems with random effects.

    Example:
        >>> old = [1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 1]
        >>> new = [1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1]
        >>> found = bench.generalized_accuracy({"old": old, "new": new})
        >>> round(found.differences["new"].estimate, 3)
        0.167
    """
    check_share("level", level)
    check_choice("system_effects", system_effects, ("fixed", "random"))
    right, tried, ids = _counts(systems)
    names = tuple(systems)
    items = len(right)
    labels: Sequence[Any] = range(items)
    if clusters is not None:
        labels = column_of_labels(clusters, items, "clusters", ids=ids)
    codes, count = cluster_codes(list(labels), items)
    likelihood = ItemLikelihood(right, tried)
    start: FloatArray = np.append(
        special.logit((right.sum(axis=0) + 0.5) / (tried.sum(axis=0) + 1)), 0.0
    )
    minimize: Any = optimize.minimize  # its stubs refuse a function that also gives the slopes
    found = minimize(
        likelihood.loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_MOST_LOGIT, _MOST_LOGIT)] * len(names) + [_LOG_SDS],
        tol=1e-12,
    )
    at = np.asarray(found.x)
    log_odds, item_sd = split(at)
    covariance = _sandwich(at, likelihood, codes, count)
    reach = t_quantile(0.5 + level / 2, count - 1.0)
    values, slopes = mean_accuracies(at)
    accuracy = {
        name: _logit_interval(values[place], slopes[place], covariance, reach, level)
        if 0 < right[:, place].sum() < tried[:, place].sum()
        else _rate_alone(tried[:, place], float(right[:, place].any()), codes, level)
        for place, name in enumerate(names)
    }
    differences = {
        name: _with_one_more_pair(
            _plain_interval(
                values[place] - values[0], slopes[place] - slopes[0], covariance, reach, level
            ),
            (right[:, [0, place]], tried[:, [0, place]]),
            codes,
        )
        for place, name in enumerate(names)
        if place
    }
    crossed = None
    if system_effects == "random":
        if len(names) < 2:  # a spread of systems needs some
            raise NotEnoughDataError("systems", needed=2, got=len(names))
        crossed = crossed_accuracy(likelihood, at, (right, tried), codes, level)
    return GeneralizedAccuracy(
        accuracy=accuracy,
        differences=differences,
        log_odds=dict(zip(names, log_odds.tolist(), strict=True)),
        item_sd=item_sd,
        log_likelihood=-float(found.fun),
        n_items=items,
        n_clusters=count,
        overall=None if crossed is None else crossed.accuracy,
        system_sd=None if crossed is None else crossed.system_sd,
        warnings=(
            *_notes(at, right, tried, count, clustered=clusters is not None),
            *([note("FEW_SYSTEMS", f"{len(names)}")] if crossed and len(names) < _FEW else []),
        ),
    )


def _counts(
    systems: Mapping[str, Scores],
) -> tuple[FloatArray, FloatArray, Sequence[Any] | None]:
    """Right answers and tries, items by systems; items are matched by id where all have ids."""
    if not systems:
        raise NotEnoughDataError("systems", needed=1, got=0)
    read = {name: score_rows(given, name) for name, given in systems.items()}
    keyed = [each.matched_by_id for each in read.values()]
    if any(keyed) and not all(keyed):
        raise InvalidDataError("systems", "some have item ids and others have none")
    order: list[Any] = list(range(max(len(each.rows) for each in read.values())))
    if all(keyed):
        order = list(dict.fromkeys(item for each in read.values() for item in each.ids or ()))
    right, tried = np.zeros((len(order), len(read))), np.zeros((len(order), len(read)))
    for column, (name, each) in enumerate(read.items()):
        if not all(keyed) and len(each.rows) != len(order):
            raise InvalidDataError(name, f"{len(each.rows)} items, another system has {len(order)}")
        rows = dict(zip((each.ids or ()) if all(keyed) else order, each.rows, strict=True))
        for row, item in enumerate(order):
            answers = rows.get(item, [])
            if any(value not in (0.0, 1.0) for value in answers):
                raise InvalidDataError(name, f"item {item!r} has {answers}, expected only 0 and 1")
            right[row, column], tried[row, column] = math.fsum(answers), len(answers)
    if len(order) < 3:  # a spread of items needs some
        raise NotEnoughDataError("items", needed=3, got=len(order))
    return right, tried, order if all(keyed) else None


def _sandwich(at: FloatArray, likelihood: ItemLikelihood, codes: Any, count: int) -> FloatArray:
    """The inverse curvature around the spread of the slopes between clusters.

    A spread at its bound is no estimate, so it counts as known.
    """
    size = len(at) if _LOG_SDS[0] < at[-1] < _LOG_SDS[1] else len(at) - 1
    curvature = np.empty((size, size))
    for place in range(size):
        step = np.zeros(len(at))
        step[place] = _STEP
        up, down = likelihood.loss(at + step)[1], likelihood.loss(at - step)[1]
        curvature[place] = (up - down)[:size] / (2 * _STEP)
    inverse = np.linalg.pinv((curvature + curvature.T) / 2, hermitian=True)
    sums = np.zeros((count, size))
    np.add.at(sums, codes, likelihood.by_item(at)[:, :size])
    found = np.zeros((len(at), len(at)))
    found[:size, :size] = inverse @ (sums.T @ sums) @ inverse * count / (count - 1)
    return found


def _logit_interval(
    value: float, slope: FloatArray, covariance: FloatArray, reach: float, level: float
) -> Interval:
    inner = value * (1 - value)
    half = reach * math.sqrt(max(0.0, float(slope @ covariance @ slope))) / inner
    centre = float(special.logit(value))
    return Interval(
        low=float(special.expit(centre - half)),
        high=float(special.expit(centre + half)),
        level=level,
        method="logistic mixed model, sandwich",
        estimate=float(value),
    )


def _rate_alone(tried: FloatArray, rate: float, codes: IntArray, level: float) -> Interval:
    """Of a system that is always right, or never: the model takes that for certain."""
    asked = tried > 0
    means = np.full(int(asked.sum()), rate)
    alone = len(set(codes[asked].tolist())) == len(means)  # items, or one cluster for each
    labels = None if alone else codes[asked].tolist()
    return interval_of_rates(means, int(tried.sum()), labels, level)


def _plain_interval(
    value: float, slope: FloatArray, covariance: FloatArray, reach: float, level: float
) -> Interval:
    half = reach * math.sqrt(max(0.0, float(slope @ covariance @ slope)))
    return Interval(
        low=float(value) - half,
        high=float(value) + half,
        level=level,
        method="logistic mixed model, sandwich",
        estimate=float(value),
    )


def _with_one_more_pair(
    interval: Interval, counts: tuple[FloatArray, FloatArray], codes: IntArray
) -> Interval:
    """The interval, and that of the plain rates of the items that both systems answered.

    Where items are far apart hardly any has different answers, and the model takes their number as
    certain. Where each system has items of its own, the plain rates are those of other items, and
    only the width is taken from them.
    """
    right, tried = counts
    both = (tried > 0).all(axis=1)
    if int(both.sum()) < 2:
        return interval
    rates = right[both] / tried[both]
    pairs = PairedRates(
        first=rates[:, 0], second=rates[:, 1], answers=tried[both].mean(axis=1), codes=codes[both]
    )
    low, high = pairs.interval(interval.level)
    if not both.all():
        middle = interval.estimate - (low + high) / 2
        low, high = low + middle, high + middle
    return replace(
        interval,
        low=max(-1.0, min(interval.low, low)),
        high=min(1.0, max(interval.high, high)),
        method=f"{interval.method}, at least one more pair each way",
    )


def _notes(
    at: FloatArray, right: FloatArray, tried: FloatArray, count: int, *, clustered: bool
) -> tuple[Note, ...]:
    found = []
    shares = right.sum(axis=0) / tried.sum(axis=0)
    if bool(((shares == 0) | (shares == 1)).any()):
        found.append(note("BOUNDARY"))
    if math.exp(float(at[-1])) < _FLAT_SD:
        found.append(note("NO_GROUP_VARIANCE"))
    if math.exp(float(at[-1])) > _FAR_APART and len(at) > 2:
        found.append(note("ITEMS_FAR_APART"))
    if count < FEW:
        found.append(note("FEW_CLUSTERS" if clustered else "FEW_ITEMS", f"{count}"))
    return tuple(found)
