"""Backup requests, by the hedging library (extra ``hedging``)."""

from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

from .._core.costs.ledger import Ledger, booked
from .._core.costs.requests import RequestCost, both
from .._core.errors import AllModelsFailedError, MissingExtraError
from .._core.models import Model, NamedModel, SamplingParameters, cancelled_cost_usd
from .._core.old_calls import rescaled_argument
from .._core.queries import Query
from .._core.responses import Response
from .conversion import ModelLike, as_model, cost_of


def hedging_library() -> ModuleType:
    try:
        import hedging  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("hedging", "crucible-framework-hedging") from error
    return hedging


class HedgedModel(NamedModel):
    """A model that is asked once more when it is late; the first answer counts.

    In a panel that waits for all of its members this cuts the waiting time where it comes from.
    The costs of both attempts are the response's; unknown when one of them is.

    Args:
        model: The model.
        backup: What is asked instead of the model itself when it is late.
        delay_ms: How long it is waited for; None learns the delay from past requests.
        quantile: The quantile of past latencies that is waited for then.

    Needs the extra ``hedging``.
    """

    @rescaled_argument("percentile", "quantile", 0.01)
    def __init__(
        self,
        model: ModelLike,
        *,
        backup: ModelLike | None = None,
        delay_ms: float | None = None,
        quantile: float = 0.95,
    ) -> None:
        hedging = hedging_library()
        self._model = as_model(model)
        self._backup = self._model if backup is None else as_model(backup)
        self._request = hedging.request
        self._all_failed: type[Exception] = hedging.AllAttemptsFailedError
        self._strategy = (
            hedging.Percentile(quantile=quantile)
            if delay_ms is None
            else hedging.Fixed(delay_ms=delay_ms)
        )
        self.name: str = self._model.name
        self.provider: str | None = getattr(self._model, "provider", None)

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        """Ask, and ask again when it takes long.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The response.

        Raises:
            AllModelsFailedError: Both attempts failed.
        """
        backup_settings = sampling
        if self._backup is self._model:
            # Another draw: a simulated model would be as late again with the same one.
            backup_settings = replace(sampling, sample=sampling.sample + _BACKUP_SAMPLES)
        errors: dict[int, Exception] = {}
        ledger = Ledger()

        async def attempt(index: int, model: Model, settings: SamplingParameters) -> Response:
            with booked():
                try:
                    return await model.generate(query, settings)
                except Exception as error:
                    errors[index] = error
                    raise

        with ledger:
            try:
                hedged = await self._request(
                    partial(attempt, 0, self._model, sampling),
                    strategy=self._strategy,
                    backups=[partial(attempt, 1, self._backup, backup_settings)],
                    max_hedges=1,
                    cost=lambda response: response.cost_usd,
                )
            except self._all_failed as error:
                names = (self.name, "backup")
                failed = AllModelsFailedError(
                    {names[index]: each for index, each in errors.items()}
                )
                raise failed from error
        ledger.cancelled_are("lost_hedge")
        costs = [
            getattr(errors[each.index], "cost_usd", None)
            if each.index in errors
            else self._cost(each, query, sampling, backup_settings)
            for each in hedged.attempts
        ]
        known = [cost for cost in costs if cost is not None]
        response: Response = hedged.value
        return replace(
            response,
            cost_usd=sum(known) if len(known) == len(costs) else None,
            latency_ms=hedged.latency_ms,
            attempts=len(hedged.attempts),
            tries=ledger.tries,
        )

    def request_cost(self, query: Query, sampling: SamplingParameters) -> RequestCost:
        """What a call may cost at most.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Returns:
            The cost of both attempts.
        """
        costs = [cost_of(model, query, sampling) for model in (self._model, self._backup)]
        return both(self.name, *costs)

    def _cost(
        self, attempt: Any, query: Query, first: SamplingParameters, second: SamplingParameters
    ) -> float | None:
        if attempt.status != "cancelled":
            known: float | None = attempt.cost_usd
            return known
        model, settings = (self._model, first) if attempt.index == 0 else (self._backup, second)
        return cancelled_cost_usd(model, query, settings, attempt.end_ms - attempt.start_ms)


# Samples of backups are far from those that are asked for by number.
_BACKUP_SAMPLES = 1_000_000
