"""Rules for answers that rank several candidates: Borda counts and ranked choice."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from .rule import NeedsAllVotes, VoteContext
from .votes import Vote, VoteOutcome, leader


def _ranking(vote: Vote) -> tuple[Hashable, ...]:
    """A vote's candidates, best first; a vote for one candidate ranks that one."""
    ranked = vote.key if isinstance(vote.key, tuple) else (vote.key,)
    return tuple(dict.fromkeys(ranked))


def _named(outcome: VoteOutcome, votes: Sequence[Vote]) -> VoteOutcome:
    """The outcome with those who put the winner first as its supporters."""
    firsts = {vote.key: ranked[0] for vote in votes if (ranked := _ranking(vote))}
    return VoteOutcome(
        key=outcome.key,
        scores=outcome.scores,
        tied=outcome.tied,
        reason=outcome.reason,
        text=None if outcome.key is None else str(outcome.key),
        groups=firsts,
    )


@dataclass(frozen=True, slots=True)
class Borda(NeedsAllVotes):
    """Of m candidates the first of a ranking gets m-1 points, the next m-2; the sum decides.

    Candidates that a ranking leaves out share what is left over.
    """

    name = "borda"

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The candidate with the most points."""
        rankings = [_ranking(vote) for vote in votes]
        scores = dict.fromkeys((each for ranked in rankings for each in ranked), 0.0)
        for ranked in rankings:
            missing = len(scores) - len(ranked)
            for index, candidate in enumerate(ranked):
                scores[candidate] += len(scores) - 1 - index
            for candidate in scores.keys() - set(ranked):
                scores[candidate] += (missing - 1) / 2
        return _named(leader(scores, votes, context.ties), votes)


@dataclass(frozen=True, slots=True)
class RankedChoice(NeedsAllVotes):
    """Instant run-off: the candidate with the fewest first ranks drops out, until one wins.

    Its votes go to their next choice. Candidates with equally few first ranks drop out together, as
    long as one is left.
    """

    name = "ranked_choice"

    def decide(self, votes: Sequence[Vote], context: VoteContext) -> VoteOutcome:
        """The candidate with more than half of the votes still counted."""
        rankings = [_ranking(vote) for vote in votes]
        left = dict.fromkeys(each for ranked in rankings for each in ranked)
        scores: dict[Hashable, float] = {}
        while left:
            scores = dict.fromkeys(left, 0.0)
            for ranked in rankings:
                first = next((each for each in ranked if each in left), None)
                if first is not None:
                    scores[first] += 1.0
            if max(scores.values()) * 2 > sum(scores.values()):
                break
            fewest = min(scores.values())
            last = [candidate for candidate in left if scores[candidate] == fewest]
            if len(last) == len(left):
                break
            for candidate in last:
                del left[candidate]
        return _named(leader(scores, votes, context.ties), votes)
