"""Members and rule chosen by labels, with their accuracy on unseen questions."""

import random
import warnings
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Unpack

from .._core.deprecated import renamed_arguments
from .._core.queries import Query
from .._core.rendering import counted, html_table, markdown_table, marked
from .._core.responses import Source
from .._core.values import Value
from .._models.conversion import ModelLike, as_model
from .._prediction.options import PredictOptions
from .._prediction.predict import predict
from .._prediction.result import EnsembleResult
from .._voting.counting import Learned, Majority
from .._voting.votes import Ties
from .calibration import Calibrator, calibrate, calibration_error
from .confidences import Calibration, calibrations
from .paired import Paired, paired
from .votes import LabelledVotes
from .weights import Features, numpy, recurring

_FOLDS = 5
_OUTER = "hon" + "est"  # the label of the outer folds since 0.1: another one draws other folds
_HEAD = ("Candidate", "Cross-validated accuracy")
_ENOUGH_TO_LEARN = 200
_ENOUGH_FOR_STEPS = 1000
_PER_LEVEL = 50
_MOST_MEMBERS = 9


class Fitted(Value):
    """What labels say about a panel.

    Attributes:
        members: The models that are worth asking, the best first.
        rule: ``single``, ``plurality`` or ``learned``.
        strategy: The rule, for ``predict(strategy=...)``.
        accuracies: The accuracy of each model on the labels; they break ties.
        accuracy: Of the whole procedure, choice included, on questions it did not see (nested
            cross-validation).
        best_single: The model that was best on the labels.
        best_accuracy: Its accuracy on these same labels, which favours it a little.
        gain: The procedure, on questions it did not see, against the best single model.
        scores: The cross-validated accuracy of each candidate.
        probability: Turns the support of an answer into the probability that it is right.
        calibration_error: Of these probabilities, on unseen questions.
        calibrations: How far each model's own confidence can be trusted, where it states one.
        labels: How many labelled questions there were.
        source: Where the votes come from, as of ``VoteTable``.
    """

    members: Sequence[str]
    rule: str
    strategy: Majority | Learned
    accuracies: dict[str, float]
    accuracy: float
    best_single: str
    best_accuracy: float
    gain: Paired
    scores: dict[str, float]
    probability: Calibrator
    calibration_error: float
    calibrations: dict[str, Calibration]
    labels: int
    source: Source | None = None

    @property
    def warning(self) -> str:
        """Why one model is enough; empty when the panel is better beyond chance."""
        if self.rule == "single":
            return f"no vote does better than {self.best_single} alone: ask only that model"
        if self.gain.interval[0] <= 0:
            return (
                f"the panel is not better than {self.best_single} alone beyond chance: {self.gain}"
            )
        return ""

    def __str__(self) -> str:
        text = (
            f"{self.rule} of {', '.join(self.members)}: {self.accuracy:.3f} on unseen questions,"
            f" {self.best_single} alone {self.best_accuracy:.3f} ({self.gain};"
            f" {counted(self.labels, 'label')}, ECE {self.calibration_error:.3f})"
        )
        warning = self.warning and f"\nWarning: {self.warning}"
        return marked(text + warning, self.source)

    def _repr_html_(self) -> str:
        return html_table(str(self), _HEAD, self._cells())

    def to_markdown(self) -> str:
        """Return the choice, and the accuracy of each candidate as a Markdown table."""
        return f"{self}\n\n{markdown_table(_HEAD, self._cells())}"

    def _cells(self) -> list[tuple[str, str]]:
        return [(name, f"{share:.4f}") for name, share in self.scores.items()]

    def answers(self, table: LabelledVotes) -> list[Hashable]:
        """What the chosen members and rule make of other recorded votes, such as a test set.

        Raises:
            ValueError: A chosen member is not in the table.
        """
        ties = Ties(policy="accuracy", accuracies=self.accuracies)
        return table.only(self.members).decide(self.strategy, ties=ties)

    @renamed_arguments(query="item")
    async def predict(
        self, item: Query, *, models: Iterable[ModelLike], **options: Unpack[PredictOptions]
    ) -> EnsembleResult:
        """Ask the chosen members; the result has the calibrated probability that it is right.

        Args:
            item: The question.
            models: The panel; members that were not chosen are not asked.
            **options: Those of ``predict``, without the strategy.

        Raises:
            ValueError: A chosen member is not among the models.
        """
        panel = {model.name: model for model in map(as_model, models)}
        missing = [name for name in self.members if name not in panel]
        if missing:
            raise ValueError(f"models: {missing[0]!r} was chosen and is not there")
        options.setdefault("tie_break", "accuracy")
        options.setdefault("accuracies", self.accuracies)
        options["strategy"] = self.strategy
        chosen = [panel[name] for name in self.members]
        result = await predict(item, models=chosen, **options)
        if result.key is None:
            return result
        total = sum(result.votes.values())
        support = result.probability
        if support is None:
            support = _smoothed(result.vote_share * total, total)
        return replace(result, probability=self.probability(support))


def fit_votes(table: LabelledVotes, *, seed: int = 0) -> Fitted:
    """Choose members and rule by recorded votes.

    Candidates are the best single model, the plurality of the best k with ties by accuracy, and,
    from 200 labels on, learned weights (a conditional logit with a penalty, so that models that err
    together share their weight). Cross-validation chooses; learned weights only when they win. An
    outer cross-validation measures this procedure on questions that it did not see.

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
    """The candidate with the best cross-validated accuracy; the simplest of equals."""
    right = dict.fromkeys(_candidates(len(features.models), len(indices)), 0)
    for train, test in _folds(indices, seed, "choose"):
        for name in right:
            right[name] += int(features.right(weights_of(features, train, name), test).sum())
    best = max(right, key=lambda name: right[name])
    scores = {name: count / len(indices) for name, count in right.items()}
    return best, weights_of(features, indices, best), scores


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
        _smoothed(votes, total)
        for votes, total in zip(winner.tolist(), counts.sum(1).tolist(), strict=True)
    ]


def _smoothed(votes: float, total: float) -> float:
    """The share of the votes as if there were half a vote more for and half a vote against."""
    return (votes + 0.5) / (total + 1)


def _members(features: Features, weights: Any) -> tuple[str, ...]:
    """The models with a say, the weightiest first."""
    ranked = sorted(range(len(features.models)), key=lambda index: -float(weights[index]))
    return tuple(features.models[index] for index in ranked if weights[index] != 0)
