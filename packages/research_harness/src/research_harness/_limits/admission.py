"""Admission of calls: each asks the keeper of the budget, which may be in another process."""

import contextvars
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from .account import inside_call
from .calls import Spent, Worst, spent_of, worst_of

if TYPE_CHECKING:
    from ensemble import Response, Try

# Books what a call has spent, and whether it was answered.
Book = Callable[[Spent, bool], None]
_Ended = Callable[["Sequence[Try]", "Response | None", "BaseException | None"], None]


class Keeper(Protocol):
    """Reserves what a call may spend at most."""

    async def reserve(self, model: str, names: frozenset[str], worst: Worst) -> Book:
        """Wait for room for a call.

        Args:
            model: The model's name.
            names: The names under which a ceiling may limit it.
            worst: The most that it may take.

        Returns:
            What books it when it has ended; called once.

        Raises:
            CeilingReachedError: There is no room for it.
        """
        ...


# The keeper of the row that is run here, for a row that is run elsewhere.
current_keeper: contextvars.ContextVar[Keeper | None] = contextvars.ContextVar(
    "research_harness_keeper", default=None
)


def admitting(keeper: Keeper) -> Callable[[Any, Any, Any], Awaitable[_Ended]]:
    """What ``ensemble.admitting_calls`` takes, for the calls of a row.

    Args:
        keeper: Reserves what they may spend.
    """

    async def admit(model: Any, item: Any, sampling: Any) -> _Ended:
        worst = worst_of(model, item, sampling)
        names = frozenset({model.name, getattr(model, "provider", None) or model.name})
        book = await keeper.reserve(model.name, names, worst)
        around, inner = inside_call.get(), [0.0, 0.0]
        inside_call.set(inner)

        def ended(
            tries: "Sequence[Try]", response: "Response | None", error: BaseException | None
        ) -> None:
            inside_call.set(around)
            spent = spent_of(worst, tries, response, error)
            if around is not None:
                around[0] += 1
                around[1] += spent.nominal_usd
            if inner[0]:  # its own calls are booked by themselves
                own = max(0.0, spent.nominal_usd - inner[1])
                spent = Spent(own, 0.0, 0, own)
            book(spent, response is not None)

        return ended

    return admit
