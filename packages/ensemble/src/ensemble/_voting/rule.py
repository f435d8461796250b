"""The protocols of a voting rule and of a strategy of your own."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from .._core.queries import Query
from .._core.values import Value
from .votes import FIRST, Ties, Vote, VoteOutcome

Strategy = Callable[[Sequence[Vote]], VoteOutcome | Awaitable[VoteOutcome]]


class VoteContext(Value):
    """The context of a vote: the item, the tie policy and the prediction.

    Attributes:
        item: The item that the models answered.
        ties: How to settle ties.
        prediction_id: Joins the calls of a judge with the prediction.
    """

    item: Query = ""
    ties: Ties = FIRST
    prediction_id: str | None = None
    _renamed = MappingProxyType({"query": ("item", None)})


class Aggregator(Protocol):
    """A voting strategy as an object."""

    def aggregate(self, votes: Sequence[Vote]) -> VoteOutcome | Awaitable[VoteOutcome]:
        """Decide on the votes."""
        ...


@runtime_checkable
class Rule(Protocol):
    """A voting strategy that can look at the question and say when it is decided."""

    @property
    def name(self) -> str:
        """The name that results show."""
        ...

    def decide(
        self, votes: Sequence[Vote], context: VoteContext
    ) -> VoteOutcome | Awaitable[VoteOutcome]:
        """Decide on the votes.

        Args:
            votes: The votes, in the order of the models.
            context: The item, the tie policy and the id of the prediction.

        Returns:
            The outcome.
        """
        ...

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        """Whether no answer of the models still waited for can change the winner.

        Args:
            votes: The votes so far.
            waiting: The names of the models whose calls are pending.

        Returns:
            Whether no pending answer can change the winner.
        """
        ...


class NeedsAllVotes:
    """Rules whose outcome can change until the last answer has come."""

    __slots__ = ()

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:
        """Whether no call is pending."""
        return bool(votes) and not waiting


class FunctionRule:
    """A function of the votes as a rule."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name = name
        self._function = function

    def decide(
        self,
        votes: Sequence[Vote],
        context: VoteContext,  # noqa: ARG002  # a function sees the votes alone
    ) -> VoteOutcome | Awaitable[VoteOutcome]:
        outcome = self._function(votes)
        return self._wait(outcome) if inspect.isawaitable(outcome) else self._checked(outcome)

    async def _wait(self, outcome: Awaitable[Any]) -> VoteOutcome:
        return self._checked(await outcome)

    def _checked(self, outcome: Any) -> VoteOutcome:
        if not isinstance(outcome, VoteOutcome):
            raise TypeError(
                f"strategy {self.name!r} gave {outcome!r}, not a VoteOutcome(key=..., scores=...)"
            )
        return outcome

    def settled(self, votes: Sequence[Vote], waiting: Sequence[str]) -> bool:  # noqa: ARG002  # nothing is known of it
        return False
