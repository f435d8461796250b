"""The result of a prediction, assembled from its calls: records, votes, shares, costs, time."""

import math
from collections.abc import Hashable, Mapping, Sequence

from .._core.errors import AllModelsFailedError, InsufficientResponsesError
from .._core.rendering import shown
from .._core.responses import Response, joint_source
from .._voting.votes import Vote, VoteOutcome, tally
from .calls import MemberCall
from .result import EnsembleResult, ModelRecord, PredictionSpec


def check_answers(calls: Sequence[MemberCall], needed: int) -> None:
    """Whether enough models have answered.

    Raises:
        AllModelsFailedError: None has.
        InsufficientResponsesError: Fewer have than are needed.
    """
    errors: dict[str, Exception] = {}
    for each in calls:
        if each.error is not None:
            errors[_free_name(each.model, errors)] = each.error
    got = sum(each.response is not None for each in calls)
    if not got:
        raise AllModelsFailedError(errors)
    if got < needed:
        raise InsufficientResponsesError(needed, got, errors)


def _free_name(name: str, taken: Mapping[str, object]) -> str:
    """The name, with a number when another model has the same."""
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _records(
    calls: Sequence[MemberCall], judgements: Sequence[Response]
) -> tuple[ModelRecord, ...]:
    """A record of each model that was asked, and of each call that was made while deciding."""
    members = [
        ModelRecord(
            model=each.model,
            response=each.response,
            key=None if each.vote is None else shown(each.vote.key),
            reading="" if each.reading is None else each.reading.how,
            status=each.status,
            error="" if each.error is None else str(each.error) or type(each.error).__name__,
            error_type="" if each.error is None else type(each.error).__name__,
            sample=each.sample,
            started_ms=each.started_ms,
            latency_ms=each.waited_ms if each.response is None else each.response.latency_ms,
            cost_usd=each.cost_usd,
            tries=each.tries,
        )
        for each in calls
    ]
    judges = [
        ModelRecord(
            model=call.model,
            response=call,
            key=None,
            role="judge",
            latency_ms=call.latency_ms,
            cost_usd=call.cost_usd,
            tries=call.tries,
        )
        for call in judgements
    ]
    return (*members, *judges)


def known_cost(calls: Sequence[MemberCall]) -> float | None:
    """The sum of the costs that are known; None when none is."""
    costs = [each.cost_usd for each in calls if each.cost_usd is not None]
    return math.fsum(costs) if costs else None


def make_result(
    calls: Sequence[MemberCall],
    votes: Sequence[Vote],
    outcome: VoteOutcome,
    *,
    elapsed_ms: float,
    spec: PredictionSpec,
    warnings: tuple[str, ...] = (),
) -> EnsembleResult:
    """The result of a vote."""
    records = _records(calls, outcome.calls)
    responses = [record.response for record in records if record.response is not None]
    winners = [
        vote
        for vote in votes
        if outcome.key is not None and outcome.groups.get(vote.key, vote.key) == outcome.key
    ]
    scores = outcome.scores
    total = math.fsum(scores.values())
    counts = tally([outcome.groups.get(vote.key, vote.key) for vote in votes], [1.0] * len(votes))
    costs = [cost for record in records if (cost := record.known_cost_usd) is not None]
    return EnsembleResult(
        answer=_answer(outcome, winners),
        key=_shown_or_none(outcome.key),
        consensus=scores.get(outcome.key, 0.0) / total if total else 0.0,
        agreement=len(winners) / len(spec.panel),
        vote_share=len(winners) / len(votes) if votes else 0.0,
        margin=_margin(counts),
        entropy=_entropy(counts),
        votes=_shown_scores(counts),
        scores=_shown_scores(scores),
        tie=bool(outcome.tied),
        tied=tuple(map(shown, outcome.tied)),
        tie_break=spec.tie_break,
        reason=outcome.reason,
        latency_ms=_latency_ms(calls, elapsed_ms),
        cost_usd=math.fsum(costs) if costs else None,
        cost_complete=all(record.cost_usd is not None for record in records),
        confidence=_confidence(outcome, winners),
        probability=outcome.probability,
        responses=records,
        panel=spec.panel,
        prompt_hash=spec.prompt_hash,
        strategy=spec.strategy,
        execution=spec.execution,
        normalize=spec.normalize,
        source=joint_source(each.source for each in responses) or "live",
        prediction_id=spec.prediction_id,
        warnings=warnings,
    )


def _answer(outcome: VoteOutcome, winners: Sequence[Vote]) -> str | None:
    if outcome.key is None or outcome.text is not None:
        return outcome.text
    return winners[0].text if winners else shown(outcome.key)


def _margin(counts: Mapping[Hashable, float]) -> float:
    """The lead of the most frequent answer over the next, as a share of the votes."""
    first, second = sorted([*counts.values(), 0.0, 0.0], reverse=True)[:2]
    total = sum(counts.values())
    return (first - second) / total if total else 0.0


def _entropy(counts: Mapping[Hashable, float]) -> float:
    """How the votes are spread: 0 for one answer, 1 when all differ."""
    total = sum(counts.values())
    if len(counts) < 2:  # one answer is not spread
        return 0.0
    shares = [each / total for each in counts.values()]
    return -math.fsum(share * math.log(share) for share in shares) / math.log(total)


def _latency_ms(calls: Sequence[MemberCall], elapsed_ms: float) -> float | None:
    """The time from question to answer; recordings count as long as they once took.

    Those asked at once took as long as the slowest, one wave after the other.
    """
    slowest: dict[int, float] = {}
    for each in calls:
        response = each.response
        if response and response.source == "recorded" and response.latency_ms is not None:
            slowest[each.wave] = max(slowest.get(each.wave, 0.0), response.latency_ms)
    times = [round(sum(slowest.values()), 3)] if slowest else []
    if any(each.response is not None and each.response.source != "recorded" for each in calls):
        times.append(elapsed_ms)
    return max(times, default=None)


def _confidence(outcome: VoteOutcome, winners: Sequence[Vote]) -> float | None:
    if outcome.confidence is not None:
        return outcome.confidence
    stated = [vote.confidence for vote in winners if vote.confidence is not None]
    return sum(stated) / len(stated) if stated else None


def _shown_scores(scores: Mapping[Hashable, float]) -> dict[str, float]:
    """Scores by their keys as text; whole numbers, where they are plain counts."""
    names = [shown(key) for key in scores]
    if len(set(names)) < len(names):  # such as 1 and "1"
        names = [repr(key) for key in scores]
    counts = all(float(score).is_integer() for score in scores.values())
    return {
        name: int(score) if counts else score
        for name, score in zip(names, scores.values(), strict=True)
    }


def _shown_or_none(key: Hashable) -> str | None:
    return None if key is None else shown(key)
