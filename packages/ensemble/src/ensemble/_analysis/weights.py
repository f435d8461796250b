"""Weights of a vote fitted to labels; needs the extra ``fit`` (numpy)."""

from collections import Counter
from collections.abc import Hashable, Sequence
from types import ModuleType
from typing import Any

from .._core.errors import MissingExtraError
from .._voting.counting import Learned
from .votes import LabelledVotes

# Chosen once, on other draws of labels than the tests use; each is a squared-error penalty.
_MODEL_PENALTY = 10.0
_ANSWER_PENALTY = 30.0
_MOST_ANSWERS = 20
_LEAST_PER_ANSWER = 10
_STEPS = 50
_CLOSE = 1e-7


def numpy() -> ModuleType:
    """The numpy library.

    Raises:
        MissingExtraError: The extra ``fit`` is not installed.
    """
    try:
        import numpy  # noqa: PLC0415, ICN001  # an extra
    except ImportError as error:
        raise MissingExtraError("fit", "numpy") from error
    return numpy


def recurring(gold: Sequence[Hashable]) -> list[Hashable]:
    """The right answers, when there are few and each comes up often; none for open questions."""
    counts = Counter(gold)
    few = len(counts) <= _MOST_ANSWERS and len(gold) >= _LEAST_PER_ANSWER * len(counts)
    return sorted(counts, key=repr) if few and len(counts) > 1 else []


class Features:
    """A table as arrays: for each question and answer, who voted for it.

    Attributes:
        votes: Question x answer x (model, then recurring answer); 1 where it applies.
        voted: Question x answer: whether a model voted for it.
        gold: The index of the right answer to each question; -1 when no model gave it.
    """

    def __init__(self, table: LabelledVotes, answers: Sequence[Hashable]) -> None:
        np = numpy()
        self.models, self.answers = tuple(table.models), list(answers)
        most = max(len({*row} - {None}) for row in table.votes) or 1
        width = len(self.models) + len(self.answers)
        self.votes = np.zeros((len(table), most, width))
        self.voted = np.zeros((len(table), most), dtype=bool)
        self.gold = np.full(len(table), -1)
        names = {key: len(self.models) + index for index, key in enumerate(self.answers)}
        for index, (row, gold) in enumerate(zip(table.votes, table.gold, strict=True)):
            keys = list(dict.fromkeys(key for key in row if key is not None))
            where = {key: column for column, key in enumerate(keys)}
            for model, key in enumerate(row):
                if key is not None:
                    self.votes[index, where[key], model] = 1.0
            for key, column in where.items():
                self.voted[index, column] = True
                if key in names:
                    self.votes[index, column, names[key]] = 1.0
            self.gold[index] = where.get(gold, -1)

    def right(self, weights: Any, indices: Any) -> Any:
        """Whether the answer with the highest sum is right, for some questions."""
        np = numpy()
        sums = np.where(self.voted[indices], self.votes[indices] @ weights, -np.inf)
        size = len(self.models)
        heard = self.votes[indices][:, :, :size][:, :, weights[:size] != 0].any((1, 2))
        return (sums.argmax(1) == self.gold[indices]) & heard

    def probability(self, weights: Any, indices: Any) -> Any:
        """The softmax of the highest sum, for some questions; 0 without votes."""
        np = numpy()
        sums = np.where(self.voted[indices], self.votes[indices] @ weights, -1e9)
        shifted = np.exp(sums - sums.max(1, keepdims=True)) * self.voted[indices]
        return np.divide(1.0, shifted.sum(1), where=shifted.any(1), out=np.zeros(len(sums)))

    def fit(self, indices: Any) -> Any:
        """Weights by penalised maximum likelihood of the right answer among those that got votes.

        Newton's method with halved steps. Models that err together share their weight.
        """
        np = numpy()
        indices = indices[self.gold[indices] >= 0]
        votes, voted, gold = self.votes[indices], self.voted[indices], self.gold[indices]
        sizes = [len(self.models), len(self.answers)]
        penalty = np.repeat([_MODEL_PENALTY, _ANSWER_PENALTY], sizes)
        flat = votes.reshape(-1, votes.shape[2])
        won = votes[np.arange(len(gold)), gold].sum(0) if len(gold) else np.zeros(len(penalty))

        def objective(weights: Any) -> tuple[float, Any]:
            sums = np.where(voted, votes @ weights, -1e9)
            top = sums.max(1, keepdims=True)
            shares = np.exp(sums - top)
            total = shares.sum(1, keepdims=True)
            likelihood = weights @ won - (top + np.log(total)).sum()
            return float(likelihood - 0.5 * (penalty * weights**2).sum()), shares / total

        weights = np.zeros(votes.shape[2])
        value, shares = objective(weights)
        for _ in range(_STEPS):
            mean = np.einsum("nk,nkm->nm", shares, votes)
            slope = won - mean.sum(0) - penalty * weights
            curve = (flat * shares.reshape(-1, 1)).T @ flat - mean.T @ mean + np.diag(penalty)
            step = np.linalg.solve(curve, slope)
            better, moved = objective(weights + step)
            while better < value - _CLOSE and abs(step).max() > _CLOSE:
                step = step / 2
                better, moved = objective(weights + step)
            weights, gained = weights + step, better - value
            value, shares = better, moved
            if gained < _CLOSE:
                break
        return weights

    def rule(self, weights: Any) -> Learned:
        """Weights as a voting rule."""
        size = len(self.models)
        bias = {key: float(weights[size + index]) for index, key in enumerate(self.answers)}
        named = {model: float(weights[index]) for index, model in enumerate(self.models)}
        return Learned(weights=named, bias=bias)
