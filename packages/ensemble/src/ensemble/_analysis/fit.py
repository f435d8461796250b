"""Members and rule chosen by labels, with their accuracy on unseen questions."""

import random
import warnings
from typing import Any

from .._voting.counting import Majority
from .calibration import Calibrator, calibrate, calibration_error
from .confidences import calibrations
from .diversity import near_duplicates
from .fitted import Fitted, smoothed
from .paired import paired
from .votes import LabelledVotes
from .weights import Features, numpy, recurring

_FOLDS = 5
_OUTER = "hon" + "est"  # the label of the outer folds since 0.1: another one draws other folds
_ENOUGH_TO_LEARN = 200
_ENOUGH_FOR_STEPS = 1000
_PER_LEVEL = 50
_MOST_MEMBERS = 9
_SINGLE = "plurality of 1"


def fit_votes(table: LabelledVotes, *, seed: int = 0) -> Fitted:
    """Choose members and rule by recorded votes.

    Candidates are the best single model, the plurality of the best k with ties by accuracy, and,
    from 200 labels on, learned weights (a conditional logit with a penalty, so that models that err
    together share their weight). Cross-validation chooses; learned weights only when they win, and
    a single model only where it is ahead by more than one standard error. An outer
    cross-validation measures this procedure on questions that it did not see.

    Args:
        table: The votes.
        seed: Draws the folds.

    Raises:
        ValueError: There are fewer questions than folds.
        MissingExtraError: The extra ``fit`` is not installed.
    """
    if len(table) < _FOLDS:
        raise ValueError(f"{len(table)} labelled questions are too few; give at least {_FOLDS}")
    np = numpy()
    features = Features(table, recurring(table.gold))
    everything = np.arange(len(table))
    chosen, weights, scores = choose(features, everything, seed)
    right, probabilities = _cross_validated(features, everything, seed)
    members = _members(features, weights)
    own = weights[: len(table.models)]
    accuracies = {
        model: float(share)
        for model, share in zip(table.models, _accuracies(features, everything), strict=True)
    }
    best = max(table.models, key=lambda model: accuracies[model])
    fitted = Fitted(
        members=members,
        rule="single" if len(members) == 1 else chosen.partition(" ")[0],
        strategy=features.rule(weights) if chosen == "learned" and own.any() else Majority(),
        accuracies=accuracies,
        accuracy=sum(right) / len(right),
        best_single=best,
        best_accuracy=accuracies[best],
        gain=paired(right, table.right(best)),
        scores=scores,
        probability=_calibrated(features, everything, chosen, weights),
        calibration_error=calibration_error(probabilities, right),
        calibrations=calibrations(table, method="platt", seed=seed),
        labels=len(table),
        source=table.source,
        near_duplicates=near_duplicates(table),
    )
    if fitted.warning:
        warnings.warn(fitted.warning, stacklevel=2)
    return fitted


def _accuracies(features: Features, indices: Any) -> Any:
    np = numpy()
    votes, gold = features.votes[indices], features.gold[indices]
    known = np.flatnonzero(gold >= 0)
    right = votes[known, gold[known], : len(features.models)]
    return right.sum(0) / len(indices)


def _candidates(size: int, labels: int) -> list[str]:
    names = [
        f"plurality of {k}" for k in range(1, min(size, _MOST_MEMBERS) + 1) if k != 2
    ]  # a tie of two is for the better
    return [*names, "learned"] if labels >= _ENOUGH_TO_LEARN and size > 1 else names


def weights_of(features: Features, indices: Any, name: str) -> Any:
    """The weights a candidate has by some labelled questions."""
    np = numpy()
    if name == "learned":
        return features.fit(indices)
    size = int(name.rpartition(" ")[2])
    shares = _accuracies(features, indices)
    best = np.argsort(-shares, kind="stable")[:size]
    weights = np.zeros(features.votes.shape[2])
    weights[best] = 1.0 + shares[best] / (4 * size)  # ties go to the more accurate
    return weights


def _folds(indices: Any, seed: int, *label: object) -> list[tuple[Any, Any]]:
    np = numpy()
    drawn = list(indices)
    random.Random(f"{seed}/{'/'.join(map(str, label))}").shuffle(drawn)
    parts = [np.array(drawn[number::_FOLDS]) for number in range(_FOLDS)]
    return [
        (
            np.concatenate([part for other, part in enumerate(parts) if other != number]),
            parts[number],
        )
        for number in range(_FOLDS)
    ]


