"""The built-in voting rules that count: majority, weights, confidence, unanimity."""

import math
from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType

from .._core.errors import NoConsensusError
from .._core.values import Value
from .rule import NeedsAllVotes, VoteContext
from .votes import Vote, VoteOutcome, leader, tally


class Additive(Value):
    """Each vote adds a weight to its answer; the highest sum wins."""

    def weigh(self, vote: Vote) -> float:
        """The weight of one vote."""
        raise NotImplementedError

    def most(self, model: str) -> float:
        """The most that the vote of a model can still add."""
        raise NotImplementedError

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The answer with the highest sum."""
        return leader(self._scores(votes), votes, context.ties)

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        """Whether the lead is larger than all that can still come (exact curtailment)."""
        if not votes:
            return False
        ordered = sorted(self._scores(votes).values(), reverse=True)
        second = max(ordered[1] if len(ordered) > 1 else 0.0, 0.0)
        return ordered[0] - second > math.fsum(max(self.most(model), 0.0) for model in waiting)

    def _scores(self, votes: Sequence[Vote]) -> dict[Hashable, float]:
        return tally([vote.key for vote in votes], [self.weigh(vote) for vote in votes])


class Majority(Additive):
    """The answer with the most votes (the plurality)."""

    name = "majority"

    def weigh(self, vote: Vote) -> float:
        """One, or what the vote was given."""
        return vote.weight

    def most(self, model: str) -> float:  # noqa: ARG002  # the same for all
        """One."""
        return 1.0


class Weighted(Additive):
    """The answer with the most weight.

    Attributes:
        weights: The weight of each model, by its name; 1 for one that is not named. Without them
            each vote counts by its confidence, or 1 where it states none.

    Raises:
        ValueError: A weight is negative or not finite.
    """

    weights: Mapping[str, float] | None = None
    name = "weighted"

    @property
    def needs_confidence(self) -> bool:
        """Whether votes count by their confidences."""
        return self.weights is None

    def _check(self) -> None:
        for model, weight in (self.weights or {}).items():
            if not 0 <= weight < math.inf:
                raise ValueError(f"weights: {model!r} has {weight!r}; give a number from 0 on")

    def weigh(self, vote: Vote) -> float:
        """The model's weight, or the vote's confidence."""
        if self.weights is not None:
            return vote.weight * self.weights.get(vote.model, 1.0)
        return vote.weight * (1.0 if vote.confidence is None else vote.confidence)

    def most(self, model: str) -> float:
        """The model's weight; a confidence is at most 1."""
        return 1.0 if self.weights is None else self.weights.get(model, 1.0)


class LogOdds(Additive):
    """Weights by accuracy: optimal for voters whose errors are independent.

    A model that is right with p among m choices, its errors spread evenly, weighs ln(p(m-1)/(1-p))
    (Nitzan and Paroush 1982, "Optimal decision rules in uncertain dichotomous choice situations").
    The softmax of the sums over all m choices is the probability of the winner.

    Attributes:
        accuracies: The accuracy of each model, by its name; estimate them on other questions.
        choices: How many answers a question has, m.

    Raises:
        ValueError: An accuracy is outside (0, 1), or there are fewer than two choices.
    """

    accuracies: Mapping[str, float]
    choices: int = 2
    name = "log_odds"

    def _check(self) -> None:
        if self.choices < 2:  # with one choice there is nothing to vote on
            raise ValueError(f"choices: {self.choices!r} is below 2")
        for model, share in self.accuracies.items():
            if not 0 < share < 1:
                raise ValueError(f"accuracies: {model!r} has {share!r}, outside of (0, 1)")

    def most(self, model: str) -> float:
        """The weight of a model.

        Raises:
            ValueError: Its accuracy is not known.
        """
        if model not in self.accuracies:
            raise ValueError(f"accuracies: none for {model!r}")
        share = self.accuracies[model]
        return math.log(share * (self.choices - 1) / (1 - share))

    def weigh(self, vote: Vote) -> float:
        """The weight of its model."""
        return vote.weight * self.most(vote.model)

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        """As for other sums; a model worse than chance can still take from the leader."""
        if any(self.most(model) < 0 for model in waiting) or not votes:
            return False
        return Additive.settled(self, votes, waiting)

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The most probable answer, and its probability."""
        scores = self._scores(votes)
        unseen = [0.0] * max(self.choices - len(scores), 0)
        return leader(
            scores, votes, context.ties, probability=softmax_top([*scores.values(), *unseen])
        )


def softmax_top(scores: Sequence[float]) -> float | None:
    """The share of the largest score after exponentiation; None without scores."""
    if not scores:
        return None
    top = max(scores)
    return 1.0 / math.fsum(math.exp(score - top) for score in scores)


class Learned(Additive):
    """Additive weights that were fitted to labels, with correlated errors accounted for.

    The probability of an answer is the softmax of the sums over the answers that got a vote: a
    conditional logit on the votes.

    Attributes:
        weights: The weight of each model, by its name; one that is not named has none.
        bias: What an answer has before the first vote, for answers that come up again and again,
            such as the letters of choices.
    """

    weights: Mapping[str, float]
    bias: Mapping[Hashable, float] = MappingProxyType({})
    name = "learned"

    def most(self, model: str) -> float:
        """The weight of a model."""
        return self.weights.get(model, 0.0)

    def weigh(self, vote: Vote) -> float:
        """The weight of its model."""
        return vote.weight * self.most(vote.model)

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        """As for other sums; negative weights, and answers favoured beforehand, leave it open."""
        if self.bias or any(self.most(model) < 0 for model in waiting):
            return bool(votes) and not waiting
        return Additive.settled(self, votes, waiting)

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The answer with the highest sum, and its probability."""
        sums = {key: score + self.bias.get(key, 0.0) for key, score in self._scores(votes).items()}
        return leader(sums, votes, context.ties, probability=softmax_top([*sums.values()]))


class BestConfidence(NeedsAllVotes, Value):
    """The answer of the surest model; a vote without a confidence counts as 1 only among such."""

    name = "best_confidence"
    needs_confidence = True

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The surest answer; its confidence is the outcome's."""
        stated = [vote for vote in votes if vote.confidence is not None]
        best: dict[Hashable, float] = {}
        for vote in stated or votes:
            sure = 1.0 if vote.confidence is None else vote.confidence
            best[vote.key] = max(best.get(vote.key, 0.0), sure)
        return leader(best, votes, context.ties, confidence=max(best.values()) if stated else None)


class Last(NeedsAllVotes, Value):
    """The answer of the last model that has a vote, as in a cascade that went up to it."""

    name = "last"

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The last vote."""
        scores = tally([vote.key for vote in votes], [vote.weight for vote in votes])
        if not votes:
            return leader(scores, votes, context.ties)
        return VoteOutcome(key=votes[-1].key, scores=scores, text=votes[-1].text)


class Unanimous(Value):
    """The answer of all who voted, or none: an abstention, or an error where that is wanted.

    Attributes:
        error: Whether disagreement is a ``NoConsensusError``.
    """

    error: bool = False
    name = "unanimous"

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The answer of all voters, if they agree.

        Raises:
            NoConsensusError: They do not agree, and ``error`` is set.
        """
        scores = tally([vote.key for vote in votes], [vote.weight for vote in votes])
        if len(scores) <= 1:
            return leader(scores, votes, context.ties)
        if self.error:
            raise NoConsensusError(scores, "no unanimity")
        return VoteOutcome(key=None, scores=scores, reason=f"{len(scores)} different answers")

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        """When two have disagreed."""
        return bool(votes) and (len({vote.key for vote in votes}) > 1 or not waiting)
