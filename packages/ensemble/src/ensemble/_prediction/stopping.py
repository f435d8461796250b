"""Stopping rules: when no more models need to be called."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from .._core.responses import check_confidence
from .._core.values import Value
from .._voting.counting import LogOdds
from .._voting.rule import Rule
from .._voting.votes import Vote, tally


class VotingState(Value):
    """The state of a vote: answers so far and calls pending.

    Attributes:
        votes: The votes so far, in the order of the models.
        last: The vote of the model that was the last to answer; None when it has none.
        answered: How many models have answered, votes or not.
        waiting: The names of the models that have not answered or failed yet.
        rule: How the votes will be counted.
    """

    votes: Sequence[Vote]
    last: Vote | None
    answered: int
    waiting: Sequence[str]
    rule: Rule


StopName = Literal["agree", "consensus", "curtail", "samples"]
Stop = Callable[[VotingState], bool]


def _counts(votes: Sequence[Vote]) -> list[float]:
    """How many votes the answers have, the most first, and 0 for a second that is not there."""
    counts = sorted(tally([vote.key for vote in votes], [1.0] * len(votes)).values(), reverse=True)
    return [*counts, 0.0, 0.0]


class Curtailment(Value):
    """Stop when no answer still to come can change the winner; nothing is lost by it."""

    def __call__(self, now: VotingState) -> bool:
        return now.rule.settled(now.votes, now.waiting)


class Agreement(Value):
    """Stop when several models agree.

    Attributes:
        votes: How many must.
    """

    votes: int = 2

    def __call__(self, now: VotingState) -> bool:
        return _counts(now.votes)[0] >= self.votes


class Consensus(Value):
    """Stop when an answer has a share of the votes.

    Attributes:
        share: The share it needs.
        min_votes: The minimum number of votes.
    """

    share: float = 0.7
    min_votes: int = 2
    _renamed = MappingProxyType({"votes": ("min_votes", None)})

    def __call__(self, now: VotingState) -> bool:
        cast = len(now.votes)
        return cast >= self.min_votes and _counts(now.votes)[0] / cast >= self.share


class ConfidenceThreshold(Value):
    """Stop when the last answer is sure enough.

    Attributes:
        threshold: The confidence it needs; or that of each model, by its name (1 for others).
        min_models: The minimum number of models that must have answered.
    """

    threshold: float | Mapping[str, float] = 0.9
    min_models: int = 1
    _renamed = MappingProxyType({"models": ("min_models", None)})

    def _check(self) -> None:
        limit = self.threshold
        if not isinstance(limit, Mapping):
            check_confidence(limit, "threshold")
            return
        for model, each in limit.items():  # one above 1 is never reached
            if not each >= 0:
                raise ValueError(f"threshold of {model}: {each!r} is not a number from 0 on")

    def __call__(self, now: VotingState) -> bool:
        if now.last is None or now.last.confidence is None or now.answered < self.min_models:
            return False
        limit = self.threshold
        if isinstance(limit, Mapping):
            limit = limit.get(now.last.model, 1.0)
        return now.last.confidence >= limit


class VotePosterior(Value):
    """Stop when the leading answer is right with a given probability.

    For models whose errors are independent and spread evenly (as in ``LogOdds``).

    Attributes:
        accuracies: The accuracy of each model, by its name.
        threshold: The probability.
        choices: How many answers a question has.
    """

    accuracies: Mapping[str, float]
    threshold: float = 0.95
    choices: int = 2

    def __call__(self, now: VotingState) -> bool:
        if not now.votes:
            return False
        rule = LogOdds(accuracies=self.accuracies, choices=self.choices)
        keys = [vote.key for vote in now.votes]
        scores = tally(keys, [rule.weigh(vote) for vote in now.votes])
        unseen = max(self.choices - len(scores), 0)
        top = max(scores.values())
        total = math.fsum(math.exp(score - top) for score in scores.values())
        return 1 / (total + unseen * math.exp(-top)) >= self.threshold


class AdaptiveConsistency(Value):
    """Stop when more samples of one model are unlikely to change which answer is most frequent.

    P(share of the first > share of the second) under a uniform prior: Beta(v1+1, v2+1) above 1/2
    (adaptive consistency, Aggarwal et al. 2023). Valid for samples of one model, not for different
    models of different strength.

    Attributes:
        threshold: The probability that is enough.
    """

    threshold: float = 0.95

    def __call__(self, now: VotingState) -> bool:
        first, second, *_ = _counts(now.votes)
        return bool(now.votes) and lead_is_real(int(first), int(second)) >= self.threshold


def lead_is_real(first: int, second: int) -> float:
    """P(Beta(first+1, second+1) > 1/2): that the lead is not due to sampling."""
    throws = first + second + 1
    # The beta tail at whole numbers is a binomial one: P(Binomial(n, 1/2) <= first).
    return float(sum(math.comb(throws, heads) for heads in range(first + 1)) / 2**throws)


STOPS: dict[str, Stop] = {
    "agree": Agreement(),
    "consensus": Consensus(),
    "curtail": Curtailment(),
    "samples": AdaptiveConsistency(),
}
