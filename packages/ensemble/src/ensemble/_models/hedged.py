"""Backup requests, by the hedging library (extra ``hedging``)."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import replace
from functools import cache, partial
from types import ModuleType
from typing import Any, Literal

from .._core.costs.ledger import Ledger, booked, total_cost_usd
from .._core.costs.requests import RequestCost, both
from .._core.errors import AllModelsFailedError, MissingExtraError
from .._core.models import Model, NamedModel, SamplingParameters, cancelled_cost_usd
from .._core.old_calls import rescaled_argument
from .._core.queries import Query
from .._core.responses import Response
from .conversion import ModelLike, as_model, cost_of
from .writing import Writing, writing_of


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
        budget: Backups per request of this model, after the first 24; None sets no limit. A
            request that would need one more has one attempt. Another model as ``backup`` is asked
            for every request that failed, whatever the budget, which is then that of late ones.

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
        budget: float | None = 0.05,
    ) -> None:
        hedging = hedging_library()
        self._model = as_model(model)
        self._backup = self._model if backup is None else as_model(backup)
        self._request = hedging.request
        self._all_failed: type[Exception] = hedging.AllAttemptsFailedError
        self._for_late = _for_late(hedging)
        self._strategy = (
            hedging.Percentile(quantile=quantile)
            if delay_ms is None
            else hedging.Fixed(delay_ms=delay_ms)
        )
        # Its own: a model that is late often leaves the backups of others alone.
        self._budget: Any = (
            None if budget is None else hedging.Budget(budget, burst=_BURST, initial=_BURST)
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
        backup = self._backup_settings(sampling)
        errors: dict[int, Exception] = {}
        ledger = Ledger()

        async def attempt(index: int, model: Model, settings: SamplingParameters) -> Response:
            with booked(), _noted(errors, index):
                return await model.generate(query, settings)

        with ledger:
            hedged = await self._raced(attempt, sampling, backup, errors)
        ledger.cancelled_are("lost_hedge")
        costs = [
            getattr(errors[each.index], "cost_usd", None)
            if each.index in errors
            else self._cost(each, query, sampling, backup)
            for each in hedged.attempts
        ]
        known = [cost for cost in costs if cost is not None]
        response: Response = hedged.value
        return replace(
            response,
            cost_usd=math.fsum(known) if len(known) == len(costs) else None,
            latency_ms=hedged.latency_ms,
            attempts=len(hedged.attempts),
            tries=ledger.tries,
        )

    async def write(self, query: Query, sampling: SamplingParameters) -> Writing:
        """The pieces of the answer that begins first, and then the response.

        The backup is asked when the first piece is late; its answer then goes on alone.

        Args:
            query: A text, chat messages, or a question.
            sampling: The parameters by which the answer is drawn.

        Raises:
            AllModelsFailedError: Both attempts failed before their first piece.
        """
        errors: dict[int, Exception] = {}
        ledger = Ledger()

        async def pieces(index: int, model: Model, settings: SamplingParameters) -> Writing:
            with _noted(errors, index):
                async with aclosing(writing_of(model, query, settings)) as writing:
                    async for part in writing:
                        yield part

        with ledger:
            hedged = await self._raced(
                pieces,
                sampling,
                self._backup_settings(sampling),
                errors,
                until="first_token",
            )
        async with hedged.value as parts:
            async for part in parts:
                if isinstance(part, str):
                    yield part
                else:
                    ledger.cancelled_are("lost_hedge")
                    yield _with_tries(part, ledger, attempts=len(hedged.attempts))

    async def _raced(
        self,
        attempt: Callable[[int, Model, SamplingParameters], Any],
        first: SamplingParameters,
        second: SamplingParameters,
        errors: Mapping[int, Exception],
        until: Literal["done", "first_token"] = "done",
    ) -> Any:
        """The attempts, the second when the first one is late.

        Raises:
            AllModelsFailedError: Both failed.
        """
        budget = self._budget
        if budget is not None and self._backup is not self._model:
            budget = self._for_late(budget, errors)
        try:
            return await self._request(
                partial(attempt, 0, self._model, first),
                until=until,
                strategy=self._strategy,
                backups=[partial(attempt, 1, self._backup, second)],
                max_hedges=1,
                budget=budget,
                cost=lambda value: getattr(value, "cost_usd", None),
            )
        except self._all_failed as error:
            names = (self.name, "backup")
            failed = AllModelsFailedError({names[index]: each for index, each in errors.items()})
            raise failed from error

    def _backup_settings(self, sampling: SamplingParameters) -> SamplingParameters:
        if self._backup is not self._model:
            return sampling
        # Another draw: a simulated model would be as late again with the same one.
        return replace(sampling, sample=sampling.sample + _BACKUP_SAMPLES)

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


@cache
def _for_late(hedging: ModuleType) -> Any:
    class ForLate(hedging.Budget):  # type: ignore[misc,name-defined]  # an extra
        """Pays for the backup of one request from a shared budget, but not for one that failed.

        What is asked in the place of a failure is no further load on the model that failed.
        """

        def __init__(self, shared: Any, errors: Mapping[int, Exception]) -> None:
            super().__init__(shared.share, burst=shared.burst)
            self._shared, self._errors = shared, errors

        def deposit(self) -> None:
            self._shared.deposit()

        def withdraw(self) -> bool:
            return bool(self._errors or self._shared.withdraw())

    return ForLate


@contextmanager
def _noted(errors: dict[int, Exception], index: int) -> Iterator[None]:
    """Note how an attempt fails."""
    try:
        yield
    except Exception as error:
        errors[index] = error
        raise


def _with_tries(response: Response, ledger: Ledger, *, attempts: int) -> Response:
    """The response with what all attempts cost together."""
    cost_usd = response.cost_usd if attempts == 1 else None
    if ledger.tries:
        cost_usd = total_cost_usd(ledger.tries)
    return replace(response, cost_usd=cost_usd, attempts=attempts, tries=ledger.tries)


# Backups that need no earlier requests, as of ``hedging.request``.
_BURST = 24.0
# Samples of backups are far from those that are asked for by number.
_BACKUP_SAMPLES = 1_000_000
