"""Make one result of all that was answered: records, votes, shares, costs and time."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from ._errors import AllModelsFailedError, InsufficientResponsesError
from ._model import Response, Source
from ._normalize import Normalizer, shown
from ._parallel import Asked
from ._result import EnsembleResult, ModelRecord
from ._vote import Outcome, Vote

_SOURCES: tuple[Source, ...] = ("live", "simulated", "recorded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a prediction is made, for its record."""

    prediction_id: str
    strategy: str
    execution: str
    normalize: str


def check_answers(asked: Sequence[Asked], needed: int) -> None:
    """Whether enough models have answered.

    Raises:
        AllModelsFailedError: None has.
        InsufficientResponsesError: Fewer have than are needed.
    """
    errors: dict[str, Exception] = {}
    for each in asked:
        if each.error is not None:
            errors[_free_name(each.model, errors)] = each.error
    got = len(asked) - len(errors)
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


def count(
    asked: Sequence[Asked], normalizer: Normalizer
) -> tuple[tuple[ModelRecord, ...], list[Vote]]:
    """A record of each model, and the votes of those whose answer says something."""
    records, votes = [], []
    for each in asked:
        response = each.response
        if response is None:
            records.append(_failed(each))
            continue
        key = normalizer(response.text)
        if key is not None:
            votes.append(
                Vote(model=each.model, key=key, text=response.text, confidence=response.confidence)
            )
        records.append(
            ModelRecord(
                model=each.model,
                response=response,
                key=_shown_or_none(key),
                latency_ms=response.latency_ms,
                cost_usd=response.cost_usd,
            )
        )
    return tuple(records), votes


def _failed(asked: Asked) -> ModelRecord:
    kind = type(asked.error).__name__
    return ModelRecord(
        model=asked.model,
        response=None,
        key=None,
        error=str(asked.error) or kind,
        error_type=kind,
        latency_ms=asked.waited_ms,
    )


def known_cost(asked: Sequence[Asked]) -> float | None:
    """The sum of the costs that are known; None when none is."""
    responses = [each.response for each in asked if each.response is not None]
    costs = [response.cost_usd for response in responses if response.cost_usd is not None]
    return sum(costs) if costs else None


def make_result(
    records: tuple[ModelRecord, ...],
    votes: Sequence[Vote],
    outcome: Outcome,
    *,
    elapsed_ms: float,
    terms: Terms,
) -> EnsembleResult:
    """The result of a vote."""
    responses = [record.response for record in records if record.response is not None]
    winners = [vote for vote in votes if vote.key == outcome.key]
    total = sum(outcome.scores.values())
    costs = [record.cost_usd for record in records if record.cost_usd is not None]
    return EnsembleResult(
        answer=winners[0].text if winners else None,
        key=_shown_or_none(outcome.key),
        consensus=outcome.scores.get(outcome.key, 0.0) / total if total else 0.0,
        agreement=len(winners) / len(records),
        votes=_shown_scores(outcome.scores),
        tie=bool(outcome.tied),
        tied=tuple(map(shown, outcome.tied)),
        latency_ms=_latency_ms(responses, elapsed_ms),
        cost_usd=sum(costs) if costs else None,
        cost_complete=len(costs) == len(records),
        confidence=_confidence(outcome, winners),
        responses=records,
        strategy=terms.strategy,
        execution=terms.execution,
        normalize=terms.normalize,
        source=next(
            source for source in _SOURCES if any(each.source == source for each in responses)
        ),
        prediction_id=terms.prediction_id,
    )


def _latency_ms(responses: Sequence[Response], elapsed_ms: float) -> float | None:
    """The time from question to answer; recordings count as long as they once took."""
    times = [
        each.latency_ms
        for each in responses
        if each.source == "recorded" and each.latency_ms is not None
    ]
    if any(each.source != "recorded" for each in responses):
        times.append(elapsed_ms)
    return max(times, default=None)


def _confidence(outcome: Outcome, winners: Sequence[Vote]) -> float | None:
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