def choose(features: Features, indices: Any, seed: int) -> tuple[str, Any, dict[str, float]]:
    """The candidate with the best cross-validated accuracy; the simplest of equals.

    A single model is chosen only where it is better than the best plurality by more than one
    standard error of their paired difference (Breiman et al., "Classification and Regression
    Trees", 1984, section 3.4.3): on few labels the best of several models is often so by chance.
    """
    np = numpy()
    names = _candidates(len(features.models), len(indices))
    right: dict[str, list[Any]] = {name: [] for name in names}
    for train, test in _folds(indices, seed, "choose"):
        for name in names:
            right[name].append(features.right(weights_of(features, train, name), test))
    found = {name: np.concatenate(parts).astype(float) for name, parts in right.items()}
    scores = {name: float(each.sum()) / len(indices) for name, each in found.items()}
    best = max(scores, key=lambda name: scores[name])
    if best == _SINGLE:
        best = _unless_by_chance(found, scores)
    return best, weights_of(features, indices, best), scores


def _unless_by_chance(found: dict[str, Any], scores: dict[str, float]) -> str:
    """The single model, or the best plurality where it is within one standard error of it."""
    pluralities = [name for name in scores if name not in (_SINGLE, "learned")]
    if not pluralities:
        return _SINGLE
    other = max(pluralities, key=lambda name: scores[name])
    ahead = found[_SINGLE] - found[other]
    return _SINGLE if ahead.mean() > ahead.std() / len(ahead) ** 0.5 else other


def _cross_validated(features: Features, indices: Any, seed: int) -> tuple[list[bool], list[float]]:
    """Whether the whole procedure is right on each question, and how probable it says that is.

    Each question is answered by what was chosen and fitted without it.
    """
    right: list[bool] = [False] * len(indices)
    probabilities: list[float] = [0.0] * len(indices)
    for train, test in _folds(indices, seed, _OUTER):
        name, weights, _ = choose(features, train, seed)
        calibrator = _calibrated(features, train, name, weights)
        found = features.right(weights, test).tolist()
        for index, good, support in zip(
            test, found, _support(features, test, name, weights), strict=True
        ):
            right[index], probabilities[index] = good, calibrator(support)
    return right, probabilities


def _calibrated(features: Features, indices: Any, name: str, weights: Any) -> Calibrator:
    """The function from the support of an answer to the probability that it is right."""
    support = _support(features, indices, name, weights)
    few_levels = len(indices) >= _PER_LEVEL * len(set(support))
    return calibrate(
        support,
        features.right(weights, indices).tolist(),
        method="isotonic" if few_levels or len(indices) >= _ENOUGH_FOR_STEPS else "platt",
    )


def _support(features: Features, indices: Any, name: str, weights: Any) -> list[float]:
    """How strongly the votes speak for the winner of each question, as ``predict`` reports it."""
    if name == "learned":
        return list(features.probability(weights, indices).tolist())
    np = numpy()
    size = len(features.models)
    chosen = features.votes[indices][:, :, :size][:, :, weights[:size] > 0]
    sums = features.votes[indices] @ weights
    counts = chosen.sum(2)
    winner = np.take_along_axis(counts, sums.argmax(1)[:, None], 1)[:, 0]
    return [
        smoothed(votes, total)
        for votes, total in zip(winner.tolist(), counts.sum(1).tolist(), strict=True)
    ]


def _members(features: Features, weights: Any) -> tuple[str, ...]:
    """The models with a say, the weightiest first."""
    ranked = sorted(range(len(features.models)), key=lambda index: -float(weights[index]))
    return tuple(features.models[index] for index in ranked if weights[index] != 0)


def probability(table: LabelledVotes, *, seed: int = 0) -> list[float]:
    """The probability that the plurality is right on each question, by labels of other questions.

    Raises:
        ValueError: There are fewer questions than folds.
    """
    if len(table) < _FOLDS:
        raise ValueError(f"{len(table)} labelled questions are too few; give at least {_FOLDS}")
    winners = table.winners()
    right = [key is not None and key == gold for key, gold in zip(winners, table.gold, strict=True)]
    support = [
        smoothed(sum(key == winner for key in row), sum(key is not None for key in row))
        for row, winner in zip(table.votes, winners, strict=True)
    ]
    voted = [index for index, winner in enumerate(winners) if winner is not None]
    random.Random(seed).shuffle(voted)
    found = [0.0] * len(table)
    for fold in range(_FOLDS):
        train = [index for place, index in enumerate(voted) if place % _FOLDS != fold]
        if not train:
            continue
        function = calibrate([support[i] for i in train], [right[i] for i in train], method="platt")
        for index in voted[fold::_FOLDS]:
            found[index] = function(support[index])
    return found
